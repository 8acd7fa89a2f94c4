import type { DenseMatrix } from '../../data/dataset.ts';
import type { MatrixKernel } from '../../kernel/matrix-kernel.ts';
import { PANEL, type Panels } from '../../kernel/panels.ts';
import { EXTRA_AT, EXTRA_VALUES, isLarge, tiledRows } from '../../kernel/tiled-matrix.ts';
import type { NeighborHeap } from './neighbor-heap.ts';
import type { VisitRow } from './neighbor-search.ts';

/** The training points of a search by Euclidean distance. */
interface Training {
  readonly panels: Panels;
  /** Squared lengths. */
  readonly norms: Float64Array;
  /** How points are chosen among all; `undefined` for one after another. */
  readonly select: ((distances: Float64Array, heap: NeighborHeap) => void) | undefined;
}

/**
 * The nearest training points of many rows: products in tiles, then distances and the choice among them, row by row;
 * the same to the last bit as one row after another. `visit` must not use the kernel itself.
 */
export function nearestOfRows(points: DenseMatrix, { panels, norms, select }: Training, visit: VisitRow): boolean {
  const width = panels.count * PANEL;
  if (width > EXTRA_VALUES || !isLarge(points.rows, panels)) return false;
  let ready = false;
  return tiledRows(points, panels, (kernel, row, at) => {
    if (!ready) {
      kernel.memory.set(norms, EXTRA_AT);
      // What fills the last panel up is no point: it is farther than all.
      kernel.memory.fill(Number.POSITIVE_INFINITY, EXTRA_AT + norms.length, EXTRA_AT + width);
      ready = true;
    }
    let own = 0;
    for (let j = row * points.cols; j < (row + 1) * points.cols; j++)
      own += (points.data[j] as number) * (points.data[j] as number);
    kernel.reduce(at * 8, (at + width) * 8, EXTRA_AT * 8, own);
    const distances = kernel.memory.subarray(at, at + norms.length);
    visit(row, (heap) => (select === undefined ? offerScanned(kernel, at, distances, heap) : select(distances, heap)));
  });
}

/** Offers one point after another, with the kernel looking for the next that is near enough. */
function offerScanned(kernel: MatrixKernel, at: number, distances: Float64Array, heap: NeighborHeap): void {
  const end = (at + distances.length + (distances.length % 2)) * 8;
  let { largest } = heap;
  for (let from = at * 8; ; ) {
    from = kernel.scan(from, end, largest);
    if (from >= end) return;
    const k = from / 8 - at;
    for (let i = k; i < Math.min(k + 2, distances.length); i++) {
      const distance = distances[i] as number;
      if (distance >= largest) continue;
      heap.push(distance, i);
      ({ largest } = heap);
    }
    from += 16;
  }
}
