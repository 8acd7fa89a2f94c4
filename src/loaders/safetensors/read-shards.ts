import { DenseStoredTensor } from '../../data/dense-stored-tensor.ts';
import { FormatError } from '../../errors/format-error.ts';
import { looksLikeSafetensors } from '../../formats/safetensors/looks-like-safetensors.ts';
import { readSafetensors, type SafeTensor } from '../../formats/safetensors/read-safetensors.ts';
import { looksLikeShardIndex, readShardIndex } from '../../formats/safetensors/shard-index.ts';
import { memorySource } from '../../internal/memory-source.ts';
import type { ByteSource } from '../../spec/byte-source.ts';
import type { ScanContext } from '../../spec/model-loader.ts';
import type { StoredTensor } from '../../spec/stored-tensor.ts';

/** Tensors of one or several files. */
export interface Shards {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Files, the artefact's own among them. */
  readonly files: number;
  /** Bytes in memory. */
  readonly resident: number;
  read(name: string): Promise<StoredTensor>;
}

/**
 * The tensors of an artefact: a file, an index with the shards beside it, or a directory with either.
 *
 * @throws as `readSafetensors`; `ML_ARTEFACT_MISSING` for a shard that is not there
 */
export async function readShards({ artefact, limits }: Pick<ScanContext, 'artefact' | 'limits'>): Promise<Shards> {
  const { kind, name, bytes, slices } = artefact;
  if (kind === 'directory') return readDirectory({ artefact, limits });
  if (slices === undefined && name.endsWith('.json') && !looksLikeSafetensors(bytes) && looksLikeShardIndex(bytes)) {
    return readIndexed({ artefact, limits }, bytes);
  }
  return single(slices ?? memorySource(bytes), { maxTensors: limits.maxElements, resident: bytes.length });
}

async function readDirectory({ artefact, limits }: Pick<ScanContext, 'artefact' | 'limits'>): Promise<Shards> {
  const indices = artefact.entries.filter((entry) => /^[^/]*\.safetensors\.index\.json$/.test(entry));
  const files = artefact.entries.filter((entry) => /^[^/]*\.safetensors$/.test(entry));
  const [index] = indices;
  const [file] = files;
  if (index !== undefined && indices.length === 1) {
    return readIndexed({ artefact, limits }, await artefact.read(index));
  }
  if (file === undefined || files.length > 1 || indices.length > 1) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `the directory holds ${files.length} safetensors files and ${indices.length} indices; load one of the files, or keep one index`,
      { details: { files, indices } },
    );
  }
  const bytes = await artefact.read(file);
  return single(memorySource(bytes), { maxTensors: limits.maxElements, resident: bytes.length });
}

async function single(
  source: ByteSource,
  { maxTensors, resident }: { readonly maxTensors: number; readonly resident: number },
): Promise<Shards> {
  const { tensors, metadata } = await readSafetensors(source, maxTensors);
  return { tensors, metadata, files: 1, resident, read: (name) => readFrom(source, name, tensors.get(name)) };
}

async function readIndexed(
  { artefact, limits }: Pick<ScanContext, 'artefact' | 'limits'>,
  bytes: Uint8Array,
): Promise<Shards> {
  const { files, metadata } = readShardIndex(bytes, limits.maxElements);
  const found = new Map<string, { readonly tensor: SafeTensor; readonly source: ByteSource; readonly file: string }>();
  const names = [...new Set(files.values())];
  let resident = bytes.length;
  for (const file of names) {
    const content = await artefact.read(file);
    resident += content.length;
    const source = memorySource(content);
    for (const [name, tensor] of (await readSafetensors(source, limits.maxElements)).tensors) {
      if (files.get(name) !== file)
        throw badIndex(`${file} holds ${JSON.stringify(name)}, the index says ${files.get(name) ?? 'nothing of it'}`);
      found.set(name, { tensor, source, file });
    }
  }
  const tensors = new Map<string, SafeTensor>();
  for (const [name, file] of files) {
    const place = found.get(name);
    if (place === undefined) throw badIndex(`${file} does not hold ${JSON.stringify(name)}, which the index says`);
    tensors.set(name, place.tensor);
  }
  return {
    tensors,
    metadata,
    files: names.length + 1,
    resident,
    read: (name) => readFrom(found.get(name)?.source as ByteSource, name, tensors.get(name)),
  };
}

async function readFrom(source: ByteSource, name: string, tensor: SafeTensor | undefined): Promise<StoredTensor> {
  const { offset, length, shape, dtype } = tensor as SafeTensor;
  return new DenseStoredTensor(name, { shape, dtype, bytes: await source.read(offset, length) });
}

function badIndex(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `the index and its shards disagree: ${what}; copy all of them again`);
}
