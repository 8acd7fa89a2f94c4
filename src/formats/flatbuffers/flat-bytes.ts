import { FormatError } from '../../errors/format-error.ts';

/** Tables may be shared, so what is read in all may be more than the buffer, but not by more than this factor. */
const MAX_SHARING = 64;
const FREE_BYTES = 65_536;

/** The bytes of a FlatBuffer: little-endian values, each place checked, and how much is read in all. */
export class FlatBytes {
  /** What is read, for messages. */
  readonly what: string;
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #left: number;

  constructor(bytes: Uint8Array, what: string) {
    this.what = what;
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = FREE_BYTES + MAX_SHARING * bytes.length;
  }

  uint8(at: number): number {
    return this.#view.getUint8(this.#place(at, 1));
  }

  uint16(at: number): number {
    return this.#view.getUint16(this.#place(at, 2), true);
  }

  int32(at: number): number {
    return this.#view.getInt32(this.#place(at, 4), true);
  }

  uint32(at: number): number {
    return this.#view.getUint32(this.#place(at, 4), true);
  }

  float32(at: number): number {
    return this.#view.getFloat32(this.#place(at, 4), true);
  }

  float64(at: number): number {
    return this.#view.getFloat64(this.#place(at, 8), true);
  }

  /** A view of a range that is counted as read. */
  range(at: number, length: number): Uint8Array {
    this.#place(at, length);
    this.spend(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** @throws `ML_FORMAT_LIMIT` where tables are shared so often that they are many times the buffer */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `${this.what}: its tables, each as often as it is referred to, are more than ${MAX_SHARING} times its ${this.length} bytes`,
      );
    }
  }

  malformed(what: string): FormatError {
    return new FormatError('ML_FORMAT_MALFORMED', `${this.what}: ${what}`);
  }

  #place(at: number, length: number): number {
    if (at >= 0 && length >= 0 && at + length <= this.length) return at;
    throw this.malformed(`${length} bytes at ${at} are outside of its ${this.length} bytes`);
  }
}
