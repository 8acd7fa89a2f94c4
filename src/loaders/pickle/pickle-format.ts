import type { Content } from '../../spec/artefact.ts';
import type { LoaderDescriptor } from '../../spec/loader-descriptor.ts';

/** Python's pickles and joblib files: read without Python, computed natively. */
export const descriptor: LoaderDescriptor = {
  name: 'pickle',
  formats: ['pkl', 'pickle', 'joblib', 'sav', 'dill', 'npy'],
  capabilities: { threadSafe: true, reportsByteSize: true, abortable: true },
  specVersion: 'v1',
  detect,
};

const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * From protocol 2 on a pickle says so with its first opcode. Protocols 0 and 1 and compressed files are
 * read where the extension says that they are pickles.
 */
function detect({ kind, bytes }: Content): boolean {
  if (kind !== 'file') return false;
  const pickle = bytes[0] === 0x80 && (bytes[1] as number) >= 2 && (bytes[1] as number) <= 5;
  return pickle || NPY_MAGIC.every((byte, i) => bytes[i] === byte);
}
