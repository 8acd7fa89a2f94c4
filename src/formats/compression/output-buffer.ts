import { tooLarge } from './compression-problem.ts';

const MAX_FIRST_BLOCK = 256 * 1024 * 1024;

/** Bytes that a decoder has written, in one block that grows up to a limit. Decoders copy from what is there. */
export class OutputBuffer {
  readonly #format: string;
  readonly #maximum: number;
  #bytes: Uint8Array;
  #length = 0;

  /**
   * `expected` is only a hint. Memory that is never written costs nothing, and a block that is large enough at once
   * spares the copies of growing; the bound keeps a lying hint harmless where that is not so.
   */
  constructor(format: string, maximum: number, expected = 0) {
    this.#format = format;
    this.#maximum = maximum;
    this.#bytes = new Uint8Array(Math.min(Math.max(expected, 64 * 1024), MAX_FIRST_BLOCK, maximum + 1));
  }

  get length(): number {
    return this.#length;
  }

  /** The written bytes, as a view that the next write may invalidate. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Room for `count` more bytes. Throws FormatError `ML_FORMAT_LIMIT` beyond the limit. */
  reserve(count: number): Uint8Array {
    const needed = this.#length + count;
    if (needed > this.#maximum) throw tooLarge(this.#format, this.#maximum);
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(needed, this.#bytes.length * 2), Math.max(needed, this.#maximum)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** After writing into what `reserve` gave. */
  advance(count: number): void {
    this.#length += count;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Repeats `length` bytes from `distance` back; the two may overlap. The caller has checked the distance. */
  copyBack(distance: number, length: number): void {
    const bytes = this.reserve(length);
    const at = this.#length;
    if (distance >= length) bytes.copyWithin(at, at - distance, at - distance + length);
    else for (let i = 0; i < length; i++) bytes[at + i] = bytes[at + i - distance] as number;
    this.#length += length;
  }
}
