import type { DType } from './tensor.ts';

/**
 * Element types of stored tensors: those that calls take and give, and those that files only keep. Named as PyTorch
 * names them; `float4_e2m1fn_x2` holds two numbers in one element.
 */
export type StoredDType =
  | Exclude<DType, 'string' | 'object'>
  | 'complex32'
  | 'float8_e4m3fn'
  | 'float8_e4m3fnuz'
  | 'float8_e5m2'
  | 'float8_e5m2fnuz'
  | 'float8_e8m0fnu'
  | 'float6_e2m3fn'
  | 'float6_e3m2fn'
  | 'float4_e2m1fn'
  | 'float4_e2m1fn_x2'
  | 'qint8'
  | 'quint8'
  | 'qint32'
  | 'quint4x2'
  | 'quint2x4';

/** What is known of a stored tensor without reading it. */
export interface TensorInfo {
  /** Extent of each dimension; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly dtype: StoredDType;
}

/** The numbers of a stored tensor. */
export type StoredData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** One tensor of a file, read. */
export interface StoredTensor extends TensorInfo {
  readonly name: string;
  /** The elements in row-major order, little-endian, as the file keeps them. */
  readonly bytes: Uint8Array;
  /**
   * The same as numbers: in JavaScript's own type where there is one; `float16`, `bfloat16` and the 8-bit floats
   * widened to `Float32Array`; `bool` as `Uint8Array` of 0 and 1; complex numbers with real and imaginary parts
   * interleaved. 4-bit and 6-bit floats have no such form: `data` are their packed bytes.
   */
  readonly data: StoredData;
}
