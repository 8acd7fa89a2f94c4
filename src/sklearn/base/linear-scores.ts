import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';

/**
 * `X · coefᵀ + intercept` in float64, one column per row of `coef`. Sparse input is multiplied as it is.
 *
 * @param coef `[outputs, features]`
 * @param intercept one value per output, or one for all
 */
export function linearScores(x: Dataset, coef: DenseMatrix, intercept: Float64Array): DenseMatrix {
  const { rows: outputs, cols: features, data: weights } = coef;
  const out = new DenseMatrix(x.rows, outputs);
  if (x.kind === 'csr') {
    for (let i = 0; i < x.rows; i++) {
      const end = x.indptr[i + 1] as number;
      for (let k = 0; k < outputs; k++) {
        let sum = 0;
        for (let at = x.indptr[i] as number; at < end; at++) {
          sum += (x.data[at] as number) * (weights[k * features + (x.indices[at] as number)] as number);
        }
        out.data[i * outputs + k] = sum + interceptOf(intercept, k);
      }
    }
    return out;
  }
  const { data } = toDense(x);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < outputs; k++) {
      let sum = 0;
      for (let j = 0; j < features; j++)
        sum += (data[i * features + j] as number) * (weights[k * features + j] as number);
      out.data[i * outputs + k] = sum + interceptOf(intercept, k);
    }
  }
  return out;
}

function interceptOf(intercept: Float64Array, k: number): number {
  return (intercept.length === 1 ? intercept[0] : intercept[k]) as number;
}

/** The logistic function `1 / (1 + e^-x)`. */
export function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Softmax over each row, shifted by the row's maximum, as sklearn.utils.extmath.softmax. In place. */
export function softmaxRows(m: DenseMatrix): DenseMatrix {
  const { rows, cols, data } = m;
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < cols; k++) max = Math.max(max, data[start + k] as number);
    let sum = 0;
    for (let k = 0; k < cols; k++) {
      const e = Math.exp((data[start + k] as number) - max);
      data[start + k] = e;
      sum += e;
    }
    for (let k = 0; k < cols; k++) data[start + k] = (data[start + k] as number) / sum;
  }
  return m;
}
