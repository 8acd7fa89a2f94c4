import type { DenseMatrix } from '../../data/dataset.ts';
import { fma, squaredNorm } from './blas-sums.ts';
import type { MissingTest } from './missing-value.ts';

/**
 * Euclidean distances over the features that two rows both have, scaled up for those that they lack;
 * NaN where they have none in common.
 *
 * Source: sklearn/metrics/pairwise.py, `nan_euclidean_distances`.
 */
export class NanDistances {
  readonly #rows: number;
  readonly #cols: number;
  /** Training rows with 0 for missing. */
  readonly #filled: Float64Array;
  readonly #present: Uint8Array;
  readonly #norms: Float64Array;
  readonly #missing: MissingTest;

  constructor(fit: DenseMatrix, missing: MissingTest) {
    this.#rows = fit.rows;
    this.#cols = fit.cols;
    this.#missing = missing;
    this.#present = Uint8Array.from(fit.data, (value) => Number(!missing(value)));
    this.#filled = fit.data.map((value) => (missing(value) ? 0 : value));
    this.#norms = new Float64Array(fit.rows);
    for (let r = 0; r < fit.rows; r++) {
      this.#norms[r] = squaredNorm(this.#filled.subarray(r * fit.cols, (r + 1) * fit.cols));
    }
  }

  /** Training rows that have a feature. */
  rowsWith(feature: number): Int32Array {
    const rows: number[] = [];
    for (let r = 0; r < this.#rows; r++) if (this.#present[r * this.#cols + feature] === 1) rows.push(r);
    return Int32Array.from(rows);
  }

  /**
   * Distances of one row to every training row. Terms, order and roundings are scikit-learn's for a batch: where a
   * row is one of training, what is left of the difference is all rounding, and decides its weight.
   */
  from(row: Float64Array): Float64Array {
    const cols = this.#cols;
    const filled = row.map((value) => (this.#missing(value) ? 0 : value));
    const present = Uint8Array.from(row, (value) => Number(!this.#missing(value)));
    const norm = squaredNorm(filled);
    const out = new Float64Array(this.#rows);
    for (let r = 0; r < this.#rows; r++) {
      let product = 0;
      let lackingHere = 0;
      let lackingThere = 0;
      let common = 0;
      for (let j = 0, at = r * cols; j < cols; j++, at++) {
        const a = filled[j] as number;
        const b = this.#filled[at] as number;
        product = fma(a, b, product);
        if (present[j] === 0) lackingHere += b * b;
        else if (this.#present[at] === 0) lackingThere += a * a;
        else common += 1;
      }
      const squared = Math.max(0, norm - 2 * product + (this.#norms[r] as number));
      const shared = Math.max(0, squared - lackingThere - lackingHere);
      out[r] = common === 0 ? Number.NaN : Math.sqrt((shared / common) * cols);
    }
    return out;
  }
}
