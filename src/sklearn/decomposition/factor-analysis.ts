import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { gaussianLogLikelihood } from '../base/gaussian-likelihood.ts';
import { inverse } from '../base/lu.ts';
import { addToDiagonal, minusRow, times, timesTransposed, transposed } from '../base/matrix-products.ts';

/**
 * The expected factors: with `W = components_ / noise_variance_`,
 * `(x - mean_) · Wᵀ · (I + W · components_ᵀ)⁻¹`. `score_samples` is the Gaussian log-likelihood of the model.
 *
 * Source: sklearn/decomposition/_factor_analysis.py.
 */
export function factorAnalysis(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const mean = state.vector('mean_');
  const noise = state.vector('noise_variance_');
  const width = components.cols;
  if (mean.length !== width || noise.length !== width)
    throw state.unsupported('components, mean and noise that do not fit together');
  const weighted = new DenseMatrix(
    components.rows,
    width,
    components.data.map((value, at) => value / (noise[at % width] as number)),
  );
  const inner = inverse(addToDiagonal(timesTransposed(weighted, components), 1));
  let likelihood: ((x: DenseMatrix) => Float64Array) | undefined;
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform: (x) => times(timesTransposed(minusRow(finiteInput(x, width, className), mean), weighted), inner),
    scoreSamples(x) {
      likelihood ??= gaussianLogLikelihood(mean, precisionOf(components, noise, inner));
      return likelihood(finiteInput(x, width, className));
    },
  };
}

/** The inverse of `components_ᵀ · components_ + diag(noise)`, by the matrix inversion lemma. */
function precisionOf(components: DenseMatrix, noise: Float64Array, inner: DenseMatrix): DenseMatrix {
  const n = noise.length;
  if (components.rows === n) return inverse(addToDiagonal(times(transposed(components), components), noise));
  const out = times(transposed(components), times(inner, components));
  for (let at = 0; at < out.data.length; at++) {
    const [i, j] = [Math.floor(at / n), at % n];
    out.data[at] = (out.data[at] as number) / (noise[i] as number) / -(noise[j] as number);
  }
  return addToDiagonal(
    out,
    noise.map((value) => 1 / value),
  );
}
