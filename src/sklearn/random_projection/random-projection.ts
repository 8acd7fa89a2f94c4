import { type CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { linearScores } from '../base/linear-scores.ts';
import { timesTransposed } from '../base/matrix-products.ts';
import { storedMatrix } from '../base/stored-matrix.ts';

/**
 * `x · components_ᵀ`, whether the components are stored dense or sparse. The way back is there where the file has
 * `inverse_components_`.
 *
 * Source: sklearn/random_projection.py.
 */
export function randomProjection(state: EstimatorState): Estimator {
  const components = storedMatrix(state, 'components_');
  const back = state.has('inverse_components_') ? state.matrix('inverse_components_') : undefined;
  const { className } = state;
  const noIntercept = Float64Array.of(0);
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform(x) {
      const rows = finiteRows(x, components.cols, className);
      return components.kind === 'dense'
        ? linearScores(rows, components, noIntercept)
        : timesSparse(toDense(rows), components);
    },
    ...(back !== undefined && {
      inverseTransform: (x: Dataset) => timesTransposed(finiteInput(x, back.cols, className), back),
    }),
  };
}

function timesSparse(x: DenseMatrix, components: CsrMatrix): DenseMatrix {
  const out = new DenseMatrix(x.rows, components.rows);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < components.rows; k++) {
      let sum = 0;
      const end = components.indptr[k + 1] as number;
      for (let at = components.indptr[k] as number; at < end; at++) {
        sum += (x.data[i * x.cols + (components.indices[at] as number)] as number) * (components.data[at] as number);
      }
      out.data[i * components.rows + k] = sum;
    }
  }
  return out;
}
