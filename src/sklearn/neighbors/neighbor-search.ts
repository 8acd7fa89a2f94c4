import type { DenseMatrix } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { storedDense, storedMatrix } from '../base/stored-matrix.ts';
import {
  cosineSearch,
  euclideanSearch,
  metricSearch,
  offerAll,
  offerNetworkSorted,
  offerPartitioned,
  type Select,
} from './brute-search.ts';
import { metricOf } from './metric.ts';
import type { NeighborHeap } from './neighbor-heap.ts';
import { treeSearch } from './tree-search.ts';

const EUCLIDEAN: ReadonlySet<string> = new Set(['euclidean', 'l2']);

/** Metrics that scikit-learn computes as a whole matrix and partitions. */
const PARTITIONED: ReadonlySet<string> = new Set([
  'cosine',
  'dice',
  'hamming',
  'jaccard',
  'mahalanobis',
  'matching',
  'rogerstanimoto',
  'russellrao',
  'sokalmichener',
  'sokalsneath',
]);

/** Finds training points near a point. */
export interface NeighborSearch {
  /** Features. */
  readonly width: number;
  /** Training points. */
  readonly count: number;
  /** Offers training points near the point that starts at `at` to a heap, by reduced distance. */
  readonly nearest: (points: Float64Array, at: number, heap: NeighborHeap) => void;
  /**
   * The same for every row of a matrix, faster: `visit` is given the row and what offers its points to a heap. `false`,
   * and nothing was visited, where there is no such way.
   */
  readonly nearestOfRows?: (points: DenseMatrix, visit: VisitRow) => boolean;
  /** Training points no farther than `radius`, with their distances, in order of index. */
  readonly within: (points: Float64Array, at: number, radius: number) => Within;
  readonly toDistance: (reduced: number) => number;
}

/** Takes the training points near a row: `offer` gives them to a heap. */
export type VisitRow = (row: number, offer: (heap: NeighborHeap) => void) => void;

/** Points within a radius. */
export interface Within {
  readonly indices: readonly number[];
  readonly distances: readonly number[];
}

/**
 * The search of a fitted neighbours estimator: its KD or ball tree as the file has it, else every point.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for precomputed distances and metrics that are functions of the project
 */
export function neighborSearch(state: EstimatorState): NeighborSearch {
  const name = metricName(state);
  const parameters = parametersOf(state.get('effective_metric_params_'));
  const tree = state.get('_tree');
  if (isNode(tree) && tree.kind === 'object') return treeSearch(state, tree, metricOf(state, name, parameters));
  const select = selectionOf(state, name);
  if (name === 'cosine') return cosineSearch(storedMatrix(state, '_fit_X'), select);
  if (EUCLIDEAN.has(name)) return euclideanSearch(storedMatrix(state, '_fit_X'), select);
  const points = storedDense(state, '_fit_X');
  return metricSearch(points, metricOf(state, name, parameters)(points.cols), select);
}

/** How scikit-learn picks among all points; it differs in which of several equally far ones it takes. */
function selectionOf(state: EstimatorState, metric: string): Select {
  const fitted = state.get('_fit_X');
  const doubles = !(fitted instanceof NdArray) || fitted.dtype.name === 'f8';
  if (atLeast(state.version, 1, 1) && doubles && !PARTITIONED.has(metric)) return offerAll;
  // 1.4 is the first version that runs with numpy 2.
  return atLeast(state.version, 1, 4) ? offerNetworkSorted : offerPartitioned;
}

function metricName(state: EstimatorState): string {
  const metric = state.get(state.firstOf('effective_metric_', 'metric'));
  if (typeof metric !== 'string') throw state.unsupported('a function as metric', { attribute: 'metric' });
  return metric;
}

function parametersOf(value: PyValue | undefined): ReadonlyMap<string, PyValue> {
  const out = new Map<string, PyValue>();
  if (!isNode(value) || value.kind !== 'dict') return out;
  for (const [name, parameter] of value) if (typeof name === 'string' && parameter !== null) out.set(name, parameter);
  return out;
}
