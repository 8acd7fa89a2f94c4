import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf, labelsOf } from '../base/labels.ts';
import { addWeights, meanInto, predictions, votingClassifier } from './k-neighbors.ts';
import { neighborSearch } from './neighbor-search.ts';
import { queryPoints } from './query-points.ts';
import { classTargets, numericTargets } from './targets.ts';
import { weighOf } from './weights.ts';

/**
 * The most frequent class of the training points within `radius`; a row without any gets `outlier_label_`.
 *
 * Source: sklearn/neighbors/_classification.py, `RadiusNeighborsClassifier`.
 */
export function radiusNeighborsClassifier(state: EstimatorState): Estimator {
  const search = neighborSearch(state);
  const targets = classTargets(state, search.count);
  const weigh = weighOf(state);
  const radius = state.number('radius');
  const outlierLabels = outliersOf(state);
  const sums = (x: Dataset): DenseMatrix[] => {
    const points = queryPoints(x, search, state.className);
    const out = targets.classes.map(({ length }) => new DenseMatrix(x.rows, length));
    for (let i = 0; i < points.rows; i++) {
      const { indices, distances } = search.within(points.data, i * points.cols, radius);
      if (indices.length > 0) addWeights(out, i, { indices, weights: weigh(distances), targets });
      else if (outlierLabels === undefined) throw noNeighbors(i, radius, state.className);
      else {
        for (const [k, votes] of out.entries()) {
          const at = (targets.classes[k] as readonly Label[]).indexOf(outlierLabels[k] as Label);
          if (at >= 0) votes.data[i * votes.cols + at] = 1;
        }
      }
    }
    return out;
  };
  return votingClassifier(state, { width: search.width, targets, sums, outlierLabels });
}

/** The label of outliers, one per output. */
function outliersOf(state: EstimatorState): readonly Label[] | undefined {
  const value = state.get(state.firstOf('outlier_label_', 'outlier_label'));
  if (value === undefined || value === null) return undefined;
  if (value instanceof NdArray) return labelsOf(value);
  if (typeof value === 'object' && (value.kind === 'list' || value.kind === 'tuple')) return value.items.map(labelOf);
  return [labelOf(value)];
}

function noNeighbors(row: number, radius: number, className: string): InputError {
  return new InputError(
    'ML_INPUT_INVALID',
    `row ${row}: ${className} found no neighbours within radius ${radius}, and it has no outlier_label`,
    {
      details: { row },
    },
  );
}

/**
 * The mean of the targets within `radius`; NaN without any.
 *
 * Source: sklearn/neighbors/_regression.py, `RadiusNeighborsRegressor`.
 */
export function radiusNeighborsRegressor(state: EstimatorState): Estimator {
  const search = neighborSearch(state);
  const { outputs, values, nested } = numericTargets(state, search.count);
  const weigh = weighOf(state);
  const radius = state.number('radius');
  return {
    className: state.className,
    task: 'regression',
    width: search.width,
    featureNames: state.featureNames,
    predict(x): ArrayLike<Prediction> {
      const points = queryPoints(x, search, state.className);
      const out = new DenseMatrix(x.rows, outputs);
      for (let i = 0; i < points.rows; i++) {
        const { indices, distances } = search.within(points.data, i * points.cols, radius);
        meanInto(out, i, { indices, weights: weigh(distances), values });
      }
      return predictions(out, nested);
    },
  };
}
