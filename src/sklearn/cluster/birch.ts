import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { euclideanDistances, nearestRows } from '../base/pairwise-distances.ts';

/**
 * The label of the nearest subcluster; `transform` gives the distance to every subcluster. The tree stays unread.
 *
 * Source: sklearn/cluster/_birch.py.
 */
export function birch(state: EstimatorState): Estimator {
  const centers = state.matrix('subcluster_centers_');
  const labels = state.ints('subcluster_labels_');
  if (labels.length !== centers.rows)
    throw state.unsupported(`${labels.length} labels for ${centers.rows} subclusters`);
  const { className } = state;
  return {
    className,
    task: 'clustering',
    width: centers.cols,
    featureNames: state.featureNames,
    predict: (x) =>
      nearestRows(finiteInput(x, centers.cols, className), centers).map((index) => labels[index] as number),
    transform: (x) => euclideanDistances(finiteInput(x, centers.cols, className), centers),
  };
}
