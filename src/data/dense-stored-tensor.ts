import { endianness } from 'node:os';
import type { StoredData, StoredDType, StoredTensor } from '../spec/stored-tensor.ts';
import { float8Table } from './float8.ts';
import { bfloat16ToNumber, halfToNumber } from './half.ts';

/** Bits of one element; complex numbers count both parts. */
export const ELEMENT_BITS: ReadonlyMap<StoredDType, number> = new Map<StoredDType, number>([
  ['bool', 8],
  ['int8', 8],
  ['uint8', 8],
  ['int16', 16],
  ['uint16', 16],
  ['int32', 32],
  ['uint32', 32],
  ['int64', 64],
  ['uint64', 64],
  ['float16', 16],
  ['bfloat16', 16],
  ['float32', 32],
  ['float64', 64],
  ['complex32', 32],
  ['complex64', 64],
  ['complex128', 128],
  ['float8_e4m3fn', 8],
  ['float8_e4m3fnuz', 8],
  ['float8_e5m2', 8],
  ['float8_e5m2fnuz', 8],
  ['float8_e8m0fnu', 8],
  ['float6_e2m3fn', 6],
  ['float6_e3m2fn', 6],
  ['float4_e2m1fn', 4],
  ['float4_e2m1fn_x2', 8],
  ['qint8', 8],
  ['quint8', 8],
  ['qint32', 32],
  ['quint4x2', 8],
  ['quint2x4', 8],
]);

const NATIVE_LITTLE = endianness() === 'LE';

type Constructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): StoredData;
};

/** Array types that hold the elements as they are stored; complex numbers as two of them. */
const ARRAYS: ReadonlyMap<StoredDType, Constructor> = new Map<StoredDType, Constructor>([
  ['int8', Int8Array],
  ['int16', Int16Array],
  ['uint16', Uint16Array],
  ['int32', Int32Array],
  ['uint32', Uint32Array],
  ['int64', BigInt64Array],
  ['uint64', BigUint64Array],
  ['float32', Float32Array],
  ['float64', Float64Array],
  ['complex64', Float32Array],
  ['complex128', Float64Array],
]);

/** A tensor read from a file. Its numbers are made on first use; most callers want only one of the two forms. */
export class DenseStoredTensor implements StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: StoredDType;
  readonly bytes: Uint8Array;
  #data: StoredData | undefined;

  constructor(name: string, info: Pick<StoredTensor, 'shape' | 'dtype' | 'bytes'>) {
    this.name = name;
    this.shape = info.shape;
    this.dtype = info.dtype;
    this.bytes = info.bytes;
  }

  get data(): StoredData {
    return (this.#data ??= numbersOf(this.bytes, this.dtype));
  }
}

function numbersOf(bytes: Uint8Array, dtype: StoredDType): StoredData {
  const array = ARRAYS.get(dtype);
  if (array !== undefined) return viewOf(bytes, array);
  if (dtype === 'float16' || dtype === 'complex32') return Float32Array.from(words(bytes), halfToNumber);
  if (dtype === 'bfloat16') return Float32Array.from(words(bytes), bfloat16ToNumber);
  const table = float8Table(dtype);
  return table === undefined ? bytes : Float32Array.from(bytes, (code) => table[code] as number);
}

function words(bytes: Uint8Array): Uint16Array {
  return viewOf(bytes, Uint16Array) as Uint16Array;
}

/** A view of the bytes where their place in memory allows it, else of a copy. */
function viewOf(bytes: Uint8Array, array: Constructor): StoredData {
  const width = array.BYTES_PER_ELEMENT;
  const isView = NATIVE_LITTLE && bytes.byteOffset % width === 0;
  const { buffer, byteOffset } = isView ? bytes : turned(bytes, width);
  return new array(buffer, byteOffset, bytes.length / width);
}

/** An aligned copy in the byte order of the machine. */
function turned(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  return NATIVE_LITTLE ? copy : swapBytes(copy, width);
}

/** Reverses each group of `width` bytes in place. */
export function swapBytes(bytes: Uint8Array, width: number): Uint8Array {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}
