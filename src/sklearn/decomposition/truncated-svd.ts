import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { linearScores } from '../base/linear-scores.ts';
import { times } from '../base/matrix-products.ts';

/**
 * `x · components_ᵀ`, of sparse data without making it dense.
 *
 * Source: sklearn/decomposition/_truncated_svd.py.
 */
export function truncatedSvd(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const { className } = state;
  const noIntercept = Float64Array.of(0);
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform: (x) => linearScores(finiteRows(x, components.cols, className), components, noIntercept),
    inverseTransform: (x) => times(finiteInput(x, components.rows, className), components),
  };
}
