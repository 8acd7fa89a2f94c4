import { type Compression, decompress, type DecompressOptions, detectCompression } from '../compression/decompress.ts';
import { FormatError } from '../../errors/format-error.ts';
import { isNpy, readNpy } from '../npy/read-npy.ts';
import type { PickleOptions } from '../pickle/pickle-options.ts';
import { type PickleFile, readPickleSliced } from '../pickle/read-pickle.ts';
import { readWrappedArray } from './array-wrapper.ts';

/** How a file that Python wrote is read. */
export interface PythonFileOptions
  extends Omit<PickleOptions, 'start' | 'trailing' | 'persistentLoad' | 'afterBuild'>,
    DecompressOptions {}

/** A file of Python as inert values. Its `globals` and `unknown` have offsets in the decompressed content. */
export interface PythonFile extends PickleFile {
  /** `joblib` where arrays follow their description as raw bytes. */
  readonly container: 'pickle' | 'joblib' | 'npy';
  readonly compression: Compression | undefined;
  /** Bytes of the decompressed content. */
  readonly bytes: number;
}

/**
 * Reads a `.pkl`, `.joblib` or `.npy` file, compressed or not; the content decides, not the extension. Nothing of it
 * is executed. Arrays are views of the bytes, which must not be changed afterwards. The event loop gets its turn
 * every few milliseconds.
 *
 * @throws FormatError `ML_FORMAT_UNSAFE` where Python would run code, `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`,
 * `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED`; AbortedError `ML_ABORTED`.
 */
export async function readPythonFile(bytes: Uint8Array, options: PythonFileOptions = {}): Promise<PythonFile> {
  const compression = detectCompression(bytes);
  const content = compression === undefined ? bytes : await decompress(bytes, compression, options);
  if (compression === 'zfile' && content[0] !== 0x80) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      'The file holds the data of one array, which joblib before 0.10 kept apart from its object. Load the object in Python and dump it again.',
    );
  }
  if (isNpy(content)) {
    const { array, pickle } = await readNpy(content, options);
    const { protocol = 0, globals = [], unknown = [], sklearnVersion } = pickle ?? {};
    return {
      root: array,
      protocol,
      globals,
      unknown,
      sklearnVersion,
      end: content.length,
      container: 'npy',
      compression,
      bytes: content.length,
    };
  }
  let wrapped = false;
  const file = await readPickleSliced(content, {
    ...options,
    afterBuild: (object, cursor) => {
      const continuation = readWrappedArray(object, cursor);
      wrapped ||= continuation !== undefined;
      return continuation;
    },
  });
  return { ...file, container: wrapped ? 'joblib' : 'pickle', compression, bytes: content.length };
}
