import { FormatError } from '../../errors/format-error.ts';
import { isNode, type PyNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import { labelsOf } from '../../sklearn/base/labels.ts';

const MAX_DEPTH = 200;

/**
 * Inert Python data as plain JavaScript: numbers (bigint beyond 2^53), text, arrays for lists and tuples,
 * `Map` for dictionaries, `Set` for sets, `Uint8Array` for bytes, tensors for arrays.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for an object of a class, naming it; `ML_FORMAT_LIMIT` for circular data
 */
export function plainValue(value: PyValue, depth = 0): unknown {
  if (!isNode(value)) return value;
  if (depth > MAX_DEPTH)
    throw new FormatError('ML_FORMAT_LIMIT', `the data is nested more than ${MAX_DEPTH} deep, or contains itself`);
  return plainNode(value, depth + 1);
}

function plainNode(node: PyNode, depth: number): unknown {
  switch (node.kind) {
    case 'float':
      return node.value;
    case 'bytes':
      return node.data;
    case 'list':
    case 'tuple':
      return node.items.map((item) => plainValue(item, depth));
    case 'set':
      return new Set(Array.from(node, (item) => plainValue(item, depth)));
    case 'dict':
      return new Map(Array.from(node, ([key, item]) => [plainValue(key, depth), plainValue(item, depth)]));
    case 'scalar':
      return plainValue(node.value, depth);
    case 'ndarray':
      return plainArray(node, depth);
    case 'complex':
      return { re: node.re, im: node.im };
    case 'range':
      return { start: node.start, stop: node.stop, step: node.step };
    case 'slice':
      return {
        start: plainValue(node.start, depth),
        stop: plainValue(node.stop, depth),
        step: plainValue(node.step, depth),
      };
    case 'masked-array':
      return { data: plainArray(node.data, depth), mask: plainArray(node.mask, depth) };
    case 'dtype':
      return node.name;
    default:
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `an object of ${node.kind === 'object' ? node.cls.path : node.path} is no plain data`,
      );
  }
}

const DTYPES: ReadonlyMap<string, DType> = new Map<string, DType>([
  ['b1', 'bool'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['c8', 'complex64'],
  ['c16', 'complex128'],
]);

function plainArray(array: NdArray, depth: number): TensorLike {
  const { shape, dtype } = array;
  if (dtype.type === 'O') return { data: array.objects.map((item) => plainValue(item, depth)), shape, dtype: 'object' };
  if (dtype.type === 'U' || dtype.type === 'S') return { data: labelsOf(array), shape, dtype: 'string' };
  if (dtype.type === 'b') return { data: labelsOf(array), shape, dtype: 'bool' };
  return { data: array.toTypedArray(), shape, dtype: DTYPES.get(dtype.name) ?? 'int64' };
}
