import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { times, timesTransposed } from '../base/matrix-products.ts';
import { lassoCode } from './lasso-code.ts';
import { orthogonalMatchingPursuit } from './orthogonal-matching-pursuit.ts';

/** The code of a row from its products with the atoms. */
type Encoder = (products: Float64Array) => Float64Array;

/**
 * Codes of rows over the atoms of `components_`, by orthogonal matching pursuit, soft thresholding or the Lasso's
 * optimum (`lasso_lars`). `lars` and `lasso_cd` are refused: their answer depends on how an iteration ends.
 *
 * Source: sklearn/decomposition/_dict_learning.py, `_BaseSparseCoding.transform`.
 */
export function dictionaryLearning(state: EstimatorState): Estimator {
  return sparseCoding(state, state.matrix('components_'));
}

/** The same over a given `dictionary`. Source: sklearn/decomposition/_dict_learning.py, `SparseCoder`. */
export function sparseCoder(state: EstimatorState): Estimator {
  return sparseCoding(state, state.matrix(state.firstOf('dictionary', 'components_')));
}

function sparseCoding(state: EstimatorState, atoms: DenseMatrix): Estimator {
  const encode = encoderOf(state, atoms);
  const split = state.booleanOr('split_sign', false);
  const { className } = state;
  const width = split ? 2 * atoms.rows : atoms.rows;
  return {
    className,
    task: 'transformation',
    width: atoms.cols,
    featureNames: state.featureNames,
    transform(x) {
      const products = timesTransposed(finiteInput(x, atoms.cols, className), atoms);
      const out = new DenseMatrix(x.rows, width);
      for (let i = 0; i < x.rows; i++) {
        const code = encode(products.data.subarray(i * atoms.rows, (i + 1) * atoms.rows));
        for (const [k, value] of code.entries()) {
          out.data[i * width + k] = split ? Math.max(value, 0) : value;
          if (split) out.data[i * width + atoms.rows + k] = -Math.min(value, 0);
        }
      }
      return out;
    },
    inverseTransform(x) {
      const code = finiteInput(x, width, className);
      return times(split ? joined(code) : code, atoms);
    },
  };
}

function encoderOf(state: EstimatorState, atoms: DenseMatrix): Encoder {
  const algorithm = state.string('transform_algorithm');
  if (algorithm === 'omp') {
    const count = Math.trunc(
      state.optionalNumber('transform_n_nonzero_coefs') ?? Math.min(Math.max(atoms.cols / 10, 1), atoms.rows),
    );
    if (count < 1 || count > atoms.rows) throw state.unsupported(`${count} atoms of ${atoms.rows} a row`);
    const gram = timesTransposed(atoms, atoms);
    return (products) => orthogonalMatchingPursuit(gram, products, count);
  }
  const alpha = state.optionalNumber('transform_alpha') ?? state.optionalNumber('alpha') ?? 1;
  const positive = state.booleanOr('positive_code', false);
  if (algorithm === 'lasso_lars') {
    const rounds = state.optionalNumber('transform_max_iter') ?? 1000;
    // With fewer rounds than the default, least angle regression may end before the optimum.
    if (rounds < 1000) throw state.unsupported(`transform_max_iter=${rounds}`);
    const gram = timesTransposed(atoms, atoms);
    return (products) => {
      const code = lassoCode(gram, products, { penalty: alpha, positive });
      if (code === undefined) throw state.unsupported('a row whose code is not unique');
      return code;
    };
  }
  if (algorithm !== 'threshold') throw state.unsupported(`transform_algorithm="${algorithm}"`);
  return (products) =>
    products.map((value) => {
      const code = Math.sign(value) * Math.max(Math.abs(value) - alpha, 0);
      return positive ? Math.max(code, 0) : code;
    });
}

/** Positive parts less negative parts. */
function joined(code: DenseMatrix): DenseMatrix {
  const n = code.cols / 2;
  const out = new DenseMatrix(code.rows, n);
  for (let i = 0; i < code.rows; i++) {
    for (let k = 0; k < n; k++)
      out.data[i * n + k] = (code.data[i * 2 * n + k] as number) - (code.data[i * 2 * n + n + k] as number);
  }
  return out;
}
