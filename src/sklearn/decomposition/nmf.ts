import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { addToDiagonal, times, timesTransposed } from '../base/matrix-products.ts';
import { nonNegativeInput } from './non-negative-input.ts';

/** A file that asks for more than these rounds is refused: they could take for ever. */
const MAX_ROUNDS = 1_000_000;

/**
 * The non-negative W with `x ≈ W · components_`, by coordinate descent from zeros. It ends when the violation of all
 * rows together is small enough, so that a row's answer depends a little (within `tol`) on the rows beside it, as in
 * scikit-learn. The multiplicative solver and shuffling are refused.
 *
 * Source: sklearn/decomposition/_nmf.py, `_fit_coordinate_descent`; sklearn/decomposition/_cdnmf_fast.pyx.
 */
export function nmf(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const solver = state.string('solver');
  if (solver !== 'cd') throw state.unsupported(`solver="${solver}"`);
  if (state.booleanOr('shuffle', false)) throw state.unsupported('shuffle=True');
  const { l1, l2 } = regularization(state, components.cols);
  const gram = timesTransposed(components, components);
  if (l2 !== 0) addToDiagonal(gram, l2);
  const rounds = state.number('max_iter');
  if (!(rounds <= MAX_ROUNDS)) throw state.unsupported(`max_iter=${rounds}`);
  const stop = { tolerance: state.number('tol'), rounds };
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform(x) {
      const products = timesTransposed(nonNegativeInput(x, components.cols, className), components);
      if (l1 !== 0)
        for (let at = 0; at < products.data.length; at++) products.data[at] = (products.data[at] as number) - l1;
      return descend(gram, products, stop);
    },
    inverseTransform: (x) => times(finiteInput(x, components.rows, className), components),
  };
}

/** Since 1.0 `alpha_W` times the number of columns; `alpha` where that is unset or older. */
function regularization(state: EstimatorState, cols: number): { readonly l1: number; readonly l2: number } {
  const ratio = state.optionalNumber('l1_ratio') ?? 0;
  const alphaW = state.optionalNumber('alpha_W') ?? 0;
  const alphaH = state.get('alpha_H') ?? 'same';
  const old = state.get('alpha');
  const legacy = old !== undefined && old !== 'deprecated' && alphaW === 0 && alphaH === 'same';
  const which = state.optionalString('regularization') ?? 'both';
  const counts = which === 'both' || which === 'transformation' || which === 'deprecated';
  const alpha = legacy ? (counts ? state.number('alpha') : 0) : alphaW * cols;
  return { l1: alpha * ratio, l2: alpha * (1 - ratio) };
}

interface Stop {
  readonly tolerance: number;
  readonly rounds: number;
}

function descend(gram: DenseMatrix, products: DenseMatrix, { tolerance, rounds }: Stop): DenseMatrix {
  const w = new DenseMatrix(products.rows, products.cols);
  let first = 0;
  for (let round = 0; round < rounds; round++) {
    const violation = sweep(w, gram, products);
    if (round === 0) first = violation;
    if (first === 0 || violation / first <= tolerance) break;
  }
  return w;
}

/** One pass over all components; gives the sum of the projected gradients' magnitudes. */
function sweep(w: DenseMatrix, gram: DenseMatrix, products: DenseMatrix): number {
  const n = w.cols;
  let violation = 0;
  for (let t = 0; t < n; t++) {
    const hessian = gram.data[t * n + t] as number;
    for (let i = 0; i < w.rows; i++) {
      let gradient = -(products.data[i * n + t] as number);
      for (let r = 0; r < n; r++) gradient += (gram.data[t * n + r] as number) * (w.data[i * n + r] as number);
      const value = w.data[i * n + t] as number;
      violation += Math.abs(value === 0 ? Math.min(0, gradient) : gradient);
      if (hessian !== 0) w.data[i * n + t] = Math.max(value - gradient / hessian, 0);
    }
  }
  return violation;
}
