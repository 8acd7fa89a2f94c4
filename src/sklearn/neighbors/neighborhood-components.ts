import { finiteInput } from '../base/finite-input.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { timesTransposed } from '../base/matrix-products.ts';

/** `X · components_ᵀ`. */
export function neighborhoodComponents(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform: (x) => timesTransposed(finiteInput(x, components.cols, className), components),
  };
}
