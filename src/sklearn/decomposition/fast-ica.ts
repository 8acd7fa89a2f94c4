import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { addToRows, minusRow, timesTransposed } from '../base/matrix-products.ts';

/**
 * `(x - mean_) · components_ᵀ`; without whitening `x · components_ᵀ`. Back: `s · mixing_ᵀ + mean_`.
 *
 * Source: sklearn/decomposition/_fastica.py.
 */
export function fastIca(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const mixing = state.matrix('mixing_');
  // `whiten` is True or False, or since 1.1 the name of a way to do it.
  const mean = state.get('whiten') === false ? undefined : state.vector('mean_');
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform(x) {
      const dense = finiteInput(x, components.cols, className);
      return timesTransposed(mean === undefined ? dense : minusRow(dense, mean), components);
    },
    inverseTransform(x) {
      const out = timesTransposed(finiteInput(x, mixing.cols, className), mixing);
      return mean === undefined ? out : addToRows(out, mean);
    },
  };
}
