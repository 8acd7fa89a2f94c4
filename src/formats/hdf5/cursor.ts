import { lookup3 } from './checksum.ts';
import { malformed, truncated } from './hdf5-problem.ts';

/** Bytes of an address and of a length, which the superblock declares. */
export interface FieldSizes {
  readonly address: number;
  readonly length: number;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads fields one after the other from a range of bytes, never beyond it.
 *
 * Numbers of up to eight bytes come as doubles: inexact above 2^53, where every comparison with a size still holds.
 */
export class Cursor {
  readonly sizes: FieldSizes;
  /** What is being read, for messages. */
  readonly what: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Offset of the first byte in the file; `undefined` for bytes that are not stored as they are. */
  readonly #fileStart: number | undefined;
  #at = 0;

  constructor(bytes: Uint8Array, sizes: FieldSizes, place: { readonly what: string; readonly fileStart?: number }) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.sizes = sizes;
    this.what = place.what;
    this.#fileStart = place.fileStart;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** Where the next byte is in the file. */
  get offset(): number | undefined {
    return this.#fileStart === undefined ? undefined : this.#fileStart + this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** An unsigned number of 1 to 8 bytes. */
  uint(size: number): number {
    const start = this.#take(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (this.#bytes[start + i] ?? 0);
    return value;
  }

  /** A length or count of the declared size. */
  length(): number {
    return this.uint(this.sizes.length);
  }

  /** A length of the declared size, `undefined` where all its bits are set. */
  lengthOrNone(): number | undefined {
    return this.#orNone(this.sizes.length);
  }

  /** An address, `undefined` where all its bits are set: nothing is stored. */
  address(): number | undefined {
    return this.#orNone(this.sizes.address);
  }

  /** An address that must be there. */
  definedAddress(of: string): number {
    const address = this.address();
    if (address === undefined) throw this.malformed(`the address of ${of} is undefined`);
    return address;
  }

  /** The next bytes: a view. */
  take(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  skip(count: number): void {
    this.#take(count);
  }

  /** Moves to a multiple of eight bytes from the start. */
  align8(): void {
    this.skip((8 - (this.#at % 8)) % 8);
  }

  /** The next bytes as a cursor of their own. */
  sub(count: number, what: string = this.what): Cursor {
    const fileStart = this.offset;
    return new Cursor(this.take(count), this.sizes, { what, ...(fileStart === undefined ? {} : { fileStart }) });
  }

  /** A new cursor over the same bytes, from their start. */
  restart(what: string = this.what): Cursor {
    const fileStart = this.#fileStart;
    return new Cursor(this.#bytes, this.sizes, { what, ...(fileStart === undefined ? {} : { fileStart }) });
  }

  signature(text: string): void {
    const at = this.offset;
    const found = Buffer.from(this.take(text.length)).toString('latin1');
    if (found !== text) throw malformed(`${this.what} does not begin with ${text}`, at);
  }

  version(known: readonly number[]): number {
    const at = this.offset;
    const version = this.u8();
    if (!known.includes(version))
      throw malformed(`${this.what} has version ${version}, known are ${known.join(', ')}`, at);
    return version;
  }

  /** Text of a given number of bytes, which end at the first NUL. It must be UTF-8: two names never become one. */
  text(count: number): string {
    const at = this.offset;
    const bytes = this.take(count);
    const end = bytes.indexOf(0);
    try {
      return strict.decode(end === -1 ? bytes : bytes.subarray(0, end));
    } catch {
      throw malformed(`${this.what} has a name that is not UTF-8 text`, at);
    }
  }

  /** Text up to a NUL, which is read too. */
  textToNul(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end === -1) throw this.malformed('a name does not end');
    return this.text(end + 1 - this.#at);
  }

  /** Compares the checksum that comes next with that of everything before it. */
  checksum(): void {
    const computed = lookup3(this.#bytes.subarray(0, this.#at));
    const at = this.offset;
    if (this.u32() !== computed) throw malformed(`the checksum of ${this.what} is wrong`, at);
  }

  malformed(problem: string): Error {
    return malformed(`${this.what}: ${problem}`, this.offset);
  }

  #orNone(size: number): number | undefined {
    const start = this.#at;
    const value = this.uint(size);
    for (let i = start; i < start + size; i++) if (this.#bytes[i] !== 0xff) return value;
    return undefined;
  }

  #take(count: number): number {
    if (count > this.left) {
      throw truncated(`${this.what} needs ${count} bytes where ${this.left} are left`, this.offset);
    }
    const start = this.#at;
    this.#at += count;
    return start;
  }
}
