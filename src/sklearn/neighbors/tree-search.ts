import { FormatError } from '../../errors/format-error.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, type PyObject } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import type { Metric, MetricOfSize } from './metric.ts';
import type { NeighborHeap } from './neighbor-heap.ts';
import type { NeighborSearch, Within } from './neighbor-search.ts';

/** A KD or ball tree as scikit-learn keeps it: the children of node `i` are `2 i + 1` and `2 i + 2`. */
export interface PointTree {
  readonly kind: 'ball' | 'kd';
  readonly rows: number;
  readonly cols: number;
  /** Training points, row-major. */
  readonly data: Float64Array;
  /** Training points in the order of the leaves. */
  readonly order: Int32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly leaf: Float64Array;
  readonly radii: Float64Array;
  /** `[1, nodes, cols]` centres of balls, or `[2, nodes, cols]` lower and upper bounds. */
  readonly bounds: Float64Array;
}

/** A point whose neighbours are looked for. */
interface Query {
  readonly points: Float64Array;
  readonly at: number;
  readonly heap: NeighborHeap;
}

/**
 * Searches as scikit-learn does, nearer child first, so that points at equal distance come in its order.
 *
 * Source: sklearn/neighbors/_binary_tree.pxi, `_query_single_depthfirst`; _kd_tree.pyx and _ball_tree.pyx, `min_rdist`.
 *
 * @throws `ML_FORMAT_MALFORMED` where the parts of the tree do not fit together
 */
export function treeSearch(state: EstimatorState, node: PyObject, metricOf: MetricOfSize): NeighborSearch {
  const tree = readTree(state, node);
  const metric = metricOf(tree.cols);
  if (tree.kind === 'kd' && metric.p === undefined)
    throw state.unsupported('a KD tree with a metric that is not of Minkowski');
  const { rows, cols, data, order } = tree;
  const bound = tree.kind === 'kd' ? kdBound(tree, metric.p ?? 2) : ballBound(tree, metric);
  const visit = (query: Query, i: number, lowest: number): void => {
    const { points, at, heap } = query;
    if (lowest > heap.largest) return;
    if (tree.leaf[i] !== 0) {
      const end = tree.ends[i] as number;
      for (let k = tree.starts[i] as number; k < end; k++) {
        const point = order[k] as number;
        heap.push(metric.reduced(points, at, data, point * cols), point);
      }
      return;
    }
    const left = 2 * i + 1;
    const toLeft = bound(points, at, left);
    const toRight = bound(points, at, left + 1);
    if (toLeft <= toRight) {
      visit(query, left, toLeft);
      visit(query, left + 1, toRight);
    } else {
      visit(query, left + 1, toRight);
      visit(query, left, toLeft);
    }
  };
  return {
    width: cols,
    count: rows,
    toDistance: metric.toDistance,
    nearest: (points, at, heap) => visit({ points, at, heap }, 0, bound(points, at, 0)),
    within(points, at, radius): Within {
      const limit = metric.toReduced(radius);
      const indices: number[] = [];
      const distances: number[] = [];
      for (let k = 0; k < rows; k++) {
        const reduced = metric.reduced(points, at, data, k * cols);
        if (reduced > limit) continue;
        indices.push(k);
        distances.push(metric.toDistance(reduced));
      }
      return { indices, distances };
    },
  };
}

/** The least reduced distance from a point to anything in a node. */
type Bound = (points: Float64Array, at: number, node: number) => number;

function kdBound({ bounds, cols, radii }: PointTree, p: number): Bound {
  const upper = radii.length * cols;
  const total =
    p === Number.POSITIVE_INFINITY ? Math.max : (sum: number, d: number) => sum + (p === 2 ? d * d : d ** p);
  return (points, at, node) => {
    let out = 0;
    for (let j = 0, from = node * cols; j < cols; j++, from++) {
      const value = points[at + j] as number;
      const below = (bounds[from] as number) - value;
      const above = value - (bounds[upper + from] as number);
      out = total(out, 0.5 * (below + Math.abs(below) + (above + Math.abs(above))));
    }
    return out;
  };
}

function ballBound({ bounds, cols, radii }: PointTree, metric: Metric): Bound {
  return (points, at, node) => {
    const distance = metric.toDistance(metric.reduced(points, at, bounds, node * cols));
    return metric.toReduced(Math.max(0, distance - (radii[node] as number)));
  };
}

/** Reads the state of a `KDTree` or `BallTree`. */
export function readTree(state: EstimatorState, node: PyObject): PointTree {
  const parts = isNode(node.state) && node.state.kind === 'tuple' ? node.state.items : [];
  const [data, order, nodes, bounds] = parts;
  if (!(data instanceof NdArray && order instanceof NdArray && nodes instanceof NdArray && bounds instanceof NdArray))
    throw malformed(state, 'it has no arrays');
  const [rows = 0, cols = 0] = data.shape;
  const kind = node.cls.name.startsWith('KD') ? 'kd' : 'ball';
  const tree: PointTree = {
    kind,
    rows,
    cols,
    data: data.toFloat64Array(),
    order: order.toInt32Array(),
    starts: nodes.field('idx_start').toFloat64Array(),
    ends: nodes.field('idx_end').toFloat64Array(),
    leaf: nodes.field('is_leaf').toFloat64Array(),
    radii: nodes.field('radius').toFloat64Array(),
    bounds: bounds.toFloat64Array(),
  };
  checkTree(tree, data.ndim, state);
  return tree;
}

function checkTree(tree: PointTree, dimensions: number, state: EstimatorState): void {
  const { kind, rows, cols, order, starts, ends, leaf, bounds } = tree;
  const nodes = leaf.length;
  if (dimensions !== 2 || order.length !== rows) throw malformed(state, `${order.length} places for ${rows} points`);
  if (order.some((point) => point < 0 || point >= rows)) throw malformed(state, 'it names points that are not there');
  if (nodes === 0 || bounds.length !== (kind === 'kd' ? 2 : 1) * nodes * cols)
    throw malformed(state, 'its bounds do not fit its nodes');
  for (let i = 0; i < nodes; i++) {
    if (leaf[i] === 0 && 2 * i + 2 >= nodes) throw malformed(state, `node ${i} has no children`);
    const [start, end] = [starts[i] as number, ends[i] as number];
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end <= rows))
      throw malformed(state, `node ${i} reaches out of its points`);
  }
}

function malformed(state: EstimatorState, what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `${state.describe()}: the tree is damaged: ${what}`);
}
