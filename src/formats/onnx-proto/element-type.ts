import type { DType } from '../../spec/tensor.ts';

/** One of ONNX's element types. */
export interface ElementType {
  /** Name as in `TensorProto.DataType`, lower case. */
  readonly name: string;
  /** The library's type for its values; `undefined` where it has none. */
  readonly dtype: DType | undefined;
  /** Bits of an element in `raw_data`; 0 for strings, which are never there. */
  readonly bits: number;
}

const TYPES: readonly (readonly [code: number, name: string, dtype: DType | undefined, bits: number])[] = [
  [1, 'float', 'float32', 32],
  [2, 'uint8', 'uint8', 8],
  [3, 'int8', 'int8', 8],
  [4, 'uint16', 'uint16', 16],
  [5, 'int16', 'int16', 16],
  [6, 'int32', 'int32', 32],
  [7, 'int64', 'int64', 64],
  [8, 'string', 'string', 0],
  [9, 'bool', 'bool', 8],
  [10, 'float16', 'float16', 16],
  [11, 'double', 'float64', 64],
  [12, 'uint32', 'uint32', 32],
  [13, 'uint64', 'uint64', 64],
  [14, 'complex64', 'complex64', 64],
  [15, 'complex128', 'complex128', 128],
  [16, 'bfloat16', 'bfloat16', 16],
  [17, 'float8e4m3fn', undefined, 8],
  [18, 'float8e4m3fnuz', undefined, 8],
  [19, 'float8e5m2', undefined, 8],
  [20, 'float8e5m2fnuz', undefined, 8],
  [21, 'uint4', 'uint8', 4],
  [22, 'int4', 'int8', 4],
  [23, 'float4e2m1', undefined, 4],
  [24, 'float8e8m0', undefined, 8],
  [25, 'uint2', 'uint8', 2],
  [26, 'int2', 'int8', 2],
];

/** `TensorProto.DataType` by name. */
export const DATA_TYPE = {
  FLOAT: 1,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  BFLOAT16: 16,
} as const;

const BY_CODE: ReadonlyMap<number, ElementType> = new Map(
  TYPES.map(([code, name, dtype, bits]) => [code, { name, dtype, bits }]),
);

/** The type of a `TensorProto.DataType`; `undefined` for UNDEFINED and for codes that ONNX does not have. */
export function elementType(dataType: number): ElementType | undefined {
  return BY_CODE.get(dataType);
}
