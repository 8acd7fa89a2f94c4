import { type Dataset, type DenseMatrix, toDense } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { NeighborHeap } from './neighbor-heap.ts';
import type { NeighborSearch, VisitRow } from './neighbor-search.ts';

/** The nearest training points of one row, by rising distance. */
export interface Neighbors {
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

/** Rows as points, one after another. */
export function queryPoints(x: Dataset, search: NeighborSearch, className: string): DenseMatrix {
  return toDense(finiteRows(x, search.width, className));
}

/**
 * Calls `use` for each row with its `k` nearest training points. The arrays are reused from row to row.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for more neighbours than there are points, as scikit-learn
 */
export function eachNeighbors(
  state: EstimatorState,
  search: NeighborSearch,
  k: number,
): (x: Dataset, use: (row: number, found: Neighbors) => void) => void {
  if (!(Number.isInteger(k) && k > 0 && k <= search.count))
    throw state.unsupported(`${k} neighbours of ${search.count} points`);
  const heap = new NeighborHeap(k);
  const indices = new Int32Array(k);
  const distances = new Float64Array(k);
  return (x, use) => {
    const points = queryPoints(x, search, state.className);
    const visit: VisitRow = (row, offer) => {
      heap.clear();
      offer(heap);
      for (const [n, at] of heap.order().entries()) {
        indices[n] = heap.indices[at] as number;
        distances[n] = search.toDistance(heap.values[at] as number);
      }
      use(row, { indices, distances });
    };
    if (search.nearestOfRows?.(points, visit) === true) return;
    for (let i = 0; i < points.rows; i++) {
      visit(i, (all) => search.nearest(points.data, i * points.cols, all));
    }
  };
}
