import { CsrMatrix, DenseMatrix } from '../../data/dataset.ts';
import { panelProducts } from '../../kernel/panel-row.ts';
import { type Panels, panelsOfRows } from '../../kernel/panels.ts';
import { argpartition } from './argpartition.ts';
import { bitonicOrder, MAX_NETWORK } from './bitonic-order.ts';
import type { Metric } from './metric.ts';
import type { NeighborHeap } from './neighbor-heap.ts';
import { nearestOfRows } from './nearest-of-rows.ts';
import type { NeighborSearch, Within } from './neighbor-search.ts';

/** Offers the training points that can be among the nearest, from the distances to all, to a heap. */
export type Select = (distances: Float64Array, heap: NeighborHeap) => void;

/** One point after another, as scikit-learn does since 1.1 for most metrics. */
export const offerAll: Select = (distances, heap) => {
  let { largest } = heap;
  for (let k = 0; k < distances.length; k++) {
    const distance = distances[k] as number;
    if (distance >= largest) continue;
    heap.push(distance, k);
    ({ largest } = heap);
  }
};

/** Those that `argpartition` of numpy 1 leaves in front, as scikit-learn did before 1.1 and does for some metrics. */
export const offerPartitioned: Select = (distances, heap) => {
  // What has no distance is farthest.
  for (let k = 0; k < distances.length; k++) if (Number.isNaN(distances[k])) distances[k] = Number.POSITIVE_INFINITY;
  const order = Int32Array.from(distances.keys());
  argpartition(distances, order, heap.values.length);
  offerFirst(distances, order, heap);
};

/** The same with numpy 2, which sorts few values by a network. */
export const offerNetworkSorted: Select = (distances, heap) => {
  if (distances.length > MAX_NETWORK || !distances.every(Number.isFinite)) offerPartitioned(distances, heap);
  else offerFirst(distances, bitonicOrder(distances), heap);
};

function offerFirst(distances: Float64Array, order: Int32Array, heap: NeighborHeap): void {
  for (let n = 0; n < heap.values.length; n++) {
    const k = order[n] as number;
    heap.push(distances[k] as number, k);
  }
}

/** What a search of all points needs besides their distances. */
interface Selection extends Pick<Metric, 'toDistance' | 'toReduced'> {
  readonly select: Select;
}

/** Reduced distances from one point to every training point. */
type Fill = (points: Float64Array, at: number, out: Float64Array) => void;

/**
 * Euclidean distances as `|x|² - 2 x·y + |y|²`, whose rounding decides between points that are almost equally far.
 *
 * Source: sklearn/metrics/_pairwise_distances_reduction, `EuclideanArgKmin`; sklearn/metrics/pairwise.py.
 */
export function euclideanSearch(y: CsrMatrix | DenseMatrix, select: Select = offerAll): NeighborSearch {
  const norms = squaredNorms(y);
  const panels = y.kind === 'dense' ? panelsOfRows(y) : undefined;
  const products = panels === undefined ? productsWith(y) : productsOf(panels);
  const { cols } = y;
  const one = search(
    y,
    { select, toDistance: Math.sqrt, toReduced: (distance) => distance * distance },
    (points, at, out) => {
      const own = dot(points, at, cols);
      products(points, at, out);
      for (let k = 0; k < out.length; k++) out[k] = Math.max(0, own - 2 * (out[k] as number) + (norms[k] as number));
    },
  );
  if (panels === undefined) return one;
  return {
    ...one,
    nearestOfRows: (points, visit) =>
      nearestOfRows(points, { panels, norms, select: select === offerAll ? undefined : select }, visit),
  };
}

/** `1 - x·y` of normalised points; a point of zeros is as far as an orthogonal one. */
export function cosineSearch(y: CsrMatrix | DenseMatrix, select: Select = offerAll): NeighborSearch {
  const { cols } = y;
  const products = productsWith(normalized(y));
  const point = new Float64Array(cols);
  const same = (value: number): number => value;
  return search(y, { select, toDistance: same, toReduced: same }, (points, at, out) => {
    const length = Math.sqrt(dot(points, at, cols)) || 1;
    for (let j = 0; j < cols; j++) point[j] = (points[at + j] as number) / length;
    products(point, 0, out);
    for (let k = 0; k < out.length; k++) out[k] = Math.min(2, Math.max(0, 1 - (out[k] as number)));
  });
}

function normalized(y: CsrMatrix | DenseMatrix): CsrMatrix | DenseMatrix {
  const lengths = squaredNorms(y).map((norm) => Math.sqrt(norm) || 1);
  if (y.kind === 'dense')
    return new DenseMatrix(
      y.rows,
      y.cols,
      y.data.map((value, at) => value / (lengths[Math.floor(at / y.cols)] as number)),
    );
  const data = Float64Array.from(y.data);
  for (let i = 0; i < y.rows; i++) {
    const end = y.indptr[i + 1] as number;
    for (let at = y.indptr[i] as number; at < end; at++) data[at] = (data[at] as number) / (lengths[i] as number);
  }
  return new CsrMatrix([y.rows, y.cols], { indptr: y.indptr, indices: y.indices, data });
}

/** Any other metric, point by point. */
export function metricSearch(y: DenseMatrix, metric: Metric, select: Select = offerAll): NeighborSearch {
  const { rows, cols, data } = y;
  const { toDistance, toReduced } = metric;
  return search(y, { select, toDistance, toReduced }, (points, at, out) => {
    for (let k = 0; k < rows; k++) out[k] = metric.reduced(points, at, data, k * cols);
  });
}

function search(y: CsrMatrix | DenseMatrix, { select, toDistance, toReduced }: Selection, fill: Fill): NeighborSearch {
  const distances = new Float64Array(y.rows);
  return {
    width: y.cols,
    count: y.rows,
    toDistance,
    nearest(points, at, heap: NeighborHeap) {
      fill(points, at, distances);
      select(distances, heap);
    },
    within(points, at, radius): Within {
      fill(points, at, distances);
      const limit = toReduced(radius);
      const indices: number[] = [];
      for (let k = 0; k < distances.length; k++) if ((distances[k] as number) <= limit) indices.push(k);
      return { indices, distances: indices.map((k) => toDistance(distances[k] as number)) };
    },
  };
}

function productsOf(panels: Panels): Fill {
  return (points, at, out) => panelProducts(panels, points, at, out);
}

function productsWith(y: CsrMatrix | DenseMatrix): Fill {
  if (y.kind === 'dense') return productsOf(panelsOfRows(y));
  const { rows, data } = y;
  const { indptr, indices } = y;
  return (points, at, out) => {
    for (let k = 0; k < rows; k++) {
      const end = indptr[k + 1] as number;
      let sum = 0;
      for (let from = indptr[k] as number; from < end; from++)
        sum += (points[at + (indices[from] as number)] as number) * (data[from] as number);
      out[k] = sum;
    }
  };
}

function squaredNorms(y: CsrMatrix | DenseMatrix): Float64Array {
  const { rows, cols, data } = y;
  return Float64Array.from({ length: rows }, (_, k) => {
    if (y.kind === 'dense') return dot(data, k * cols, cols);
    const start = y.indptr[k] as number;
    return dot(data, start, (y.indptr[k + 1] as number) - start);
  });
}

function dot(data: Float64Array, at: number, size: number): number {
  let sum = 0;
  for (let j = at; j < at + size; j++) sum += (data[j] as number) * (data[j] as number);
  return sum;
}
