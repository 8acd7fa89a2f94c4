import type { NumberColumn } from './row-values.ts';

/** Fewer borders are searched without a grid. */
const MIN_GRID_BORDERS = 8;
const CELLS_PER_BORDER = 4;

/**
 * How many of some ascending borders a value is above. A grid over their range tells where to look, so that hardly any
 * comparison is left: a cell's borders are those between the first border of it and the first of the next.
 */
export class BorderSearch {
  readonly #borders: Float32Array;
  /** Where the grid begins: not at the first border, which may stand for NaN far below all others. */
  readonly #origin: number;
  readonly #perCell: number;
  readonly #cells: number;
  /** For each cell of the grid how many borders are in the cells before it. */
  readonly #before: Uint16Array | undefined;

  /** @param borders ascending; at least one, at most 65,535 */
  constructor(borders: Float32Array) {
    this.#borders = borders;
    const cells = borders.length * CELLS_PER_BORDER;
    this.#cells = cells;
    this.#origin = borders[1] ?? 0;
    this.#perCell = cells / ((borders.at(-2) ?? 0) - this.#origin);
    // Infinite or equal borders have no grid.
    if (borders.length < MIN_GRID_BORDERS || !(Number.isFinite(this.#perCell) && this.#perCell > 0)) return;
    const before = new Uint16Array(cells + 2);
    for (let cell = 1, border = 0; cell < before.length; cell++) {
      while (border < borders.length && this.#cellOf(borders[border] as number) < cell) border += 1;
      before[cell] = border;
    }
    this.#before = before;
  }

  get byteSize(): number {
    return this.#borders.byteLength + (this.#before?.byteLength ?? 0);
  }

  /** Writes the bins of `length` values, every `stride`-th from `first` on, to `out` from `at` on. NaN is above none. */
  writeBins(
    { data, first, stride }: NumberColumn,
    out: Uint8Array | Uint16Array,
    { at, length }: { readonly at: number; readonly length: number },
  ): void {
    for (let i = 0, from = first; i < length; i++, from += stride)
      out[at + i] = this.binOf(Math.fround(data[from] as number));
  }

  /** @param value in float32 */
  binOf(value: number): number {
    const borders = this.#borders;
    if (!(value > (borders[0] as number))) return 0;
    let low = 1;
    let high = borders.length;
    const before = this.#before;
    if (before !== undefined) {
      // Values and borders are rounded alike, so that a border in a lower cell is a lower border.
      const cell = this.#cellOf(value);
      low = before[cell] as number;
      high = before[cell + 1] as number;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((borders[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #cellOf(value: number): number {
    const cell = (value - this.#origin) * this.#perCell;
    if (!(cell > 0)) return 0;
    return cell < this.#cells ? cell | 0 : this.#cells;
  }
}
