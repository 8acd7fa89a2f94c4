import type { Dataset } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { neighborSearch } from './neighbor-search.ts';
import { eachNeighbors } from './query-points.ts';

/**
 * Novelty detection by the density around a row against that around its neighbours.
 *
 * Source: sklearn/neighbors/_lof.py, `LocalOutlierFactor` with `novelty=True`.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for `novelty=False`, with which scikit-learn has no methods for new rows either
 */
export function localOutlierFactor(state: EstimatorState): Estimator {
  if (!state.booleanOr('novelty', false))
    throw state.unsupported('novelty=False, which has no prediction for new rows: it');
  const search = neighborSearch(state);
  const k = state.number('n_neighbors_');
  const each = eachNeighbors(state, search, k);
  const reach = state.matrix('_distances_fit_X_');
  const densities = state.vector('_lrd');
  const offset = state.number('offset_');
  if (reach.rows !== search.count || densities.length !== search.count || reach.cols < k)
    throw state.unsupported('densities that do not fit the points');
  const scoreSamples = (x: Dataset): Float64Array => {
    const out = new Float64Array(x.rows);
    each(x, (row, { indices, distances }) => {
      let reached = 0;
      let dense = 0;
      for (let n = 0; n < k; n++) {
        const point = indices[n] as number;
        reached += Math.max(distances[n] as number, reach.data[point * reach.cols + k - 1] as number);
        dense += densities[point] as number;
      }
      // The constant keeps duplicates from an infinite density.
      const own = 1 / (reached / k + 1e-10);
      out[row] = -(dense / own / k);
    });
    return out;
  };
  const decisionFunction = (x: Dataset): Float64Array => scoreSamples(x).map((score) => score - offset);
  return {
    className: state.className,
    task: 'outlier-detection',
    width: search.width,
    featureNames: state.featureNames,
    predict: (x) => decisionFunction(x).map((value) => (value < 0 ? -1 : 1)),
    decisionFunction,
    scoreSamples,
  };
}
