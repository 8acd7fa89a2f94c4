import type { Dataset } from '../../data/dataset.ts';
import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from './estimator.ts';
import type { EstimatorState } from './estimator-state.ts';

/** Scores of a classifier, a column per class; of two classes only one, for the second. */
export type Response = (x: Dataset) => DenseMatrix;

/**
 * `decision_function` where the classifier has it, else `predict_proba`; of a pair of probabilities the second.
 *
 * Source: sklearn/utils/_response.py, `_get_response_values`.
 */
export function responseOf(state: EstimatorState, member: Estimator): Response {
  const { decisionFunction, predictProba } = member;
  if (decisionFunction !== undefined) {
    return (x) => {
      const scores = decisionFunction(x);
      return scores instanceof DenseMatrix ? scores : new DenseMatrix(x.rows, 1, scores);
    };
  }
  if (predictProba === undefined) throw state.unsupported(`${member.className} as a member, which has no scores,`);
  return (x) => {
    const probabilities = predictProba(x);
    if (!('kind' in probabilities)) throw state.unsupported('a member with several outputs');
    return probabilities.cols === 2 ? new DenseMatrix(x.rows, 1, columnOf(probabilities, 1)) : probabilities;
  };
}

/** One column of a matrix. */
export function columnOf({ rows, cols, data }: DenseMatrix, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * cols + column] as number);
}
