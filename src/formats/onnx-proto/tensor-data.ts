import { bfloat16ToNumber, halfToNumber } from '../../data/half.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { TensorData, TensorLike } from '../../spec/tensor.ts';
import type { OnnxTensor } from './onnx-model.ts';
import { quoted } from './quoted.ts';
import { type TensorLayout, tensorLayout } from './tensor-layout.ts';
import { viewOf } from '../protobuf/wire-reader.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The values of a tensor: float16 and bfloat16 widened to float32, int4 and int2 to int8, strings
 * as text.
 *
 * @param external content of other files by the location that tensors give
 * @throws the errors of `tensorLayout`; `ML_FORMAT_UNSUPPORTED` for float8 and float4;
 *   `ML_FORMAT_TRUNCATED` where another file is too short; `ML_FORMAT_UNSUPPORTED` where it was not given
 */
export function decodeTensor(tensor: OnnxTensor, external?: ReadonlyMap<string, Uint8Array>): TensorLike {
  const layout = tensorLayout(tensor);
  const { type, shape } = layout;
  if (type.dtype === undefined) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `tensor ${quoted(tensor.name)} is of type ${type.name}, whose values cannot be read here; save it as float16 or float`,
      { details: { type: type.name } },
    );
  }
  return { data: values(tensor, layout, external), shape, dtype: type.dtype };
}

function values(tensor: OnnxTensor, layout: TensorLayout, external?: ReadonlyMap<string, Uint8Array>): TensorData {
  switch (layout.storage) {
    case 'none':
      return layout.type.name === 'string' ? [] : fromRaw(new Uint8Array(), layout);
    case 'rawData':
      return fromRaw(tensor.rawData ?? new Uint8Array(), layout);
    case 'external':
      return fromRaw(externalBytes(tensor, layout, external), layout);
    case 'stringData':
      return tensor.stringData.values().map((bytes) => decoder.decode(bytes));
    case 'int32Data':
      return fromInt32s(tensor.int32Data.values(), layout);
    case 'uint64Data': {
      const wide = tensor.uint64Data.values();
      return layout.type.name === 'uint32' ? Uint32Array.from(wide, (v) => Number(BigInt.asUintN(32, v))) : wide;
    }
    default:
      return tensor[layout.storage].values();
  }
}

function externalBytes(tensor: OnnxTensor, layout: TensorLayout, files?: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const { location = '', offset = 0 } = layout.external ?? {};
  const file = files?.get(location);
  const name = quoted(tensor.name);
  if (file === undefined) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `the values of tensor ${name} are in ${quoted(location)}, which was not read`,
    );
  }
  if (offset + layout.bytes > file.length) {
    throw new FormatError(
      'ML_FORMAT_TRUNCATED',
      `tensor ${name} ends at byte ${offset + layout.bytes} of ${quoted(location)}, which has ${file.length}`,
      { details: { location, bytes: file.length } },
    );
  }
  return file.subarray(offset, offset + layout.bytes);
}

/** Narrow types keep one element per int32, in its lowest bits; those below a byte keep a whole byte. */
function fromInt32s(ints: Int32Array, layout: TensorLayout): TensorData {
  const { type } = layout;
  if (type.bits < 8) return fromRaw(Uint8Array.from(ints), layout);
  switch (type.name) {
    case 'int32':
      return ints;
    case 'int16':
      return Int16Array.from(ints);
    case 'int8':
      return Int8Array.from(ints);
    case 'uint16':
      return Uint16Array.from(ints);
    case 'bool':
      return Uint8Array.from(ints, (v) => (v === 0 ? 0 : 1));
    case 'float16':
      return Float32Array.from(ints, (v) => halfToNumber(v & 0xffff));
    case 'bfloat16':
      return Float32Array.from(ints, (v) => bfloat16ToNumber(v & 0xffff));
    default:
      return Uint8Array.from(ints);
  }
}

function fromRaw(raw: Uint8Array, { type, count }: TensorLayout): TensorData {
  const view = viewOf(raw);
  switch (type.name) {
    case 'float':
    case 'complex64':
      return fill(new Float32Array(raw.length / 4), (i) => view.getFloat32(i * 4, true));
    case 'double':
    case 'complex128':
      return fill(new Float64Array(raw.length / 8), (i) => view.getFloat64(i * 8, true));
    case 'float16':
      return fill(new Float32Array(count), (i) => halfToNumber(view.getUint16(i * 2, true)));
    case 'bfloat16':
      return fill(new Float32Array(count), (i) => bfloat16ToNumber(view.getUint16(i * 2, true)));
    case 'int64':
      return fillWide(new BigInt64Array(count), (i) => view.getBigInt64(i * 8, true));
    case 'uint64':
      return fillWide(new BigUint64Array(count), (i) => view.getBigUint64(i * 8, true));
    case 'int32':
      return fill(new Int32Array(count), (i) => view.getInt32(i * 4, true));
    case 'uint32':
      return fill(new Uint32Array(count), (i) => view.getUint32(i * 4, true));
    case 'int16':
      return fill(new Int16Array(count), (i) => view.getInt16(i * 2, true));
    case 'uint16':
      return fill(new Uint16Array(count), (i) => view.getUint16(i * 2, true));
    case 'int8':
      return Int8Array.from(raw);
    case 'bool':
      return Uint8Array.from(raw, (v) => (v === 0 ? 0 : 1));
    case 'int4':
    case 'int2':
      return fill(new Int8Array(count), (i) => signed(part(raw, i, type.bits), type.bits));
    case 'uint4':
    case 'uint2':
      return fill(new Uint8Array(count), (i) => part(raw, i, type.bits));
    default:
      return Uint8Array.from(raw);
  }
}

/** The `i`-th element of 2 or 4 bits, the lowest bits of a byte first. */
function part(raw: Uint8Array, i: number, bits: number): number {
  const perByte = 8 / bits;
  return ((raw[Math.floor(i / perByte)] ?? 0) >> ((i % perByte) * bits)) & (2 ** bits - 1);
}

function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

type Narrow =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

function fill<T extends Narrow>(into: T, read: (i: number) => number): T {
  for (let i = 0; i < into.length; i++) into[i] = read(i);
  return into;
}

function fillWide<T extends BigInt64Array | BigUint64Array>(into: T, read: (i: number) => bigint): T {
  for (let i = 0; i < into.length; i++) into[i] = read(i);
  return into;
}
