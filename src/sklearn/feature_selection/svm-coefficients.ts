import { DenseMatrix } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { times } from '../base/matrix-products.ts';
import { storedDense } from '../base/stored-matrix.ts';

/**
 * `coef_` of a support vector machine with a linear kernel, which its file does not hold: the support vectors times
 * their coefficients, for each pair of classes where there are several. `undefined` for anything else.
 *
 * Source: sklearn/svm/_base.py, `BaseLibSVM._get_coef`, `_one_vs_one_coef`.
 */
export function svmCoefficients(state: EstimatorState): DenseMatrix | undefined {
  if (!state.has('support_vectors_') || state.get('kernel') !== 'linear') return undefined;
  const vectors = storedDense(state, 'support_vectors_');
  const dual = storedDense(state, state.firstOf('dual_coef_', '_dual_coef_'));
  if (dual.cols !== vectors.rows) throw state.unsupported('support vectors that do not fit their coefficients');
  if (dual.rows === 1) return times(dual, vectors);
  const starts = [0];
  for (const count of state.ints(state.firstOf('_n_support', 'n_support_'))) starts.push((starts.at(-1) ?? 0) + count);
  const rows: Float64Array[] = [];
  const add = (row: Float64Array, of: number, from: number): void => {
    for (let s = starts[of] as number; s < (starts[of + 1] as number); s++) {
      const alpha = dual.data[from * dual.cols + s] as number;
      for (let j = 0; j < row.length; j++)
        row[j] = (row[j] as number) + alpha * (vectors.data[s * vectors.cols + j] as number);
    }
  };
  for (let first = 0; first + 1 < starts.length; first++) {
    for (let second = first + 1; second + 1 < starts.length; second++) {
      const row = new Float64Array(vectors.cols);
      add(row, first, second - 1);
      add(row, second, first);
      rows.push(row);
    }
  }
  const out = new DenseMatrix(rows.length, vectors.cols);
  for (const [i, row] of rows.entries()) out.data.set(row, i * out.cols);
  return out;
}
