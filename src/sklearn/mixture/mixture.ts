import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { argmax } from '../base/labels.ts';
import { bayesianTerms } from './bayesian-terms.ts';
import { gaussianLogDensities, type LogDensities } from './gaussian-log-densities.ts';

/**
 * `log density + ln weights_` of each component: the largest is the label, the logarithm of the sum of their
 * exponentials the score, the exponentials of the differences the probabilities.
 *
 * Source: sklearn/mixture/_base.py, `BaseMixture`; sklearn/mixture/_gaussian_mixture.py.
 */
export function gaussianMixture(state: EstimatorState): Estimator {
  const { means, densities } = gaussianLogDensities(state);
  const weights = state.vector('weights_');
  if (weights.length !== means.rows) throw state.unsupported('weights that do not fit the means');
  const { cols } = means;
  return mixture(state, { width: cols, densities, offsets: weights.map(Math.log) });
}

/**
 * The same with the expectations of the variational posterior added.
 *
 * Source: sklearn/mixture/_bayesian_mixture.py.
 */
export function bayesianGaussianMixture(state: EstimatorState): Estimator {
  const { means, densities } = gaussianLogDensities(state);
  return mixture(state, { width: means.cols, densities, offsets: bayesianTerms(state, means) });
}

function mixture(
  state: EstimatorState,
  {
    width,
    densities,
    offsets,
  }: { readonly width: number; readonly densities: LogDensities; readonly offsets: Float64Array },
): Estimator {
  const { className } = state;
  const weighted = (x: Dataset): DenseMatrix => {
    const out = densities(finiteInput(x, width, className));
    for (let at = 0; at < out.data.length; at++)
      out.data[at] = (out.data[at] as number) + (offsets[at % out.cols] as number);
    return out;
  };
  return {
    className,
    task: 'clustering',
    width,
    featureNames: state.featureNames,
    predict(x) {
      const { rows, cols, data } = weighted(x);
      return Int32Array.from({ length: rows }, (_, i) => argmax(data, i * cols, cols));
    },
    predictProba(x) {
      const { rows, cols, data } = weighted(x);
      const totals = logSums(data, rows, cols);
      return new DenseMatrix(
        rows,
        cols,
        data.map((value, at) => Math.exp(value - (totals[Math.floor(at / cols)] as number))),
      );
    },
    scoreSamples(x) {
      const { rows, cols, data } = weighted(x);
      return logSums(data, rows, cols);
    },
  };
}

/** `ln(sum(e^v))` of each row, shifted by its largest value. */
function logSums(data: Float64Array, rows: number, cols: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * cols, (i + 1) * cols);
    const max = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (!Number.isFinite(max)) return max;
    return max + Math.log(row.reduce((sum, value) => sum + Math.exp(value - max), 0));
  });
}
