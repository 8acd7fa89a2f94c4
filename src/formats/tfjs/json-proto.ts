import { FormatError } from '../../errors/format-error.ts';

/** Any value of JSON. */
export type Json = unknown;

/** An object; its own members alone are read, so that no name reaches a prototype. */
export type JsonRecord = Readonly<Record<string, Json>>;

/** @throws `ML_FORMAT_MALFORMED` */
export function recordOf(value: Json, what: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.assign(Object.create(null) as Record<string, Json>, value);
  }
  throw bad(`${what} is no object`);
}

/** The members of an object; none where it is left out, as empty fields are. */
export function entriesOf(value: Json, what: string): readonly (readonly [string, Json])[] {
  return value === undefined || value === null ? [] : Object.entries(recordOf(value, what));
}

/** A list; empty where it is left out. */
export function listOf(value: Json, what: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw bad(`${what} is no list`);
}

export function nameOf(value: Json, what: string): string {
  if (typeof value === 'string') return value;
  throw bad(`${what} has no name`);
}

/** A number, or text where it has 64 bits. */
export function integerOf(value: Json, what: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value);
  throw bad(`${what} is no integer`);
}

/** A number, or text for what JSON has no number for. */
export function floatOf(value: Json, what: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw bad(`${what} is no number`);
}

/** Bytes in base64; TensorFlow.js also writes them as lists of numbers. */
export function bytesOf(value: Json, what: string): Uint8Array {
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte))) return Uint8Array.from(value as number[]);
  throw bad(`${what} is no text in base64`);
}

export function bad(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `TensorFlow.js graph model: ${what}`);
}
