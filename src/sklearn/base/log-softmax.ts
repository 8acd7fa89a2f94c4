import { DenseMatrix } from '../../data/dataset.ts';

/**
 * The logarithm of the softmax of each row, from the scores themselves, so that classes far behind
 * have a finite one.
 *
 * Source: sklearn/discriminant_analysis.py, `DiscriminantAnalysisPredictionMixin.predict_log_proba`.
 */
export function logSoftmaxRows(scores: DenseMatrix): DenseMatrix {
  const { rows, cols } = scores;
  const out = new DenseMatrix(rows, cols, Float64Array.from(scores.data));
  for (let i = 0; i < rows; i++) {
    const row = out.data.subarray(i * cols, (i + 1) * cols);
    const max = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let k = 0; k < cols; k++) {
      row[k] = (row[k] as number) - max;
      sum += Math.exp(row[k] as number);
    }
    const log = Math.log(sum);
    for (let k = 0; k < cols; k++) row[k] = (row[k] as number) - log;
  }
  return out;
}
