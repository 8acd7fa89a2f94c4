import { delegate } from '../base/delegate.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * The estimator that was fitted on the inliers.
 *
 * Source: sklearn/linear_model/_ransac.py.
 */
export function ransacRegressor(state: EstimatorState): Estimator {
  const inner = state.estimator('estimator_');
  return {
    className: state.className,
    task: 'regression',
    width: inner.width,
    featureNames: state.featureNames ?? inner.featureNames,
    ...delegate(inner),
  };
}
