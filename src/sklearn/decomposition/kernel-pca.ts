import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { times } from '../base/matrix-products.ts';
import { kernelOf, kernelParameters } from '../base/pairwise-kernels.ts';

/**
 * The centred kernel with the training rows times the eigenvectors, each divided by the root of its eigenvalue;
 * eigenvalues of 0 give 0. `inverse_transform` is not computed: it is a regression of its own.
 *
 * Source: sklearn/decomposition/_kernel_pca.py, `KernelPCA.transform`; sklearn/preprocessing/_data.py, `KernelCenterer`.
 */
export function kernelPca(state: EstimatorState): Estimator {
  const name = state.string('kernel');
  const kernel = kernelOf(state, name, kernelParameters(state));
  const fitted = name === 'precomputed' ? undefined : state.matrix('X_fit_');
  const values = state.vector(state.firstOf('eigenvalues_', 'lambdas_'));
  const vectors = state.matrix(state.firstOf('eigenvectors_', 'alphas_'));
  const centerer = state.part('_centerer');
  const rows = centerer.vector('K_fit_rows_');
  const all = centerer.number('K_fit_all_');
  if (vectors.cols !== values.length || vectors.rows !== rows.length)
    throw state.unsupported('eigenvectors and eigenvalues that do not fit together');
  const scaled = new DenseMatrix(
    vectors.rows,
    vectors.cols,
    vectors.data.map((value, at) => {
      const eigenvalue = values[at % vectors.cols] as number;
      return eigenvalue === 0 ? 0 : value / Math.sqrt(eigenvalue);
    }),
  );
  const { className } = state;
  const width = fitted?.cols ?? rows.length;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x) {
      const dense = finiteInput(x, width, className);
      return times(centred(kernel(dense, fitted ?? dense), rows, all), scaled);
    },
  };
}

/** `K - column means - row means + mean of all`, as the training kernel was centred. */
function centred(k: DenseMatrix, rows: Float64Array, all: number): DenseMatrix {
  const n = rows.length;
  const out = new DenseMatrix(k.rows, n);
  for (let i = 0; i < k.rows; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += k.data[i * n + j] as number;
    const mean = sum / n;
    for (let j = 0; j < n; j++) out.data[i * n + j] = (k.data[i * n + j] as number) - (rows[j] as number) - mean + all;
  }
  return out;
}
