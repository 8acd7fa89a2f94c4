import { FormatError } from '../../errors/format-error.ts';

/** The encodings of a protobuf value. Groups (3 and 4) are refused. */
export const WIRE = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;

/** The encodings that a repeated number may have. */
export type WireElement = typeof WIRE.VARINT | typeof WIRE.FIXED32 | typeof WIRE.FIXED64;

/** No protobuf message can be longer: its implementations count in 32 bits with a sign. */
const MAX_LENGTH = 0x7fffffff;
const MAX_FIELD = 0x1fffffff;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** Where the bytes of a message come from, for messages and offsets. */
export interface WirePlace {
  /** Name of the message, e.g. `GraphProto`. */
  readonly message: string;
  /** `byteOffset` of the file's first byte in its buffer. */
  readonly fileStart: number;
  /** The message is the whole file, so a value that goes past its end was cut off. */
  readonly wholeFile?: boolean;
}

/**
 * Walks the fields of one protobuf message without copying. Every length is checked against the
 * bytes left before it is believed.
 *
 * ```ts
 * while (reader.next()) if (reader.field === 1) name = reader.text();
 * ```
 *
 * All methods raise `ML_FORMAT_MALFORMED`, or `ML_FORMAT_TRUNCATED` where the file ends too early.
 */
export class FieldReader {
  /** Number of the field that `next` moved to. */
  field = 0;
  wireType = 0;
  readonly #bytes: Uint8Array;
  readonly #place: WirePlace;
  #at = 0;
  #fieldStart = 0;
  #start = 0;

  constructor(bytes: Uint8Array, place: WirePlace) {
    this.#bytes = bytes;
    this.#place = place;
  }

  /** Moves to the next field and over its value; false at the end. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    this.#fieldStart = this.#at;
    const tag = this.#unsigned();
    this.field = Math.floor(tag / 8);
    this.wireType = tag % 8;
    if (this.field === 0 || this.field > MAX_FIELD) throw this.#malformed(`has the field number ${this.field}`);
    this.#start = this.#at;
    switch (this.wireType) {
      case WIRE.VARINT:
        this.#skipVarint();
        return true;
      case WIRE.FIXED64:
        this.#skip(8);
        return true;
      case WIRE.FIXED32:
        this.#skip(4);
        return true;
      case WIRE.BYTES: {
        const length = this.#unsigned();
        if (length > MAX_LENGTH) throw this.#malformed(`has a value of ${length} bytes; protobuf ends at 2 GiB`);
        this.#start = this.#at;
        this.#skip(length);
        return true;
      }
      default:
        throw this.#malformed(`has wire type ${this.wireType}, which no model file uses`);
    }
  }

  /** The whole field, tag included. */
  raw(): Uint8Array {
    return this.#bytes.subarray(this.#fieldStart, this.#at);
  }

  /** A length-delimited value: a view. */
  bytes(): Uint8Array {
    this.#expect(WIRE.BYTES);
    return this.#bytes.subarray(this.#start, this.#at);
  }

  /** A name: text that must be UTF-8, so that different bytes never become the same name. */
  name(): string {
    try {
      return strict.decode(this.bytes());
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw this.#malformed('is not UTF-8 text');
    }
  }

  /** Free text; bytes that are not UTF-8 become U+FFFD. */
  text(): string {
    return lenient.decode(this.bytes());
  }

