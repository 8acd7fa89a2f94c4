import { CsrMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { neighborSearch } from './neighbor-search.ts';
import { eachNeighbors, queryPoints } from './query-points.ts';

/**
 * The distances to the nearest training points, one column per training point; for distances there is one neighbour
 * more, since in training each point is its own.
 *
 * Source: sklearn/neighbors/_graph.py, `KNeighborsTransformer.transform`.
 */
export function kNeighborsTransformer(state: EstimatorState): Estimator {
  const search = neighborSearch(state);
  const far = state.string('mode') === 'distance';
  const k = state.number('n_neighbors') + (far ? 1 : 0);
  const each = eachNeighbors(state, search, k);
  return {
    className: state.className,
    task: 'transformation',
    width: search.width,
    featureNames: state.featureNames,
    transform(x) {
      const indptr = Int32Array.from({ length: x.rows + 1 }, (_, i) => i * k);
      const indices = new Int32Array(x.rows * k);
      const data = new Float64Array(x.rows * k).fill(1);
      each(x, (row, found) => {
        indices.set(found.indices, row * k);
        if (far) data.set(found.distances, row * k);
      });
      return new CsrMatrix([x.rows, search.count], { indptr, indices, data });
    },
  };
}

/**
 * The same for all training points within the radius.
 *
 * Source: sklearn/neighbors/_graph.py, `RadiusNeighborsTransformer.transform`.
 */
export function radiusNeighborsTransformer(state: EstimatorState): Estimator {
  const search = neighborSearch(state);
  const far = state.string('mode') === 'distance';
  const radius = state.number('radius');
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: search.width,
    featureNames: state.featureNames,
    transform(x) {
      const points = queryPoints(x, search, className);
      const indptr = new Int32Array(x.rows + 1);
      const indices: number[] = [];
      const data: number[] = [];
      for (let i = 0; i < points.rows; i++) {
        const found = search.within(points.data, i * points.cols, radius);
        for (const [n, index] of found.indices.entries()) {
          indices.push(index);
          data.push(far ? (found.distances[n] as number) : 1);
        }
        indptr[i + 1] = indices.length;
      }
      return new CsrMatrix([x.rows, search.count], {
        indptr,
        indices: Int32Array.from(indices),
        data: Float64Array.from(data),
      });
    },
  };
}
