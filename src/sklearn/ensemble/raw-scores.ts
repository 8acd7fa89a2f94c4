import { DenseMatrix } from '../../data/dataset.ts';
import type { Scores } from '../base/estimator.ts';

/** The logistic function, in the form of scipy's `expit`. */
export function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Two columns, `1 - p` and `p`, with `p = expit(scale * raw)`. */
export function binaryProbabilities(raw: Float64Array, scale: 1 | 2): DenseMatrix {
  const out = new DenseMatrix(raw.length, 2);
  for (let i = 0; i < raw.length; i++) {
    const p = expit(scale * (raw[i] as number));
    out.data[2 * i] = 1 - p;
    out.data[2 * i + 1] = p;
  }
  return out;
}

/** `exp(x - max)` over its sum, row by row. Source: sklearn/utils/extmath.py, `softmax`. */
export function softmax(rows: number, cols: number, raw: Float64Array): DenseMatrix {
  const out = new DenseMatrix(rows, cols);
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    let largest = -Infinity;
    for (let k = 0; k < cols; k++) largest = Math.max(largest, raw[start + k] as number);
    let sum = 0;
    for (let k = 0; k < cols; k++) {
      const value = Math.exp((raw[start + k] as number) - largest);
      out.data[start + k] = value;
      sum += value;
    }
    for (let k = 0; k < cols; k++) out.data[start + k] = (out.data[start + k] as number) / sum;
  }
  return out;
}

/** One score per row where there is one column, else the matrix. */
export function asScores(rows: number, cols: number, raw: Float64Array): Scores {
  return cols === 1 ? raw : new DenseMatrix(rows, cols, raw);
}
