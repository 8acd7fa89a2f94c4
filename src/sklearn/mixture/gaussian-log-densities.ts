import { DenseMatrix } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { matricesOf } from '../base/matrix-list.ts';
import { minusRow, squaredNorms, times } from '../base/matrix-products.ts';

/** Log-densities of each row under each component, `[rows, components]`. */
export type LogDensities = (x: DenseMatrix) => DenseMatrix;

/**
 * `-(features · ln 2π + |(x - mean) · P|²) / 2 + ln |P|` for each component, where P is its `precisions_cholesky_`:
 * a matrix each (`full`), one for all (`tied`), a diagonal each (`diag`) or a number each (`spherical`).
 *
 * Source: sklearn/mixture/_gaussian_mixture.py, `_estimate_log_gaussian_prob`.
 */
export function gaussianLogDensities(state: EstimatorState): {
  readonly means: DenseMatrix;
  readonly densities: LogDensities;
} {
  const means = state.matrix('means_');
  const name = state.string('covariance_type');
  const matrix = name === 'full' || name === 'tied';
  if (!matrix && name !== 'diag' && name !== 'spherical') throw state.unsupported(`covariance_type="${name}"`);
  return { means, densities: matrix ? fromMatrices(state, means) : fromDiagonals(state, means) };
}

function fromMatrices(state: EstimatorState, means: DenseMatrix): LogDensities {
  const { rows: count, cols: width } = means;
  const tied = state.string('covariance_type') === 'tied';
  const factors = tied ? [state.matrix('precisions_cholesky_')] : matricesOf(state, 'precisions_cholesky_');
  if (factors.length !== (tied ? 1 : count) || factors.some(({ rows, cols }) => rows !== width || cols !== width))
    throw state.unsupported('means and precisions that do not fit together');
  const parts = Array.from({ length: count }, (_, k) => {
    const factor = factors[tied ? 0 : k] as DenseMatrix;
    let logs = 0;
    for (let j = 0; j < width; j++) logs += Math.log(factor.data[j * width + j] as number);
    const mean = times(new DenseMatrix(1, width, means.data.subarray(k * width, (k + 1) * width)), factor).data;
    return { factor, logs, mean };
  });
  return (x) => {
    const out = new DenseMatrix(x.rows, count);
    for (const [k, { factor, logs, mean }] of parts.entries()) {
      const norms = squaredNorms(minusRow(times(x, factor), mean));
      for (let i = 0; i < x.rows; i++) out.data[i * count + k] = density(width, norms[i] as number, logs);
    }
    return out;
  };
}

/** In scikit-learn's expanded form: `m²p - 2xmp + x²p`. */
function fromDiagonals(state: EstimatorState, means: DenseMatrix): LogDensities {
  const { rows: count, cols: width } = means;
  const spherical = state.string('covariance_type') === 'spherical';
  const factors = state.vector('precisions_cholesky_');
  if (factors.length !== (spherical ? count : count * width))
    throw state.unsupported('means and precisions that do not fit together');
  const precisions = factors.map((value) => value * value);
  const logs = Float64Array.from({ length: count }, (_, k) => {
    if (spherical) return width * Math.log(factors[k] as number);
    return factors.subarray(k * width, (k + 1) * width).reduce((sum, value) => sum + Math.log(value), 0);
  });
  return (x) => {
    const out = new DenseMatrix(x.rows, count);
    for (let i = 0; i < x.rows; i++) {
      for (let k = 0; k < count; k++) {
        let [squares, mixed, own] = [0, 0, 0];
        for (let j = 0; j < width; j++) {
          const mean = means.data[k * width + j] as number;
          const value = x.data[i * width + j] as number;
          const precision = spherical ? 1 : (precisions[k * width + j] as number);
          squares += mean * mean * precision;
          mixed += value * (mean * precision);
          own += value * value * precision;
        }
        const scale = spherical ? (precisions[k] as number) : 1;
        const norm = squares * scale - 2 * mixed * scale + own * scale;
        out.data[i * count + k] = density(width, norm, logs[k] as number);
      }
    }
    return out;
  };
}

function density(width: number, norm: number, logDeterminant: number): number {
  return -0.5 * (width * Math.log(2 * Math.PI) + norm) + logDeterminant;
}
