import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { stackColumns } from '../../data/stack-columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { withoutInfinity } from '../preprocessing/no-infinity.ts';
import { missingMask } from './missing-indicator.ts';
import { missingTest } from './missing-value.ts';
import { NanDistances } from './nan-distances.ts';
import { indicatedFeatures } from './simple-imputer.ts';

/**
 * A missing value becomes the mean of that feature over the nearest training rows that have it,
 * weighted by distance where asked for; the mean of all where no distance is defined.
 *
 * Source: sklearn/impute/_knn.py, `KNNImputer.transform`.
 */
export function knnImputer(state: EstimatorState): Estimator {
  if (state.string('metric') !== 'nan_euclidean') throw state.unsupported(`metric="${state.string('metric')}"`);
  const weights = state.optionalString('weights') ?? 'uniform';
  if (weights !== 'uniform' && weights !== 'distance') throw state.unsupported(`weights="${weights}"`);
  const missing = missingTest(state);
  const fit = state.matrix('_fit_X');
  const { cols } = fit;
  const distances = new NanDistances(fit, missing);
  const keepEmpty = state.booleanOr('keep_empty_features', false);
  const donors = Array.from({ length: cols }, (_, j) => distances.rowsWith(j));
  const kept = Int32Array.from(donors.flatMap((rows, j) => (keepEmpty || rows.length > 0 ? [j] : [])));
  const neighbors = state.number('n_neighbors');
  const indicated = indicatedFeatures(state);
  // Up to 1.3.0 rows without a missing value came back without the indicator columns.
  const forgetful = !atLeast(state.version, 1, 3) || state.version?.text.startsWith('1.3.0') === true;
  const { className } = state;

  const impute = (j: number, row: Float64Array): number => {
    const rows = donors[j] as Int32Array;
    const near = nearest(rows, row, Math.min(neighbors, rows.length));
    return near === undefined
      ? meanOf(fit, rows, j)
      : weightedMean(near, { fit, column: j, byDistance: weights === 'distance', distances: row });
  };

  const fill = (x: DenseMatrix): DenseMatrix => {
    const out = new DenseMatrix(x.rows, kept.length);
    for (let i = 0; i < x.rows; i++) {
      let row: Float64Array | undefined;
      for (let k = 0; k < kept.length; k++) {
        const j = kept[k] as number;
        const value = x.data[i * cols + j] as number;
        let result = value;
        if ((donors[j] as Int32Array).length === 0) result = 0;
        else if (missing(value)) {
          row ??= distances.from(x.data.subarray(i * cols, (i + 1) * cols));
          result = impute(j, row);
        }
        out.data[i * kept.length + k] = result;
      }
    }
    return out;
  };

  return {
    className,
    task: 'transformation',
    width: cols,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const dense = withoutInfinity(x, cols, className);
      const filled = fill(dense);
      if (forgetful && !dense.data.some(missing)) return filled;
      return indicated === undefined ? filled : stackColumns([filled, missingMask(dense, indicated, missing)], x.rows);
    },
  };
}

/** The nearest rows, the first of equals; `undefined` where no distance is defined. */
function nearest(rows: Int32Array, distances: Float64Array, count: number): Int32Array | undefined {
  if (rows.every((row) => Number.isNaN(distances[row]))) return undefined;
  // NaN comes last, as in numpy.
  const key = (row: number): number => {
    const distance = distances[row] as number;
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
  };
  return Int32Array.from(rows)
    .sort((a, b) => key(a) - key(b) || a - b)
    .subarray(0, count);
}

function meanOf(fit: DenseMatrix, rows: Int32Array, column: number): number {
  let sum = 0;
  for (const row of rows) sum += fit.data[row * fit.cols + column] as number;
  return sum / rows.length;
}

interface Neighbourhood {
  readonly fit: DenseMatrix;
  readonly column: number;
  readonly byDistance: boolean;
  readonly distances: Float64Array;
}

/** Rows at distance 0 alone count where there are any. */
function weightedMean(rows: Int32Array, { fit, column, byDistance, distances }: Neighbourhood): number {
  const exact = byDistance && rows.some((row) => distances[row] === 0);
  let sum = 0;
  let total = 0;
  for (const row of rows) {
    const distance = distances[row] as number;
    if (Number.isNaN(distance)) continue;
    const weight = exact ? Number(distance === 0) : byDistance ? 1 / distance : 1;
    sum += weight * (fit.data[row * fit.cols + column] as number);
    total += weight;
  }
  return sum / total;
}
