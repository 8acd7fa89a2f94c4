import { bfloat16ToNumber, halfToNumber } from '../../data/half.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { DType, TensorData, TensorLike } from '../../spec/tensor.ts';
import { elementCount } from './read-shape.ts';

/** Type and extents of a tensor. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** How many bytes an element has, and the array that reads them. */
const ARRAYS: ReadonlyMap<DType, readonly [number, (bytes: Uint8Array, count: number) => TensorData]> = new Map([
  ['float32', [4, (b, n) => new Float32Array(b.buffer, b.byteOffset, n)]],
  ['float64', [8, (b, n) => new Float64Array(b.buffer, b.byteOffset, n)]],
  ['int64', [8, (b, n) => new BigInt64Array(b.buffer, b.byteOffset, n)]],
  ['uint64', [8, (b, n) => new BigUint64Array(b.buffer, b.byteOffset, n)]],
  ['int32', [4, (b, n) => new Int32Array(b.buffer, b.byteOffset, n)]],
  ['uint32', [4, (b, n) => new Uint32Array(b.buffer, b.byteOffset, n)]],
  ['int16', [2, (b, n) => new Int16Array(b.buffer, b.byteOffset, n)]],
  ['uint16', [2, (b, n) => new Uint16Array(b.buffer, b.byteOffset, n)]],
  ['int8', [1, (b, n) => new Int8Array(b.buffer, b.byteOffset, n)]],
  ['uint8', [1, (b, n) => new Uint8Array(b.buffer, b.byteOffset, n)]],
  ['bool', [1, (b, n) => new Uint8Array(b.buffer, b.byteOffset, n)]],
  ['float16', [2, (b, n) => Float32Array.from(new Uint16Array(b.buffer, b.byteOffset, n), halfToNumber)]],
  ['bfloat16', [2, (b, n) => Float32Array.from(new Uint16Array(b.buffer, b.byteOffset, n), bfloat16ToNumber)]],
  ['complex64', [8, (b, n) => new Float32Array(b.buffer, b.byteOffset, 2 * n)]],
  ['complex128', [16, (b, n) => new Float64Array(b.buffer, b.byteOffset, 2 * n)]],
]);

/**
 * A tensor over raw little-endian bytes: the same memory where it is aligned.
 *
 * @param what what the tensor is, for the message
 * @throws `ML_FORMAT_MALFORMED` where the number of bytes is not that of the shape
 */
export function rawTensor(bytes: Uint8Array, { dtype, shape }: TensorType, what: string): TensorLike {
  const count = elementCount(shape, what);
  const entry = ARRAYS.get(dtype);
  if (entry === undefined || entry[0] * count !== bytes.byteLength) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `${what} of shape [${shape.join(', ')}] and type ${dtype} has ${bytes.byteLength} bytes, not ${(entry?.[0] ?? 0) * count}`,
      { details: { shape, dtype, bytes: bytes.byteLength } },
    );
  }
  const [size, view] = entry;
  return { data: view(bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes), count), shape, dtype };
}
