import { numberToBfloat16, numberToHalf } from '../../data/half.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { makeTensor } from './build.ts';
import type { OnnxTensor } from './onnx-model.ts';

/** `TensorProto.DataType` by the library's name of the type. */
const CODES: ReadonlyMap<DType, number> = new Map<DType, number>([
  ['float32', 1],
  ['uint8', 2],
  ['int8', 3],
  ['uint16', 4],
  ['int16', 5],
  ['int32', 6],
  ['int64', 7],
  ['string', 8],
  ['bool', 9],
  ['float16', 10],
  ['float64', 11],
  ['uint32', 12],
  ['uint64', 13],
  ['complex64', 14],
  ['complex128', 15],
  ['bfloat16', 16],
]);

/**
 * `TensorProto.DataType` of an element type.
 *
 * @throws `TypeError` for `object`, which no graph can hold: a mistake of the caller
 */
export function dataTypeOf(dtype: DType): number {
  const code = CODES.get(dtype);
  if (code === undefined) throw new TypeError(`ONNX has no element type for ${dtype}`);
  return code;
}

/** A tensor as ONNX stores it; typed arrays of the right kind are referred to, not copied. */
export function encodeTensor(name: string | undefined, tensor: TensorLike): OnnxTensor {
  const { dtype, shape, data } = tensor;
  const code = dataTypeOf(dtype);
  if (dtype === 'string') return makeTensor(name, code, shape, Array.from(data, String));
  return makeTensor(name, code, shape, littleEndianBytes(tensor));
}

/** The elements in row-major order, little-endian: a view of the same memory where that is possible. */
export function littleEndianBytes({ dtype, data }: TensorLike): Uint8Array {
  if (dtype === 'float16' || dtype === 'bfloat16') {
    if (data instanceof Uint16Array) return bytesOf(data);
    const encode = dtype === 'float16' ? numberToHalf : numberToBfloat16;
    return bytesOf(Uint16Array.from(data as ArrayLike<number>, encode));
  }
  if (dtype === 'bool' && !ArrayBuffer.isView(data)) return Uint8Array.from(data, Number);
  if (!ArrayBuffer.isView(data)) throw new TypeError(`a ${dtype} tensor needs a typed array`);
  return bytesOf(data);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
