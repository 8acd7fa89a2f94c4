import { looksLikeSafetensors } from '../../formats/safetensors/looks-like-safetensors.ts';
import { looksLikeShardIndex } from '../../formats/safetensors/shard-index.ts';
import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';
import type { SlicedContent } from '../../spec/model-loader.ts';

/** safetensors files, alone or in several shards with an index; read tensor by tensor. */
export const descriptor: LoaderDescriptor = {
  name: 'safetensors',
  formats: ['safetensors', 'json'],
  capabilities: { threadSafe: true, reportsByteSize: true },
  specVersion: 'v1',
  detect,
  detectSlices,
};

const HEAD_BYTES = 16;

function detect({ kind, name, bytes, entries }: Content): boolean {
  if (kind === 'directory') return entries.some((entry) => /^[^/]*\.safetensors(?:\.index\.json)?$/.test(entry));
  return looksLikeSafetensors(bytes) || (name.endsWith('.json') && looksLikeShardIndex(bytes));
}

async function detectSlices({ source }: SlicedContent): Promise<boolean> {
  return looksLikeSafetensors(await source.read(0, HEAD_BYTES));
}
