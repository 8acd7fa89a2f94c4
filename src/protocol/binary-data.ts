import { isUtf8 } from 'node:buffer';
import { bfloat16ToNumber, halfToNumber, numberToBfloat16, numberToHalf } from '../data/half.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import type { TensorData, TensorLike } from '../spec/tensor.ts';
import type { Datatype } from './datatype.ts';
import { readValues } from './read-values.ts';

// Elements lie side by side, little-endian as every platform that Node runs models on.
const NUMBERS = {
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;
const HALVES = {
  FP16: { read: halfToNumber, write: numberToHalf },
  BF16: { read: bfloat16ToNumber, write: numberToBfloat16 },
} as const;
/** Bytes of the length in front of each element of `BYTES`. */
const LENGTH_BYTES = 4;

/** What binary data belongs to. */
interface Expected {
  readonly datatype: Datatype;
  /** Elements of the shape. */
  readonly count: number;
  /** For messages, e.g. `input "x"`. */
  readonly what: string;
}

/**
 * Elements of a tensor from its binary form: a copy, so that the message's memory can go.
 *
 * @throws `ML_PROTOCOL_MALFORMED` where the bytes are not exactly those of so many elements
 */
export function readBinary(bytes: Uint8Array, expected: Expected): TensorData {
  const { datatype } = expected;
  if (datatype === 'BYTES') return readTexts(bytes, expected);
  if (datatype === 'BOOL') {
    checkSize(bytes, 1, expected);
    return Array.from(bytes, (byte) => byte !== 0);
  }
  if (datatype === 'FP16' || datatype === 'BF16') {
    checkSize(bytes, 2, expected);
    return Float32Array.from(new Uint16Array(ownBuffer(bytes)), HALVES[datatype].read);
  }
  const Data = NUMBERS[datatype];
  checkSize(bytes, Data.BYTES_PER_ELEMENT, expected);
  return new Data(ownBuffer(bytes));
}

/**
 * The binary form of a tensor. It may share the tensor's memory.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED` for a missing value among texts, `ML_PROTOCOL_MALFORMED` for values that do not fit
 */
export function writeBinary(tensor: TensorLike, datatype: Datatype, what: string): Uint8Array {
  const { data } = tensor;
  if (datatype === 'BYTES') return writeTexts(data as readonly unknown[], what);
  if (datatype === 'BOOL')
    return Uint8Array.from(data as ArrayLike<unknown>, (value) => (value === true || value === 1 ? 1 : 0));
  if (datatype === 'FP16' || datatype === 'BF16')
    return bytesOf(Uint16Array.from(readValues(data, datatype, what) as Float32Array, HALVES[datatype].write));
  const typed = data instanceof NUMBERS[datatype] ? data : (readValues(data, datatype, what) as Float64Array);
  return bytesOf(typed);
}

function checkSize(bytes: Uint8Array, each: number, { datatype, count, what }: Expected): void {
  if (bytes.length === count * each) return;
  throw new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `${what} has ${bytes.length} bytes of binary data; ${count} elements of ${datatype} take ${count * each}`,
    { details: { got: bytes.length, expected: count * each } },
  );
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  // `slice` of a Buffer would share its memory, which may begin at an odd address besides.
  return Uint8Array.prototype.slice.call(bytes).buffer;
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function readTexts(bytes: Uint8Array, { count, what }: Expected): TensorData {
  if (bytes.length < count * LENGTH_BYTES) throw truncated(what, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  let at = 0;
  let isText = true;
  for (let i = 0; i < count; i++) {
    if (at + LENGTH_BYTES > bytes.length) throw truncated(what, bytes.length);
    const end = at + LENGTH_BYTES + view.getUint32(at, true);
    if (end > bytes.length) throw truncated(what, bytes.length);
    const element = bytes.subarray(at + LENGTH_BYTES, end);
    isText &&= isUtf8(element);
    elements.push(element);
    at = end;
  }
  if (at !== bytes.length) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `${what} has ${bytes.length} bytes of binary data; its ${count} elements end after ${at}`,
      { details: { got: bytes.length, expected: at } },
    );
  }
  if (!isText) return elements.map((element) => Uint8Array.prototype.slice.call(element));
  return elements.map((element) => Buffer.from(element.buffer, element.byteOffset, element.length).toString('utf8'));
}

function writeTexts(values: readonly unknown[], what: string): Uint8Array {
  const elements = values.map((value, i) => {
    if (typeof value === 'string') return Buffer.from(value, 'utf8');
    if (value instanceof Uint8Array) return value;
    throw new ProtocolError(
      'ML_PROTOCOL_UNSUPPORTED',
      `element ${i} of ${what} is ${value === null ? 'missing' : `a ${typeof value}`}, which binary BYTES cannot hold; send JSON, or fill the value`,
      { details: { index: i } },
    );
  });
  const out = Buffer.alloc(elements.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const element of elements) {
    out.writeUInt32LE(element.length, at);
    out.set(element, at + LENGTH_BYTES);
    at += LENGTH_BYTES + element.length;
  }
  return out;
}

function truncated(what: string, got: number): ProtocolError {
  return new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `the binary data of ${what} ends in the middle of an element (${got} bytes)`,
    { details: { got } },
  );
}
