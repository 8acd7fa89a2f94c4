import { DenseMatrix } from '../../data/dataset.ts';

/** Gives a score per class from those of pairs. */
export type OvrScores = (pairs: DenseMatrix, classes: number) => DenseMatrix;

/**
 * The pairs that each class won, plus `s / (3 (|s| + 1))` where `s` is the sum of its scores. A pair above 0 speaks for
 * its first class; one of exactly 0 counts as won by it.
 *
 * Source: sklearn/utils/multiclass.py, `_ovr_decision_function`.
 */
export const ovrScores: OvrScores = (pairs, classes) => {
  const { votes, sums } = countVotes(pairs, classes);
  for (let at = 0; at < sums.length; at++) {
    const s = sums[at] as number;
    votes.data[at] = (votes.data[at] as number) + s / (3 * (Math.abs(s) + 1));
  }
  return votes;
};

/** As before 0.21: the sums are scaled by the largest of the whole call, so that a row's scores depend on the others. */
export const scaledOvrScores: OvrScores = (pairs, classes) => {
  const { votes, sums } = countVotes(pairs, classes);
  let largest = Number.NEGATIVE_INFINITY;
  let smallest = Number.POSITIVE_INFINITY;
  for (const s of sums) {
    largest = Math.max(largest, s);
    smallest = Math.min(smallest, s);
  }
  if (largest === smallest) return votes;
  const scale = (0.5 - Number.EPSILON) / Math.max(Math.abs(largest), Math.abs(smallest));
  for (let at = 0; at < sums.length; at++) votes.data[at] = (votes.data[at] as number) + (sums[at] as number) * scale;
  return votes;
};

/** Pairs won, and the sum of scores, of each class. */
function countVotes(pairs: DenseMatrix, classes: number): { readonly votes: DenseMatrix; readonly sums: Float64Array } {
  const votes = new DenseMatrix(pairs.rows, classes);
  const sums = new Float64Array(pairs.rows * classes);
  for (let i = 0, at = 0; i < pairs.rows; i++) {
    const start = i * classes;
    for (let a = start; a < start + classes; a++) {
      for (let b = a + 1; b < start + classes; b++, at++) {
        const score = pairs.data[at] as number;
        sums[a] = (sums[a] as number) + score;
        sums[b] = (sums[b] as number) - score;
        const winner = score < 0 ? b : a;
        votes.data[winner] = (votes.data[winner] as number) + 1;
      }
    }
  }
  return { votes, sums };
}
