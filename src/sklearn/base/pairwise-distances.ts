import { DenseMatrix } from '../../data/dataset.ts';
import { panelsOfRows } from '../../kernel/panels.ts';
import { isLarge, tiledMatrix } from '../../kernel/tiled-matrix.ts';
import { squaredNorms, timesTransposed } from './matrix-products.ts';

/**
 * `max(|x|² - 2 x·y + |y|², 0)` for each row of `x` and each of `y`: the expanded form, whose rounding
 * scikit-learn's results have, too.
 *
 * Source: sklearn/metrics/pairwise.py, `_euclidean_distances`.
 */
export function squaredDistances(x: DenseMatrix, y: DenseMatrix): DenseMatrix {
  const xx = squaredNorms(x);
  const yy = squaredNorms(y);
  const out = timesTransposed(x, y);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let j = 0; j < y.rows; j++, at++) {
      out.data[at] = Math.max(-2 * (out.data[at] as number) + (xx[i] as number) + (yy[j] as number), 0);
    }
  }
  return out;
}

/** `sum((a - b)²)` for each row of `x` and each of `y`, added up in the order of the columns, as scipy's `cdist`. */
export function sumsOfSquares(x: DenseMatrix, y: DenseMatrix): DenseMatrix {
  const tiled = isLarge(x.rows, { cols: y.rows, inner: x.cols })
    ? tiledMatrix('distances', x, panelsOfRows(y))
    : undefined;
  if (tiled !== undefined) return tiled;
  const { cols } = x;
  const out = new DenseMatrix(x.rows, y.rows);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let k = 0; k < y.rows; k++, at++) {
      let sum = 0;
      for (let j = 0; j < cols; j++) {
        const difference = (x.data[i * cols + j] as number) - (y.data[k * cols + j] as number);
        sum += difference * difference;
      }
      out.data[at] = sum;
    }
  }
  return out;
}

/** Euclidean distances, `[rows of x, rows of y]`. */
export function euclideanDistances(x: DenseMatrix, y: DenseMatrix): DenseMatrix {
  const out = squaredDistances(x, y);
  for (let at = 0; at < out.data.length; at++) out.data[at] = Math.sqrt(out.data[at] as number);
  return out;
}

/**
 * The row of `centers` nearest to each row of `x`, the first of equals, by `|c|² - 2 x·c`.
 *
 * Source: sklearn/cluster/_k_means_lloyd.pyx, `_update_chunk_dense`; sklearn/metrics, `pairwise_distances_argmin`.
 */
export function nearestRows(x: DenseMatrix, centers: DenseMatrix): Int32Array {
  const cc = squaredNorms(centers);
  const out = new Int32Array(x.rows);
  const { cols } = x;
  for (let i = 0; i < x.rows; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (let k = 0; k < centers.rows; k++) {
      let dot = 0;
      for (let j = 0; j < cols; j++) dot += (x.data[i * cols + j] as number) * (centers.data[k * cols + j] as number);
      const distance = (cc[k] as number) - 2 * dot;
      if (distance < best) {
        best = distance;
        out[i] = k;
      }
    }
  }
  return out;
}

/** A matrix with a value for each row of `x` and each of `y`, computed from the two rows. */
export function pairwise(x: DenseMatrix, y: DenseMatrix, f: (a: Float64Array, b: Float64Array) => number): DenseMatrix {
  const out = new DenseMatrix(x.rows, y.rows);
  const others = Array.from({ length: y.rows }, (_, j) => y.data.subarray(j * y.cols, (j + 1) * y.cols));
  for (let i = 0, at = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * x.cols, (i + 1) * x.cols);
    for (const other of others) out.data[at++] = f(row, other);
  }
  return out;
}
