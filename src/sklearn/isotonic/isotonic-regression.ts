import { DenseMatrix, type Dataset } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';

/**
 * Linear interpolation between the thresholds: `slope * (x - x_lo) + y_lo`. Outside of the training range it
 * is clipped, NaN or an error as `out_of_bounds` says. Thresholds in float32 are computed with in float32.
 *
 * Source: sklearn/isotonic.py, `IsotonicRegression._transform`; numpy.interp, scipy.interpolate.interp1d.
 */
export function isotonicRegression(state: EstimatorState): Estimator {
  const { className } = state;
  const curve = interpolation(state);
  const compute = (x: Dataset): Float64Array => finiteInput(x, 1, className).data.map(curve);
  return {
    className,
    task: 'regression',
    width: 1,
    featureNames: state.featureNames,
    predict: compute,
    transform: (x) => new DenseMatrix(x.rows, 1, compute(x)),
    transformsLabels: true,
  };
}

function interpolation(state: EstimatorState): (x: number) => number {
  const nameX = state.firstOf('X_thresholds_', '_necessary_X_');
  const xs = state.vector(nameX);
  const ys = state.vector(state.firstOf('y_thresholds_', '_necessary_y_'));
  if (xs.length === 0 || xs.length !== ys.length) throw state.unsupported('thresholds that do not fit together');
  const single = state.ndarray(nameX).dtype.name === 'f4';
  const outside = state.string('out_of_bounds');
  if (!['clip', 'nan', 'raise'].includes(outside)) throw state.unsupported(`out_of_bounds="${outside}"`);
  const last = xs.length - 1;
  const low = xs[0] as number;
  const high = xs[last] as number;
  const { className } = state;
  return (given) => {
    let x = single ? Math.fround(given) : given;
    if (last === 0) return ys[0] as number;
    if (x < low || x > high) {
      if (outside === 'nan') return Number.NaN;
      if (outside === 'raise') {
        throw new InputError(
          'ML_INPUT_INVALID',
          `${className}: ${given} is outside of the training range ${low} to ${high}`,
        );
      }
      x = x < low ? low : high;
    }
    return single ? between32(xs, ys, x) : between(xs, ys, x);
  };
}

/** numpy.interp: exact at the thresholds. */
function between(xs: Float64Array, ys: Float64Array, x: number): number {
  const at = lastNotAbove(xs, x);
  const x0 = xs[at] as number;
  const y0 = ys[at] as number;
  if (at === xs.length - 1 || x0 === x) return y0;
  const slope = ((ys[at + 1] as number) - y0) / ((xs[at + 1] as number) - x0);
  return slope * (x - x0) + y0;
}

/** scipy's own interpolation, to which it falls back for float32: the interval that ends at or after `x`. */
function between32(xs: Float64Array, ys: Float64Array, x: number): number {
  const below = lastNotAbove(xs, x);
  const at = Math.max(xs[below] === x ? below - 1 : below, 0);
  const x0 = xs[at] as number;
  const y0 = ys[at] as number;
  const { fround } = Math;
  const slope = fround(fround((ys[at + 1] as number) - y0) / fround((xs[at + 1] as number) - x0));
  return fround(fround(slope * fround(x - x0)) + y0);
}

function lastNotAbove(xs: Float64Array, x: number): number {
  let from = 0;
  let to = xs.length;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((xs[middle] as number) <= x) from = middle;
    else to = middle;
  }
  return from;
}
