import type { Dataset } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { linearModel } from './linear-model.ts';

/**
 * `X · coef_ - offset_`: 1 where it is not negative, else -1.
 *
 * Source: sklearn/linear_model/_stochastic_gradient.py, `SGDOneClassSVM`.
 */
export function sgdOneClassSvm(state: EstimatorState): Estimator {
  const coef = state.matrix('coef_');
  const [offset = 0] = state.vector('offset_');
  const scores = linearModel(state, coef, Float64Array.of(0));
  const decisionFunction = (x: Dataset): Float64Array => scores(x).data.map((score) => score - offset);
  return {
    className: state.className,
    task: 'outlier-detection',
    width: coef.cols,
    featureNames: state.featureNames,
    predict: (x) => decisionFunction(x).map((score) => (score >= 0 ? 1 : -1)),
    decisionFunction,
    scoreSamples: (x) => decisionFunction(x).map((score) => score + offset),
  };
}
