import type { DType } from '../../spec/tensor.ts';

/** An element type of TensorFlow. */
export interface TfDataType {
  /** As TensorFlow names it, e.g. `DT_FLOAT`. */
  readonly name: string;
  /** The library's name; `undefined` for a type that no tensor of the library has. */
  readonly dtype: DType | undefined;
  /** Bytes per element in raw form; 0 for types without one. */
  readonly bytes: number;
}

const TYPES: ReadonlyMap<number, TfDataType> = new Map<number, TfDataType>([
  [1, { name: 'DT_FLOAT', dtype: 'float32', bytes: 4 }],
  [2, { name: 'DT_DOUBLE', dtype: 'float64', bytes: 8 }],
  [3, { name: 'DT_INT32', dtype: 'int32', bytes: 4 }],
  [4, { name: 'DT_UINT8', dtype: 'uint8', bytes: 1 }],
  [5, { name: 'DT_INT16', dtype: 'int16', bytes: 2 }],
  [6, { name: 'DT_INT8', dtype: 'int8', bytes: 1 }],
  [7, { name: 'DT_STRING', dtype: 'string', bytes: 0 }],
  [8, { name: 'DT_COMPLEX64', dtype: 'complex64', bytes: 8 }],
  [9, { name: 'DT_INT64', dtype: 'int64', bytes: 8 }],
  [10, { name: 'DT_BOOL', dtype: 'bool', bytes: 1 }],
  [11, { name: 'DT_QINT8', dtype: undefined, bytes: 0 }],
  [12, { name: 'DT_QUINT8', dtype: undefined, bytes: 0 }],
  [13, { name: 'DT_QINT32', dtype: undefined, bytes: 0 }],
  [14, { name: 'DT_BFLOAT16', dtype: 'bfloat16', bytes: 2 }],
  [15, { name: 'DT_QINT16', dtype: undefined, bytes: 0 }],
  [16, { name: 'DT_QUINT16', dtype: undefined, bytes: 0 }],
  [17, { name: 'DT_UINT16', dtype: 'uint16', bytes: 2 }],
  [18, { name: 'DT_COMPLEX128', dtype: 'complex128', bytes: 16 }],
  [19, { name: 'DT_HALF', dtype: 'float16', bytes: 2 }],
  [20, { name: 'DT_RESOURCE', dtype: undefined, bytes: 0 }],
  [21, { name: 'DT_VARIANT', dtype: undefined, bytes: 0 }],
  [22, { name: 'DT_UINT32', dtype: 'uint32', bytes: 4 }],
  [23, { name: 'DT_UINT64', dtype: 'uint64', bytes: 8 }],
]);

/** What `_ref` types of TensorFlow 1 add to the type that they refer to. */
const REFERENCE = 100;

/** The element type of a number in a file; references count as what they refer to. */
export function dataType(code: number): TfDataType {
  const plain = code > REFERENCE ? code - REFERENCE : code;
  return TYPES.get(plain) ?? { name: `type ${code}`, dtype: undefined, bytes: 0 };
}
