import { type PythonFile, type PythonFileOptions, readPythonFile } from '../../formats/joblib/read-python-file.ts';
import type { ScanContext } from '../../spec/model-loader.ts';
import { refuseForeignContent } from './foreign-content.ts';

/** Opcodes per element: what a pickle spends on one value, its memo entry and its place in a container. */
const OPCODES_PER_ELEMENT = 10;

/**
 * Reads the artefact of a context as a file of Python, within the context's limits.
 *
 * @throws as `readPythonFile`; `ML_FORMAT_UNSUPPORTED` for what is another known kind of file
 */
export async function readFile(
  { artefact, limits, signal }: ScanContext,
  options: Pick<PythonFileOptions, 'classes' | 'onUnsafe'> = {},
): Promise<PythonFile> {
  const { bytes, name } = artefact;
  refuseForeignContent(bytes, name);
  const { maxElements, maxModelBytes } = limits;
  return readPythonFile(bytes, {
    ...options,
    signal,
    limits: { maxOpcodes: maxElements * OPCODES_PER_ELEMENT, maxNodes: maxElements, maxMemo: maxElements },
    maxDecompressedBytes: maxModelBytes,
  });
}
