import { modelError } from './model-error.ts';

/** Where a length has this value, a 64-bit one follows. */
const LONG = 0xffff_ffff;

/**
 * What follows the magic of a `.cbm` file: lengths and blocks.
 *
 * Source: util/ysaveload.h, `LoadSize`.
 */
export class PartReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws `ML_FORMAT_TRUNCATED` */
  length(what: string): number {
    this.#need(4, what);
    const short = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    if (short !== LONG) return short;
    this.#need(8, what);
    const long = this.#view.getBigUint64(this.#at, true);
    this.#at += 8;
    return Number(long);
  }

  /** A length and as many bytes, as a view. @throws `ML_FORMAT_TRUNCATED` */
  block(what: string): Uint8Array {
    const length = this.length(what);
    this.#need(length, what);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #need(length: number, what: string): void {
    if (length > this.left)
      throw modelError('ML_FORMAT_TRUNCATED', `${what} need ${length} bytes, the file has ${this.left} left`);
  }
}