  int64(): bigint {
    this.#expect(WIRE.VARINT);
    return readVarint(this.#bytes, this.#start);
  }

  /** An int64 as a number; beyond 2^53 the nearest one. */
  integer(): number {
    return Number(this.int64());
  }

  int32(): number {
    return Number(BigInt.asIntN(32, this.int64()));
  }

  float(): number {
    this.#expect(WIRE.FIXED32);
    return viewOf(this.#bytes).getFloat32(this.#start, true);
  }

  /** How many elements of a repeated number are in this field, packed or not. */
  count(element: WireElement): number {
    if (this.wireType === element) return 1;
    this.#expect(WIRE.BYTES);
    const length = this.#at - this.#start;
    if (element !== WIRE.VARINT) {
      const size = element === WIRE.FIXED32 ? 4 : 8;
      if (length % size !== 0) throw this.#malformed(`packs numbers of ${size} bytes into ${length} bytes`);
      return length / size;
    }
    const end = this.#at;
    let count = 0;
    try {
      for (this.#at = this.#start; this.#at < end; count++) this.#skipVarint(end);
    } finally {
      this.#at = end;
    }
    return count;
  }

  /** Calls back with the position of each element of a repeated number in `bytes`. */
  each(element: WireElement, use: (at: number) => void): void {
    if (this.wireType === element) {
      use(this.#start);
      return;
    }
    const size = element === WIRE.FIXED32 ? 4 : 8;
    for (let at = this.#start; at < this.#at; ) {
      use(at);
      if (element !== WIRE.VARINT) at += size;
      else {
        while ((this.#bytes[at] ?? 0) >= 0x80) at++;
        at++;
      }
    }
  }

  /** An error about the field that the reader is at. */
  problem(what: string): FormatError {
    return this.#malformed(what);
  }

  #expect(wireType: number): void {
    if (this.wireType !== wireType) throw this.#malformed(`has wire type ${this.wireType} instead of ${wireType}`);
  }

  /** A tag or a length: numbers above 2^53 come back inexact, and are refused by their size. */
  #unsigned(): number {
    const start = this.#at;
    this.#skipVarint();
    let value = 0;
    let scale = 1;
    for (let at = start; at < this.#at; at++, scale *= 128) value += ((this.#bytes[at] ?? 0) & 0x7f) * scale;
    return value;
  }

  #skipVarint(end: number = this.#bytes.length): void {
    const limit = this.#at + 10;
    for (;;) {
      if (this.#at >= end) throw this.#ends('ends within a number');
      if (this.#at >= limit) throw this.#malformed('has a number of more than 10 bytes');
      if ((this.#bytes[this.#at++] ?? 0) < 0x80) return;
    }
  }

  #skip(length: number): void {
    const left = this.#bytes.length - this.#at;
    if (length > left) throw this.#ends(`needs ${length} bytes where ${left} are left`);
    this.#at += length;
  }

  #ends(what: string): FormatError {
    return this.#place.wholeFile === true
      ? this.#error('ML_FORMAT_TRUNCATED', `${what}: the file was cut off; copy it again`)
      : this.#malformed(what);
  }

  #malformed(what: string): FormatError {
    return this.#error('ML_FORMAT_MALFORMED', what);
  }

  #error(code: 'ML_FORMAT_MALFORMED' | 'ML_FORMAT_TRUNCATED', what: string): FormatError {
    const offset = this.#bytes.byteOffset - this.#place.fileStart + this.#fieldStart;
    const { message } = this.#place;
    return new FormatError(code, `${message}: field ${this.field} at byte ${offset} ${what}`, {
      details: { offset, message, field: this.field },
    });
  }
}

/** The varint at a position that a reader has walked over, as a signed 64-bit number. */
export function readVarint(bytes: Uint8Array, at: number): bigint {
  let low = 0;
  let shift = 0;
  let byte = 0x80;
  // Four bytes are 28 bits: still a plain number.
  while (byte >= 0x80 && shift < 28) {
    byte = bytes[at++] ?? 0;
    low |= (byte & 0x7f) << shift;
    shift += 7;
  }
  if (byte < 0x80) return BigInt(low);
  let value = BigInt(low);
  for (let wide = 28n; byte >= 0x80 && wide < 70n; wide += 7n) {
    byte = bytes[at++] ?? 0;
    value |= BigInt(byte & 0x7f) << wide;
  }
  return BigInt.asIntN(64, value);
}

/** A little-endian view of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
