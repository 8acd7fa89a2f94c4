import { halfToNumber, bfloat16ToNumber, numberToBfloat16, numberToHalf } from '../data/half.ts';
import { describe } from '../data/rows.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import type { TensorData } from '../spec/tensor.ts';
import type { Datatype } from './datatype.ts';

const INTEGERS = {
  UINT8: { Data: Uint8Array, min: 0, max: 255 },
  UINT16: { Data: Uint16Array, min: 0, max: 65_535 },
  UINT32: { Data: Uint32Array, min: 0, max: 2 ** 32 - 1 },
  INT8: { Data: Int8Array, min: -128, max: 127 },
  INT16: { Data: Int16Array, min: -32_768, max: 32_767 },
  INT32: { Data: Int32Array, min: -(2 ** 31), max: 2 ** 31 - 1 },
} as const;
const LONGS = {
  INT64: { Data: BigInt64Array, min: -(2n ** 63n), max: 2n ** 63n - 1n },
  UINT64: { Data: BigUint64Array, min: 0n, max: 2n ** 64n - 1n },
} as const;
/** What `parseJson` makes of a long integer; JSON writes large floating-point numbers like that, too. */
const DIGITS = /^-?\d+$/;
const LONG_DIGITS = /^-?\d{1,20}$/;

/** Numbers as they are spelt where JSON has none for them. */
const NAMED_NUMBERS = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/**
 * The elements of a tensor as typed values. Numbers of half precision are rounded to it; integers must fit. In `BYTES`
 * a `null` stays one.
 *
 * @param values flat, as many as the shape has elements
 * @param what names the tensor in messages, e.g. `input "x"`
 * @throws `ML_PROTOCOL_MALFORMED`
 */
export function readValues(values: ArrayLike<unknown>, datatype: Datatype, what: string): TensorData {
  switch (datatype) {
    case 'FP64':
      return floats(values, new Float64Array(values.length), what);
    case 'FP32':
      return floats(values, new Float32Array(values.length), what);
    case 'FP16':
      return floats(values, new Float32Array(values.length), what).map((v) => halfToNumber(numberToHalf(v)));
    case 'BF16':
      return floats(values, new Float32Array(values.length), what).map((v) => bfloat16ToNumber(numberToBfloat16(v)));
    case 'BOOL':
      return Array.from(values, (value, i) => boolOf(value, i, what));
    case 'BYTES':
      return Array.from(values, (value, i) => textOf(value, i, what));
    case 'INT64':
    case 'UINT64':
      return longs(values, datatype, what);
    default:
      return integers(values, datatype, what);
  }
}

function floats<T extends Float64Array | Float32Array>(values: ArrayLike<unknown>, out: T, what: string): T {
  for (let i = 0; i < out.length; i++) {
    const value = values[i];
    out[i] = typeof value === 'number' ? value : uncommonNumber(value, i, what);
  }
  return out;
}

function uncommonNumber(value: unknown, index: number, what: string): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') {
    const number = DIGITS.test(value) ? Number(value) : NAMED_NUMBERS.get(value);
    if (number !== undefined) return number;
  }
  throw wrong(what, index, value, 'a number');
}

function integers(values: ArrayLike<unknown>, datatype: keyof typeof INTEGERS, what: string): TensorData {
  const { Data, min, max } = INTEGERS[datatype];
  const out = new Data(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      throw wrong(what, i, value, `an integer from ${min} to ${max}`);
    out[i] = value;
  }
  return out;
}

function longs(values: ArrayLike<unknown>, datatype: keyof typeof LONGS, what: string): TensorData {
  const { Data, min, max } = LONGS[datatype];
  const out = new Data(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = values[i];
    const number = longOf(value);
    if (number === undefined || number < min || number > max)
      throw wrong(what, i, value, `an integer from ${min} to ${max}, written without point or exponent`);
    out[i] = number;
  }
  return out;
}

function longOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && LONG_DIGITS.test(value) ? BigInt(value) : undefined;
}

function boolOf(value: unknown, index: number, what: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  throw wrong(what, index, value, 'true or false');
}

function textOf(value: unknown, index: number, what: string): string | Uint8Array | null {
  if (typeof value === 'string' || value === null || value instanceof Uint8Array) return value;
  throw wrong(what, index, value, 'a string');
}

function wrong(what: string, index: number, value: unknown, expected: string): ProtocolError {
  return new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `element ${index} of ${what} must be ${expected}, got ${describe(value)}`,
    { details: { index } },
  );
}
