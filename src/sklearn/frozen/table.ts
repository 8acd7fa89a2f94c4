import type { EstimatorTable } from '../base/estimator.ts';
import { wrapperOf } from '../base/wrapper.ts';

/** Estimators of `sklearn.frozen`. Source: sklearn/frozen/_frozen.py. */
export const FROZEN: EstimatorTable = new Map([
  ['sklearn.frozen.FrozenEstimator', (state) => wrapperOf(state, 'estimator')],
]);
