/** Rows side by side in a word. */
const LANES = 4;

/**
 * Bins of a block of rows, column after column: a byte each where every bin fits, so that four rows can be compared
 * with one operation.
 */
export class BinBlock {
  data: Uint8Array | Uint16Array = new Uint8Array(0);
  /** The same bytes in words; empty where bins are wider. */
  words: Int32Array = new Int32Array(0);
  /** From column to column; a multiple of four, or 1 for a single row. */
  stride = 0;
  count = 0;
  readonly #columns: number;
  readonly #wide: boolean;

  /** @param wide whether some bin is more than 255 */
  constructor(columns: number, wide: boolean) {
    this.#columns = columns;
    this.#wide = wide;
  }

  /** Makes room; the bins are those of before until they are written. */
  resize(count: number): void {
    this.count = count;
    this.stride = count === 1 ? 1 : Math.ceil(count / LANES) * LANES;
    const size = Math.ceil((this.stride * this.#columns) / LANES) * LANES;
    if (this.data.length >= size) return;
    if (this.#wide) {
      this.data = new Uint16Array(size);
    } else {
      this.data = new Uint8Array(size);
      this.words = new Int32Array(this.data.buffer);
    }
  }
}
