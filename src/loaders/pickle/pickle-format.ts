import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** Python's pickles and joblib files: read without Python, computed natively. */
export const descriptor: LoaderDescriptor = {
  name: 'pickle',
  formats: ['pkl', 'pickle', 'joblib', 'sav', 'dill', 'npy', 'gz', 'gzip', 'bz2', 'xz', 'lzma', 'lz4', 'z', 'jl'],
  capabilities: { threadSafe: true, reportsByteSize: true, abortable: true, yields: true },
  specVersion: 'v1',
  detect,
};

/** numpy's `.npy`, and the compressions that joblib writes and whose first bytes say so without doubt. */
const MAGICS: readonly (readonly number[])[] = [
  [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59],
  [0x1f, 0x8b],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x04, 0x22, 0x4d, 0x18],
  [0x5a, 0x46, 0x30, 0x78],
];

/**
 * From protocol 2 on a pickle says so with its first opcode. Protocols 0 and 1 and what zlib or lzma compressed
 * are read where the extension says that they are pickles.
 */
function detect({ kind, bytes }: Content): boolean {
  if (kind !== 'file') return false;
  const pickle = bytes[0] === 0x80 && (bytes[1] as number) >= 2 && (bytes[1] as number) <= 5;
  return pickle || MAGICS.some((magic) => magic.every((byte, i) => bytes[i] === byte));
}
