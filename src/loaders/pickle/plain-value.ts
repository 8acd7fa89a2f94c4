import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import { isoDates } from '../../formats/pandas/iso-dates.ts';
import { isPandas, pandasValue } from '../../formats/pandas/pandas-value.ts';
import { pythonDate } from '../../formats/pandas/python-date.ts';
import { isNode, type PyNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import { labelsOf } from '../../sklearn/base/labels.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';

/** Data may be nested this deep. */
const MAX_DEPTH = 200;

/**
 * Inert Python data as plain JavaScript: numbers (bigint beyond 2^53), text, arrays for lists and tuples,
 * `Map` for dictionaries, `Set` for sets, `Uint8Array` for bytes, tensors for arrays, columns for DataFrames,
 * ISO text for datetimes in arrays. What the file refers to twice is one object here too.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for an object of a class, naming it; `ML_FORMAT_LIMIT` for circular data
 */
export function plainValue(value: PyValue): unknown {
  return new PlainValues().of(value);
}

/** Plain forms by node, so that shared data costs nothing twice. */
class PlainValues {
  readonly #done = new Map<PyNode, unknown>();
  #depth = 0;

  of(value: PyValue): unknown {
    if (!isNode(value)) return value;
    if (value.kind === 'float') return value.value;
    if (this.#done.has(value)) return this.#done.get(value);
    if (this.#depth >= MAX_DEPTH)
      throw new FormatError('ML_FORMAT_LIMIT', `the data is nested more than ${MAX_DEPTH} deep, or contains itself`);
    this.#depth += 1;
    try {
      const plain = this.#node(value);
      this.#done.set(value, plain);
      return plain;
    } finally {
      this.#depth -= 1;
    }
  }

  #node(node: PyNode): unknown {
    switch (node.kind) {
      case 'bytes':
        return node.data;
      case 'list':
      case 'tuple':
        return node.items.map((item) => this.of(item));
      case 'set':
        return new Set(Array.from(node, (item) => this.of(item)));
      case 'dict':
        return new Map(Array.from(node, ([key, item]) => [this.of(key), this.of(item)]));
      case 'scalar':
        return this.of(node.value);
      case 'ndarray':
        return this.#array(node);
      case 'complex':
        return { re: node.re, im: node.im };
      case 'range':
        return { start: node.start, stop: node.stop, step: node.step };
      case 'slice':
        return { start: this.of(node.start), stop: this.of(node.stop), step: this.of(node.step) };
      case 'masked-array':
        return { data: this.#array(node.data), mask: this.#array(node.mask) };
      case 'dtype':
        return node.name;
      case 'object':
        return this.#object(node);
      default:
        throw noData(node);
    }
  }

  #object(node: PyObject): unknown {
    if (isPandas(node)) return pandasValue(node);
    const date = pythonDate(node);
    if (date === undefined) throw noData(node);
    return date;
  }

  #array(array: NdArray): TensorLike {
    const { shape, dtype } = array;
    switch (dtype.type) {
      case 'O':
        return { data: array.objects.map((item) => this.of(item)), shape, dtype: 'object' };
      case 'U':
      case 'S':
        return { data: labelsOf(array), shape, dtype: 'string' };
      case 'M':
        return { data: isoDates(array), shape, dtype: 'string' };
      case 'b':
        return { data: labelsOf(array), shape, dtype: 'bool' };
      default:
        return { data: array.toTypedArray(), shape, dtype: DTYPES.get(dtype.name) ?? 'int64' };
    }
  }
}

function noData(node: PyNode): FormatError {
  const name = node instanceof PyObject ? node.cls.path : node.kind === 'global' ? node.path : node.kind;
  return new FormatError('ML_FORMAT_UNSUPPORTED', `an object of ${name} is no plain data`, {
    details: { class: name },
  });
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
