import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { euclideanDistances, nearestRows } from '../base/pairwise-distances.ts';

/**
 * The label is the index of the nearest of `cluster_centers_`, the first of equals.
 *
 * Source: sklearn/cluster/_mean_shift.py, sklearn/cluster/_affinity_propagation.py. Affinity propagation that did not
 * converge has no centers: every label is -1.
 */
export function nearestCenter(state: EstimatorState): Estimator {
  const centers = state.matrix('cluster_centers_');
  const { className } = state;
  const width = centers.rows === 0 ? state.width : centers.cols;
  return {
    className,
    task: 'clustering',
    width,
    featureNames: state.featureNames,
    predict(x) {
      const dense = finiteInput(x, width, className);
      return centers.rows === 0 ? new Int32Array(x.rows).fill(-1) : nearestRows(dense, centers);
    },
  };
}

/**
 * The same; `transform` gives the Euclidean distance to every center.
 *
 * Source: sklearn/cluster/_kmeans.py.
 */
export function kMeans(state: EstimatorState): Estimator {
  const centers = state.matrix('cluster_centers_');
  const { className } = state;
  return {
    ...nearestCenter(state),
    transform: (x) => euclideanDistances(finiteInput(x, centers.cols, className), centers),
  };
}
