import { DenseMatrix } from '../../data/dataset.ts';

/**
 * A score per class from those of pairs: the pairs it won, plus `s / (3 (|s| + 1))` where `s` is the sum of its scores.
 *
 * Source: sklearn/utils/multiclass.py, `_ovr_decision_function`.
 *
 * @param pairs above 0 speaks for the first class of a pair; exactly 0 counts as won by it
 */
export function ovrScores(pairs: DenseMatrix, classes: number): DenseMatrix {
  const out = new DenseMatrix(pairs.rows, classes);
  const confidence = new Float64Array(classes);
  for (let i = 0, at = 0; i < pairs.rows; i++) {
    confidence.fill(0);
    const row = out.data.subarray(i * classes, (i + 1) * classes);
    for (let a = 0; a < classes; a++) {
      for (let b = a + 1; b < classes; b++, at++) {
        const score = pairs.data[at] as number;
        confidence[a] = (confidence[a] as number) + score;
        confidence[b] = (confidence[b] as number) - score;
        const winner = score < 0 ? b : a;
        row[winner] = (row[winner] as number) + 1;
      }
    }
    for (let c = 0; c < classes; c++) {
      const s = confidence[c] as number;
      row[c] = (row[c] as number) + s / (3 * (Math.abs(s) + 1));
    }
  }
  return out;
}
