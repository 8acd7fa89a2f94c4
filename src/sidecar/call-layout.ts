/** What numbers of a type are kept in, little-endian as this machine has them. */
interface WireArrays {
  readonly float32: Float32ArrayConstructor;
  readonly float64: Float64ArrayConstructor;
  readonly int64: BigInt64ArrayConstructor;
  readonly int32: Int32ArrayConstructor;
  readonly int16: Int16ArrayConstructor;
  readonly int8: Int8ArrayConstructor;
  readonly uint8: Uint8ArrayConstructor;
  readonly bool: Uint8ArrayConstructor;
}

/** Element types of numbers that are sent. */
export type WireType = keyof WireArrays;

/** Kind, number of the call, and the lengths of description, texts and numbers, which follow in this order. */
export const CALL_HEAD = 21;

export const CALL_KIND = 0x43;
export const ANSWER_KIND = 0x41;
export const FAILURE_KIND = 0x46;

/** Element types by their place in a description, as the worker has them. */
export const WIRE_TYPES: readonly ('string' | WireType)[] = [
  'string',
  'float32',
  'float64',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'bool',
];

export const WIRE_ARRAYS: WireArrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

const HIGH = 2 ** 32;

export function writeLength(target: Buffer, length: number, at: number): void {
  target.writeUInt32LE(length % HIGH, at);
  target.writeUInt32LE(Math.floor(length / HIGH), at + 4);
}

/** Eight bytes; beyond 2^53 only nearly, which is more than anything here may have. */
export function readLength(source: Buffer, at: number): number {
  return source.readUInt32LE(at) + source.readUInt32LE(at + 4) * HIGH;
}
