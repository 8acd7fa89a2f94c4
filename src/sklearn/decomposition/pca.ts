import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { gaussianLogLikelihood } from '../base/gaussian-likelihood.ts';
import { inverse } from '../base/lu.ts';
import { addToDiagonal, addToRows, minusRow, times, timesTransposed, transposed } from '../base/matrix-products.ts';
import { atLeast } from '../base/sklearn-version.ts';

/** What the file says of a principal component analysis. */
interface Components {
  readonly components: DenseMatrix;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly whiten: boolean;
}

/**
 * `(x - mean_) · components_ᵀ`, divided by `sqrt(explained_variance_)` with `whiten`, in float64. Since 1.5 the
 * projection of the mean is subtracted after the product, and the divisor is at least float64's epsilon.
 *
 * Source: sklearn/decomposition/_base.py, `_BasePCA`.
 */
export function incrementalPca(state: EstimatorState): Estimator {
  return projection(state, read(state));
}

/**
 * The same, with the log-likelihood of each row under the probabilistic model.
 *
 * Source: sklearn/decomposition/_pca.py, `PCA.score_samples`.
 */
export function pca(state: EstimatorState): Estimator {
  const parts = read(state);
  const noise = state.number('noise_variance_');
  let likelihood: ((x: DenseMatrix) => Float64Array) | undefined;
  const { className } = state;
  return {
    ...projection(state, parts),
    scoreSamples(x) {
      likelihood ??= gaussianLogLikelihood(parts.mean, precisionOf(parts, noise));
      return likelihood(finiteInput(x, parts.mean.length, className));
    },
  };
}

function read(state: EstimatorState): Components {
  const components = state.matrix('components_');
  const whiten = state.booleanOr('whiten', false);
  const mean = state.has('mean_') ? state.vector('mean_') : new Float64Array(components.cols);
  const variance = state.vector('explained_variance_');
  if (mean.length !== components.cols || variance.length !== components.rows)
    throw state.unsupported('components, mean and variance that do not fit together');
  return { components, mean, variance, whiten };
}

function projection(state: EstimatorState, { components, mean, variance, whiten }: Components): Estimator {
  const { className } = state;
  const late = atLeast(state.version, 1, 5);
  const scale = variance.map((value) => (late ? Math.max(Math.sqrt(value), Number.EPSILON) : Math.sqrt(value)));
  const projectedMean = timesTransposed(new DenseMatrix(1, mean.length, mean), components).data;
  return {
    className,
    task: 'transformation',
    width: mean.length,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const dense = finiteInput(x, mean.length, className);
      const out = late
        ? addToRows(timesTransposed(dense, components), projectedMean, -1)
        : timesTransposed(minusRow(dense, mean), components);
      if (whiten) forEachColumn(out, (value, k) => value / (scale[k] as number));
      return out;
    },
    inverseTransform(x): Dataset {
      const dense = finiteInput(x, components.rows, className);
      return addToRows(times(dense, whiten ? whitened(components, variance) : components), mean);
    },
  };
}

function forEachColumn(m: DenseMatrix, f: (value: number, column: number) => number): void {
  for (let at = 0; at < m.data.length; at++) m.data[at] = f(m.data[at] as number, at % m.cols);
}

function whitened(components: DenseMatrix, variance: Float64Array): DenseMatrix {
  const out = new DenseMatrix(components.rows, components.cols, Float64Array.from(components.data));
  for (let at = 0; at < out.data.length; at++) {
    out.data[at] = Math.sqrt(variance[Math.floor(at / out.cols)] as number) * (out.data[at] as number);
  }
  return out;
}

/** The inverse of the covariance, by the matrix inversion lemma. Source: `_BasePCA.get_precision`. */
function precisionOf({ components, mean, variance, whiten }: Components, noise: number): DenseMatrix {
  const n = mean.length;
  if (components.rows === 0) return addToDiagonal(new DenseMatrix(n, n), 1 / noise);
  const directions = whiten ? whitened(components, variance) : components;
  const excess = variance.map((value) => (value > noise ? value - noise : 0));
  if (noise === 0) {
    const scaled = transposed(directions);
    forEachColumn(scaled, (value, k) => value * (excess[k] as number));
    return inverse(addToDiagonal(times(scaled, directions), noise));
  }
  const inner = timesTransposed(directions, directions);
  forEachColumn(inner, (value) => value / noise);
  addToDiagonal(
    inner,
    excess.map((value) => 1 / value),
  );
  const out = times(times(transposed(directions), inverse(inner)), directions);
  forEachColumn(out, (value) => value / -(noise * noise));
  return addToDiagonal(out, 1 / noise);
}
