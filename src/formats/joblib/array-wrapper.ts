// `joblib.numpy_pickle.NumpyArrayWrapper`: the data of an array follow its description in the stream, as raw bytes.
import { FormatError } from '../../errors/format-error.ts';
import { NdArray } from '../npy/nd-array.ts';
import { NumpyDType } from '../npy/numpy-dtype.ts';
import { elementCount } from '../npy/strides.ts';
import { asShape, asText, isGlobal } from '../pickle/arguments.ts';
import type { Cursor } from '../pickle/cursor.ts';
import type { PyObject, PyValue } from '../pickle/nodes.ts';
import type { Continuation } from '../pickle/pickle-options.ts';
import { malformed, unsupported } from '../pickle/problems.ts';

const WRAPPERS: ReadonlySet<string> = new Set([
  'joblib.numpy_pickle.NumpyArrayWrapper',
  'sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper',
]);

/** Wrappers of joblib before 0.10, whose data are in files of their own. */
const OLD_WRAPPERS = /^(?:sklearn\.externals\.)?joblib\.numpy_pickle(?:_compat)?\.Z?NDArrayWrapper$/;

/** Array classes that wrappers name; the data are the same for all. */
const SUBCLASSES: ReadonlySet<string> = new Set(['ndarray', 'matrix', 'memmap', 'recarray']);

/**
 * Reads the data that follow a wrapper. For other objects it does nothing, so that it can be given to
 * `readPickle` as `afterBuild`.
 *
 * @throws FormatError `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`; `ML_FORMAT_UNSUPPORTED` for arrays in other files.
 */
export function readWrappedArray(object: PyObject, cursor: Cursor): Continuation | undefined {
  const { path } = object.cls;
  if (!WRAPPERS.has(path)) {
    if (!OLD_WRAPPERS.test(path)) return undefined;
    const file = asText(object.attr('filename')) ?? asText(object.attr('filename_')) ?? 'another file';
    throw unsupported(
      `keeps an array in another file (${JSON.stringify(file.slice(0, 120))}), as joblib did before 0.10; load it in Python and dump it again`,
      cursor.position,
    );
  }
  const at = cursor.position;
  const subclass = object.attr('subclass');
  const dtype = object.attr('dtype');
  const shape = asShape(object.attr('shape'));
  const order = object.attr('order');
  if (!isGlobal(subclass) || !SUBCLASSES.has(subclass.name) || !subclass.module.startsWith('numpy')) {
    throw malformed('a joblib array is of an unknown class', at);
  }
  if (!(dtype instanceof NumpyDType) || shape === undefined || (order !== 'C' && order !== 'F')) {
    throw malformed('a joblib array is not described as joblib does', at);
  }
  if (!cursor.outsideFrame) throw malformed('the data of a joblib array begin inside a frame', at);
  if (dtype.hasObjects) return { nested: true, accept: (value) => acceptObjects(value, shape, at) };
  skipPadding(object.attr('numpy_array_alignment_bytes'), cursor);
  const length = elementCount(shape) * dtype.itemSize;
  const bytes = cursor.view(length, 'an array');
  return { value: new NdArray({ dtype, shape, order, bytes }, subclass.name) };
}

/** Since joblib 1.2: one byte with the number of bytes that follow it, so that the data are aligned. */
function skipPadding(alignment: PyValue | undefined, cursor: Cursor): void {
  if (alignment === undefined || alignment === null) return;
  if (typeof alignment !== 'number') throw malformed('a joblib array has no alignment', cursor.position);
  const length = cursor.uint8();
  const at = cursor.position;
  if (length > alignment) throw malformed(`a joblib array is padded by ${length} bytes`, at);
  // Other bytes could be opcodes for a reader that does not know the padding.
  if (cursor.view(length, 'the padding of an array').some((byte) => byte !== 0xff)) {
    throw malformed('the padding of a joblib array is not what joblib writes', at);
  }
}

/** An array of objects is a pickle of its own; it must be the array that was announced. */
function acceptObjects(value: PyValue, shape: readonly number[], at: number): NdArray {
  if (!(value instanceof NdArray) || !value.isObject) {
    throw new FormatError('ML_FORMAT_MALFORMED', 'A joblib array of objects holds something else.', {
      details: { offset: at },
    });
  }
  if (value.shape.length !== shape.length || value.shape.some((extent, i) => extent !== shape[i])) {
    throw malformed('a joblib array of objects has another shape than declared', at);
  }
  return value;
}
