import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { supportSums } from './support-vectors.ts';

/** Support vector regression: `Σ dual_coef_ · k(x, sv) + intercept_`. */
export function svr(state: EstimatorState): Estimator {
  const { width, sums } = supportSums(state);
  return { className: state.className, task: 'regression', width, featureNames: state.featureNames, predict: sums };
}
