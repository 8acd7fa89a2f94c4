import { CsrMatrix, type Dataset, type DenseMatrix } from '../../data/dataset.ts';
import { checkWidth, mapValues } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { withoutInfinity } from './no-infinity.ts';
import { normalCdf, normalQuantile } from './normal-distribution.ts';

const THRESHOLD = 1e-7;
/** Normal results stay within these, so that none is infinite. */
const CLIP_LOW = normalQuantile(THRESHOLD - Number.EPSILON);
const CLIP_HIGH = normalQuantile(1 - (THRESHOLD - Number.EPSILON));

/**
 * Each value as its place among the training quantiles, the mean of both ends where quantiles repeat;
 * for a normal distribution through its inverse.
 *
 * Source: sklearn/preprocessing/_data.py, `QuantileTransformer._transform_col`.
 */
export function quantileTransformer(state: EstimatorState): Estimator {
  const distribution = state.string('output_distribution');
  if (distribution !== 'uniform' && distribution !== 'normal')
    throw state.unsupported(`output_distribution="${distribution}"`);
  const normal = distribution === 'normal';
  const references = state.vector('references_');
  const columns = columnsOf(state.matrix('quantiles_'));
  const { className } = state;
  const width = columns.length;
  const forward = (value: number, j: number): number => {
    const place = placeOf(value, columns[j] as Float64Array, { references, normal });
    if (!normal) return place;
    const quantile = normalQuantile(place);
    return quantile < CLIP_LOW ? CLIP_LOW : quantile > CLIP_HIGH ? CLIP_HIGH : quantile;
  };
  const inverse = (value: number, j: number): number =>
    valueAt(normal ? normalCdf(value) : value, columns[j] as Float64Array, { references, normal });
  const over = (f: (value: number, j: number) => number) => (x: Dataset) => {
    if (x.kind !== 'csr') return mapValues(withoutInfinity(x, width, className), f);
    checkWidth(x, width, className);
    // Zeros that are not stored stay zeros, as in scikit-learn.
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
    inverseTransform: over(inverse),
  };
}

interface Scale {
  readonly references: Float64Array;
  readonly normal: boolean;
}

function columnsOf({ rows, cols, data }: DenseMatrix): Float64Array[] {
  return Array.from({ length: cols }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] as number),
  );
}

function placeOf(value: number, quantiles: Float64Array, { references, normal }: Scale): number {
  const last = quantiles.length - 1;
  const low = quantiles[0] as number;
  const high = quantiles[last] as number;
  if (Number.isNaN(value)) return value;
  if (normal ? value - THRESHOLD < low : value === low) return 0;
  if (normal ? value + THRESHOLD > high : value === high) return 1;
  return 0.5 * (interpolate(value, quantiles, references) + interpolateFromAbove(value, quantiles, references));
}

function valueAt(place: number, quantiles: Float64Array, { references, normal }: Scale): number {
  if (Number.isNaN(place)) return place;
  if (normal ? place - THRESHOLD < 0 : place === 0) return quantiles[0] as number;
  if (normal ? place + THRESHOLD > 1 : place === 1) return quantiles.at(-1) as number;
  return interpolate(place, references, quantiles);
}

/** `numpy.interp`: of equal xs the last counts. */
function interpolate(x: number, xs: Float64Array, ys: Float64Array): number {
  const last = xs.length - 1;
  if (x > (xs[last] as number)) return ys[last] as number;
  if (x < (xs[0] as number)) return ys[0] as number;
  let low = 0;
  let high = last + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x >= (xs[middle] as number)) low = middle + 1;
    else high = middle;
  }
  const j = low - 1;
  const x0 = xs[j] as number;
  const y0 = ys[j] as number;
  if (j === last || x0 === x) return y0;
  const slope = ((ys[j + 1] as number) - y0) / ((xs[j + 1] as number) - x0);
  return slope * (x - x0) + y0;
}

/** `-numpy.interp(-x, -xs[::-1], -ys[::-1])`: of equal xs the first counts. */
function interpolateFromAbove(x: number, xs: Float64Array, ys: Float64Array): number {
  const last = xs.length - 1;
  if (x > (xs[last] as number)) return ys[last] as number;
  if (x < (xs[0] as number)) return ys[0] as number;
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) >= x) high = middle;
    else low = middle + 1;
  }
  const x0 = xs[low] as number;
  const y0 = ys[low] as number;
  if (low === 0 || x0 === x) return y0;
  const slope = (y0 - (ys[low - 1] as number)) / (x0 - (xs[low - 1] as number));
  return slope * (x - x0) + y0;
}
