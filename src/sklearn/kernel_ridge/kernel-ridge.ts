import { DenseMatrix } from '../../data/dataset.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { times } from '../base/matrix-products.ts';
import { kernelOf, kernelParameters } from '../base/pairwise-kernels.ts';
import { rowsOf } from '../linear_model/linear-regressor.ts';

/**
 * The kernel with the training rows times `dual_coef_`.
 *
 * Source: sklearn/kernel_ridge.py.
 */
export function kernelRidge(state: EstimatorState): Estimator {
  const name = state.string('kernel');
  if (isNode(state.get('kernel_params'))) throw state.unsupported('kernel_params');
  const kernel = kernelOf(state, name, kernelParameters(state));
  const fitted = name === 'precomputed' ? undefined : state.matrix('X_fit_');
  const array = state.ndarray('dual_coef_');
  const [rows = 0, targets = 1] = array.shape;
  const dual = new DenseMatrix(rows, targets, array.toFloat64Array());
  if (array.ndim > 2 || (fitted !== undefined && fitted.rows !== rows))
    throw state.unsupported('coefficients that do not fit the training rows');
  const width = fitted?.cols ?? rows;
  const { className } = state;
  return {
    className,
    task: 'regression',
    width,
    featureNames: state.featureNames,
    predict(x) {
      const dense = finiteInput(x, width, className);
      const out = times(kernel(dense, fitted ?? dense), dual);
      return array.ndim === 2 ? rowsOf(out) : out.data;
    },
  };
}
