import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { addToDiagonal, addToRows, minusRow, times, timesTransposed } from '../base/matrix-products.ts';
import { solvePositive } from '../base/solve-positive.ts';

/**
 * The ridge regression of each centred row on the components; back: `u · components_ + mean_`.
 *
 * Source: sklearn/decomposition/_sparse_pca.py, `_BaseSparsePCA.transform`; sklearn/linear_model/_ridge.py, `_solve_cholesky`.
 */
export function sparsePca(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const mean = state.vector('mean_');
  const alpha = state.number('ridge_alpha');
  // Before 0.22 components could be left unscaled, with another transform.
  if (state.get('normalize_components') === false) throw state.unsupported('normalize_components=False');
  if (!(alpha > 0)) throw state.unsupported(`ridge_alpha=${alpha}`);
  const gram = addToDiagonal(timesTransposed(components, components), alpha);
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform(x) {
      const products = timesTransposed(minusRow(finiteInput(x, components.cols, className), mean), components);
      const out = new DenseMatrix(x.rows, components.rows);
      for (let i = 0; i < x.rows; i++) {
        const row = products.data.slice(i * out.cols, (i + 1) * out.cols);
        out.data.set(solvePositive(gram.data.slice(), row), i * out.cols);
      }
      return out;
    },
    inverseTransform: (x) => addToRows(times(finiteInput(x, components.rows, className), components), mean),
  };
}
