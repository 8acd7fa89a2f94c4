import { NdArray } from './nd-array.ts';
import { badArray, unsupportedArray } from './npy-problem.ts';
import { type NpyHeader, parseNpyHeader } from './npy-header.ts';
import type { PickleFile } from '../pickle/read-pickle.ts';
import { readPickleSliced } from '../pickle/read-pickle.ts';
import type { PickleOptions } from '../pickle/pickle-options.ts';
import type { SliceOptions } from '../compression/time-slices.ts';
import { elementCount } from './strides.ts';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** Whether the bytes begin as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

/** A `.npy` file: its array and, where it holds objects, the pickle that they come from. */
export interface NpyFile {
  readonly array: NdArray;
  readonly pickle: PickleFile | undefined;
}

/**
 * Reads a `.npy` file, versions 1 to 3. The array is a view of the bytes. Arrays of objects are a pickle, which is
 * read under the same rules as any other.
 *
 * @throws FormatError `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, and as `readPickle`.
 */
export async function readNpy(bytes: Uint8Array, options: PickleOptions & SliceOptions = {}): Promise<NpyFile> {
  if (!isNpy(bytes)) throw badArray('the file does not begin as a .npy file');
  const { dtype, fortranOrder, shape, dataStart }: NpyHeader = parseNpyHeader(bytes, MAGIC.length);
  if (!dtype.hasObjects) {
    const end = dataStart + elementCount(shape) * dtype.itemSize;
    if (end > bytes.length) throw badArray(`${end} bytes are declared, and ${bytes.length} are there`);
    if (end < bytes.length) throw badArray(`${bytes.length - end} bytes follow it`);
    const data = bytes.subarray(dataStart);
    return { array: new NdArray({ dtype, shape, order: fortranOrder ? 'F' : 'C', bytes: data }), pickle: undefined };
  }
  const pickle = await readPickleSliced(bytes, { ...options, start: dataStart, trailing: 'allow' });
  // The oldest numpy ended such files with a line feed. More than that is not data of an array.
  if (bytes.length - pickle.end > 1 || (bytes[pickle.end] ?? 0x0a) !== 0x0a) throw badArray('bytes follow its objects');
  const { root } = pickle;
  if (!(root instanceof NdArray) || !root.isObject) throw unsupportedArray('its objects are not an array');
  if (root.size !== elementCount(shape)) throw badArray('its objects are not as many as declared');
  return { array: root, pickle };
}
