/** How much a new measurement counts against the older ones. */
const WEIGHT = 0.2;

/** How many rows one run may have, by what rows were measured to cost. */
export class BatchSize {
  readonly #maxRows: number;
  readonly #targetMs: number;
  #msPerRow: number | undefined;

  /**
   * @param maxRows upper bound, whatever is measured
   * @param targetMs how long a run of joined calls should take at most
   */
  constructor(maxRows: number, targetMs: number) {
    this.#maxRows = maxRows;
    this.#targetMs = targetMs;
  }

  /** Measured milliseconds per row, the fixed costs of a run included; `undefined` before the first run. */
  get msPerRow(): number | undefined {
    return this.#msPerRow;
  }

  /** Most rows of the next run. */
  get limit(): number {
    if (this.#msPerRow === undefined || this.#msPerRow <= 0) return this.#maxRows;
    return Math.max(1, Math.min(this.#maxRows, Math.floor(this.#targetMs / this.#msPerRow)));
  }

  /**
   * Counts a run. Its rows may be cheaper than those of a smaller one, as a run costs something whatever its size;
   * so the bound grows from run to run while that lasts.
   */
  observe(rows: number, durationMs: number): void {
    const perRow = durationMs / Math.max(1, rows);
    this.#msPerRow = this.#msPerRow === undefined ? perRow : this.#msPerRow + WEIGHT * (perRow - this.#msPerRow);
  }
}
