/** Runs whose cheapest counts: a busy machine makes runs slower than they are, nothing makes them faster. */
const RUNS = 16;

/** How many rows one run may have, by what rows were measured to cost. */
export class BatchSize {
  readonly #maxRows: number;
  readonly #targetMs: number;
  /** Milliseconds per row of the last runs, in a ring. */
  readonly #costs: number[] = [];
  #next = 0;
  #msPerRow: number | undefined;

  /**
   * @param maxRows upper bound, whatever is measured
   * @param targetMs how long a run of joined calls should take at most
   */
  constructor(maxRows: number, targetMs: number) {
    this.#maxRows = maxRows;
    this.#targetMs = targetMs;
  }

  /** Milliseconds per row of the cheapest of the last runs, its fixed costs included; `undefined` before the first. */
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
    const cost = durationMs / Math.max(1, rows);
    const forgotten = this.#costs[this.#next];
    this.#costs[this.#next] = cost;
    this.#next = (this.#next + 1) % RUNS;
    const known = this.#msPerRow ?? Number.POSITIVE_INFINITY;
    if (cost <= known) this.#msPerRow = cost;
    else if (forgotten === known) this.#msPerRow = Math.min(...this.#costs);
  }
}
