import { CsrMatrix, type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { checkWidth, mapValues } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { finiteInput } from '../base/finite-input.ts';
import { withoutInfinity } from './no-infinity.ts';

type ColumnFunction = (value: number, column: number) => number;

/** A transformer that computes each value from the old one and its column. */
function columnwise(state: EstimatorState, width: number | undefined, functions: ColumnFunctions): Estimator {
  const { className } = state;
  const { forward, inverse, keepsZero } = functions;
  const over = (f: ColumnFunction) => (x: Dataset) => {
    if (x.kind !== 'csr') return mapValues(withoutInfinity(x, width ?? x.cols, className), f);
    checkWidth(x, width ?? x.cols, className);
    if (!keepsZero) throw state.unsupported('sparse data, which it would fill,');
    return new CsrMatrix([x.rows, x.cols], {
      indptr: x.indptr,
      indices: x.indices,
      data: x.data.map((v, k) => f(v, x.indices[k] as number)),
    });
  };
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform: over(forward),
    ...(inverse !== undefined && { inverseTransform: over(inverse) }),
  };
}

interface ColumnFunctions {
  readonly forward: ColumnFunction;
  readonly inverse?: ColumnFunction;
  /** Whether 0 stays 0, so that sparse data stays sparse. */
  readonly keepsZero: boolean;
}

/**
 * `x * scale_ + min_`, clipped to the range where asked for.
 *
 * Source: sklearn/preprocessing/_data.py, `MinMaxScaler`.
 */
export function minMaxScaler(state: EstimatorState): Estimator {
  const scale = state.vector('scale_');
  const min = state.vector('min_');
  const [low = 0, high = 1] = state.vector('feature_range');
  const clip = state.booleanOr('clip', false);
  const forward: ColumnFunction = (value, j) => value * (scale[j] as number) + (min[j] as number);
  return columnwise(state, scale.length, {
    forward: clip ? (value, j) => clamp(forward(value, j), low, high) : forward,
    inverse: (value, j) => (value - (min[j] as number)) / (scale[j] as number),
    keepsZero: false,
  });
}

/** NaN stays NaN, as in numpy's clip. */
function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** `x / scale_`. Source: sklearn/preprocessing/_data.py, `MaxAbsScaler`. */
export function maxAbsScaler(state: EstimatorState): Estimator {
  const scale = state.vector('scale_');
  return columnwise(state, scale.length, {
    forward: (value, j) => value / (scale[j] as number),
    inverse: (value, j) => value * (scale[j] as number),
    keepsZero: true,
  });
}

/** `(x - center_) / scale_`, each part where it was asked for. Source: sklearn/preprocessing/_data.py, `RobustScaler`. */
export function robustScaler(state: EstimatorState): Estimator {
  const center = state.booleanOr('with_centering', true) ? state.vector('center_') : undefined;
  const scale = state.booleanOr('with_scaling', true) ? state.vector('scale_') : undefined;
  const width = (center ?? scale)?.length ?? state.width;
  return columnwise(state, width, {
    forward: (value, j) =>
      (center === undefined ? value : value - (center[j] as number)) / (scale === undefined ? 1 : (scale[j] as number)),
    inverse: (value, j) =>
      value * (scale === undefined ? 1 : (scale[j] as number)) + (center === undefined ? 0 : (center[j] as number)),
    keepsZero: center === undefined,
  });
}

/** 1 where `x > threshold`, else 0. Source: sklearn/preprocessing/_data.py, `binarize`. */
export function binarizer(state: EstimatorState): Estimator {
  const threshold = state.number('threshold');
  const { className, width } = state;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform: (x) => mapValues(finiteInput(x, width, className), (value) => Number(value > threshold)),
  };
}

/**
 * Each row divided by its norm: `l1` the sum of magnitudes, `l2` the Euclidean one, `max` the largest
 * magnitude; a row of zeros stays as it is.
 *
 * Source: sklearn/preprocessing/_data.py, `normalize`.
 */
export function normalizer(state: EstimatorState): Estimator {
  const kind = state.string('norm');
  if (kind !== 'l1' && kind !== 'l2' && kind !== 'max') throw state.unsupported(`norm="${kind}"`);
  const { className } = state;
  // Since 1.0 the norm of a dense row counts as zero where it is nothing but rounding (`_handle_zeros_in_scale`).
  const least = atLeast(state.version, 1, 0) ? 10 * Number.EPSILON : 0;
  return {
    className,
    task: 'transformation',
    width: state.width,
    featureNames: state.featureNames,
    transform(x) {
      checkWidth(x, state.width ?? x.cols, className);
      if (x.kind === 'csr') {
        const data = Float64Array.from(x.data);
        for (let i = 0; i < x.rows; i++)
          divideByNorm(data, [x.indptr[i] as number, x.indptr[i + 1] as number], kind, 0);
        return new CsrMatrix([x.rows, x.cols], { indptr: x.indptr, indices: x.indices, data });
      }
      const dense = finiteInput(x, x.cols, className);
      const out = new DenseMatrix(x.rows, x.cols, Float64Array.from(dense.data));
      for (let i = 0; i < x.rows; i++) divideByNorm(out.data, [i * x.cols, (i + 1) * x.cols], kind, least);
      return out;
    },
  };
}

type Norm = 'l1' | 'l2' | 'max';

/** Divides a stretch of values by its norm, unless that is 0 or below `least`. */
function divideByNorm(data: Float64Array, [start, end]: readonly [number, number], kind: Norm, least: number): void {
  let norm = 0;
  for (let k = start; k < end; k++) {
    const value = data[k] as number;
    if (kind === 'l1') norm += Math.abs(value);
    else if (kind === 'l2') norm += value * value;
    else norm = Math.max(norm, Math.abs(value));
  }
  if (kind === 'l2') norm = Math.sqrt(norm);
  if (norm === 0 || norm < least) return;
  for (let k = start; k < end; k++) data[k] = (data[k] as number) / norm;
}
