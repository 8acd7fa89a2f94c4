import { bfloat16ToNumber, halfToNumber } from '../../data/half.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { DType, TensorData, TensorLike } from '../../spec/tensor.ts';
import { type FieldReader, readVarint, WIRE } from '../protobuf/wire-reader.ts';
import { dataType } from './data-type.ts';
import type { TfShape } from './graph-def.ts';
import type { ProtoContext } from './proto-context.ts';
import { rawTensor } from './raw-tensor.ts';
import { elementCount, readShape } from './read-shape.ts';

/** A value given once stands for all elements, so a few bytes can claim any size: beyond this it is refused. */
const MAX_FILLED = 2 ** 28;

/** The field that holds the values of a type one by one, and how a number is encoded there. */
const FIELDS: ReadonlyMap<DType, { readonly field: number; readonly wire: 0 | 1 | 5 }> = new Map([
  ['float32', { field: 5, wire: WIRE.FIXED32 }],
  ['float64', { field: 6, wire: WIRE.FIXED64 }],
  ['int32', { field: 7, wire: WIRE.VARINT }],
  ['int16', { field: 7, wire: WIRE.VARINT }],
  ['int8', { field: 7, wire: WIRE.VARINT }],
  ['uint8', { field: 7, wire: WIRE.VARINT }],
  ['uint16', { field: 7, wire: WIRE.VARINT }],
  ['int64', { field: 10, wire: WIRE.VARINT }],
  ['bool', { field: 11, wire: WIRE.VARINT }],
  ['float16', { field: 13, wire: WIRE.VARINT }],
  ['bfloat16', { field: 13, wire: WIRE.VARINT }],
  ['uint32', { field: 16, wire: WIRE.VARINT }],
  ['uint64', { field: 17, wire: WIRE.VARINT }],
]);
const STRINGS = 8;

/**
 * TensorProto. Raw values refer to the file's memory; values one by one follow TensorFlow's rule
 * that the last one stands for all that are missing.
 *
 * @param what what the value belongs to, for messages
 * @throws `ML_FORMAT_MALFORMED`; `ML_FORMAT_UNSUPPORTED` for a type that the library has no tensors of
 */
export function readTensor(body: Uint8Array, context: ProtoContext, what: string): TensorLike {
  const reader = context.open(body, 'TensorProto');
  let type = 0;
  let shape: TfShape = [];
  let raw: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === 1) type = reader.int32();
    else if (reader.field === 2) shape = readShape(reader.bytes(), context);
    else if (reader.field === 4) raw = reader.bytes();
  }
  const { dtype, name } = dataType(type);
  const count = elementCount(shape, what);
  if (dtype === undefined || shape === undefined) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `${what} holds ${name} values, which the library has no tensors of`);
  }
  if (raw !== undefined && raw.length > 0 && dtype !== 'string') return rawTensor(raw, { dtype, shape }, what);
  if (count > MAX_FILLED) {
    throw new FormatError('ML_FORMAT_LIMIT', `${what} fills ${count} elements with one value; at most ${MAX_FILLED}`);
  }
  const data = dtype === 'string' ? strings(body, context, count) : numbers(body, context, { dtype, count, what });
  return { data, shape, dtype };
}

function strings(body: Uint8Array, context: ProtoContext, count: number): TensorData {
  const reader = context.open(body, 'TensorProto');
  const values: string[] = [];
  while (reader.next()) {
    if (reader.field !== STRINGS) continue;
    context.spend();
    values.push(reader.text());
  }
  if (values.length > count) throw reader.problem(`has ${values.length} strings for ${count} elements`);
  const last = values.at(-1) ?? '';
  context.spend(count - values.length);
  while (values.length < count) values.push(last);
  return values;
}

function numbers(
  body: Uint8Array,
  context: ProtoContext,
  { dtype, count, what }: { readonly dtype: DType; readonly count: number; readonly what: string },
): TensorData {
  const place = FIELDS.get(dtype);
  if (place === undefined) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', `${what} holds ${dtype} values one by one; re-export the model`);
  }
  const data = allocate(dtype, count);
  const read = elementReader(dtype, body);
  const reader: FieldReader = context.open(body, 'TensorProto');
  let filled = 0;
  let last: number | bigint | undefined;
  while (reader.next()) {
    if (reader.field !== place.field) continue;
    const more = reader.count(place.wire);
    if (filled + more > count) throw reader.problem(`has more than the ${count} values that the shape says`);
    reader.each(place.wire, (at) => {
      last = read(at);
      data[filled++] = last;
    });
  }
  if (last !== undefined && filled < count) (data as Float32Array).fill(last as number, filled);
  return data as TensorData;
}

type Writable = { [index: number]: number | bigint };

function allocate(dtype: DType, count: number): Writable {
  switch (dtype) {
    case 'float64':
      return new Float64Array(count);
    case 'int64':
      return new BigInt64Array(count);
    case 'uint64':
      return new BigUint64Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'int8':
      return new Int8Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'uint16':
      return new Uint16Array(count);
    case 'uint8':
    case 'bool':
      return new Uint8Array(count);
    default:
      return new Float32Array(count);
  }
}

function elementReader(dtype: DType, body: Uint8Array): (at: number) => number | bigint {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  switch (dtype) {
    case 'float32':
      return (at) => view.getFloat32(at, true);
    case 'float64':
      return (at) => view.getFloat64(at, true);
    case 'int64':
    case 'uint64':
      return (at) => readVarint(body, at);
    case 'bool':
      return (at) => (readVarint(body, at) === 0n ? 0 : 1);
    case 'float16':
      return (at) => halfToNumber(Number(readVarint(body, at)) & 0xffff);
    case 'bfloat16':
      return (at) => bfloat16ToNumber(Number(readVarint(body, at)) & 0xffff);
    default:
      return (at) => Number(BigInt.asIntN(32, readVarint(body, at)));
  }
}
