import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { columnOf } from '../base/response.ts';

/** Scores of a binary member, and above which of them it says yes. */
export interface BinaryScores {
  readonly scores: (x: Dataset) => Float64Array;
  readonly threshold: number;
}

/**
 * A regressor's predictions; else the decision function, else the probability of the second class. The threshold is
 * 0 for decision functions and 0.5 for the others.
 *
 * Source: sklearn/multiclass.py, `_predict_binary` and `_threshold_for_binary_predict`.
 */
export function binaryScores(state: EstimatorState, member: Estimator): BinaryScores {
  const { predict, decisionFunction, predictProba } = member;
  if (member.task === 'regression' && predict !== undefined) {
    return { scores: (x) => Float64Array.from(predict(x), Number), threshold: 0.5 };
  }
  if (decisionFunction !== undefined) {
    const scores = (x: Dataset): Float64Array => {
      const decision = decisionFunction(x);
      if (decision instanceof DenseMatrix) throw state.unsupported('a member with several scores a row');
      return decision;
    };
    return { scores, threshold: 0 };
  }
  if (predictProba === undefined) throw state.unsupported(`${member.className} as a member, which has no scores,`);
  const scores = (x: Dataset): Float64Array => secondOf(state, predictProba(x));
  return { scores, threshold: 0.5 };
}

/** The probabilities of the second class. */
export function secondOf(state: EstimatorState, probabilities: DenseMatrix | readonly DenseMatrix[]): Float64Array {
  if (!('kind' in probabilities) || probabilities.cols < 2) throw state.unsupported('a member that is not binary');
  return columnOf(probabilities, 1);
}
