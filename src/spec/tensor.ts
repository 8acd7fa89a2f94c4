/**
 * Element types, named as numpy and ONNX name them. `string` holds JavaScript strings,
 * `object` holds mixed values (a column that is partly text, partly numbers or missing).
 */
export type DType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool'
  | 'complex64'
  | 'complex128'
  | 'string'
  | 'object';

/**
 * Flat, row-major values.
 *
 * - `float16`, `bfloat16`: `Float32Array` of the widened values.
 * - `int64`, `uint64`: `BigInt64Array`, `BigUint64Array`.
 * - `bool`: an array of booleans; `Uint8Array` of 0 and 1 is accepted too.
 * - `complex64`, `complex128`: real and imaginary parts interleaved.
 */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | readonly unknown[];

/** What a caller may pass wherever a tensor is expected: no methods needed. */
export interface TensorLike {
  readonly data: TensorData;
  /** Extent of each dimension; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** An n-dimensional array as the library returns it. */
export interface Tensor extends TensorLike {
  /** The `i`-th slice along the first dimension: a view of the same memory where `data` is a typed array. */
  row(i: number): TensorData;
  /** Nested plain arrays (`float64[2][3]` becomes two arrays of three numbers; a scalar its value). */
  toArray(): unknown;
  /** So that `JSON.stringify` and HTTP frameworks send nested arrays; int64 beyond 2^53 becomes a string. */
  toJSON(): unknown;
}
