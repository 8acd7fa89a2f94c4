import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { zipNames, zipNamesOf } from '../../formats/zip/zip-names.ts';
import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';
import type { SlicedContent } from '../../spec/model-loader.ts';
import { isStateArchive, looksLikeTorchStream } from '../../torch/state-dict/looks-like-torch.ts';

/** What `torch.save` writes: state dicts and checkpoints, read tensor by tensor. */
export const descriptor: LoaderDescriptor = {
  name: 'torch',
  formats: ['pt', 'pth', 'ckpt', 'bin'],
  capabilities: { threadSafe: true, reportsByteSize: true, abortable: true },
  specVersion: 'v1',
  detect,
  detectSlices,
};

const HEAD_BYTES = 64;

function detect({ kind, bytes }: Content): boolean {
  if (kind !== 'file') return false;
  return looksLikeTorchStream(bytes) || (looksLikeZip(bytes) && isStateArchive(zipNames(bytes)));
}

async function detectSlices({ source }: SlicedContent): Promise<boolean> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  return looksLikeTorchStream(head) || (looksLikeZip(head) && isStateArchive(await zipNamesOf(source)));
}
