import { isNode } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { timesTransposed } from '../base/matrix-products.ts';
import { kernelOf } from '../base/pairwise-kernels.ts';

/**
 * The kernel with `components_`, times `normalization_ᵀ`.
 *
 * Source: sklearn/kernel_approximation.py, `Nystroem`.
 */
export function nystroem(state: EstimatorState): Estimator {
  const given = state.get('kernel_params');
  if (isNode(given) && (given.kind !== 'dict' || given.size > 0)) throw state.unsupported('kernel_params');
  const kernel = kernelOf(state, state.string('kernel'), {
    gamma: state.optionalNumber('gamma'),
    degree: state.optionalNumber('degree'),
    coef0: state.optionalNumber('coef0'),
  });
  const components = state.matrix('components_');
  const normalization = state.matrix('normalization_');
  if (normalization.cols !== components.rows)
    throw state.unsupported('a normalization that does not fit its components');
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform: (x) => timesTransposed(kernel(finiteInput(x, components.cols, className), components), normalization),
  };
}
