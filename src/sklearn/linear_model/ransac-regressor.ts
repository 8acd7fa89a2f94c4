import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { wrapperOf } from '../base/wrapper.ts';

/**
 * The estimator that was fitted on the inliers.
 *
 * Source: sklearn/linear_model/_ransac.py.
 */
export function ransacRegressor(state: EstimatorState): Estimator {
  return wrapperOf(state, 'estimator_');
}
