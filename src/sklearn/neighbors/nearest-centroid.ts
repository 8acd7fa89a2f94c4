import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator, Scores } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { argmax } from '../base/labels.ts';
import { flattenBinary } from '../linear_model/linear-classifier.ts';
import { logSoftmaxRows } from '../base/log-softmax.ts';
import { cosineSearch, euclideanSearch, metricSearch } from './brute-search.ts';
import { metricOf } from './metric.ts';
import type { NeighborSearch } from './neighbor-search.ts';
import { NeighborHeap } from './neighbor-heap.ts';

/**
 * The class of the nearest centroid, the first of equals. Since 1.6, where the priors of the classes differ, distances
 * in units of each feature's deviation and the priors decide, and there are scores and probabilities.
 *
 * Source: sklearn/neighbors/_nearest_centroid.py; sklearn/discriminant_analysis.py, `DiscriminantAnalysisPredictionMixin`.
 */
export function nearestCentroid(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const centroids = state.matrix('centroids_');
  const metric = state.get('metric');
  if (typeof metric !== 'string') throw state.unsupported('a function as metric', { attribute: 'metric' });
  const { className } = state;
  const rowsOf = (x: Dataset): DenseMatrix => toDense(finiteRows(x, centroids.cols, className));
  const nearest = nearestTo(searchOf(state, metric, centroids));
  const scores = state.has('class_prior_') ? discriminant(state, metric, centroids) : undefined;
  const priors = state.optionalVector('class_prior_');
  const equal =
    priors === undefined ||
    priors.every((prior) => Math.abs(prior - 1 / classes.length) <= 1e-8 + 1e-5 / classes.length);
  const label = (at: number): Label => classes[at] as Label;
  const predict = (x: Dataset): Label[] => {
    const rows = rowsOf(x);
    if (equal || scores === undefined) return Array.from({ length: rows.rows }, (_, i) => label(nearest(rows, i)));
    const { cols, data } = scores(rows);
    return Array.from({ length: rows.rows }, (_, i) => label(argmax(data, i * cols, cols)));
  };
  const base: Estimator = {
    className,
    task: classTask(classes),
    width: centroids.cols,
    featureNames: state.featureNames,
    classes,
    predict,
  };
  if (scores === undefined || metric !== 'euclidean') return base;
  const decision = (x: Dataset): DenseMatrix => decisionOf(scores(rowsOf(x)));
  const predictLogProba = (x: Dataset): DenseMatrix => logSoftmaxRows(scores(rowsOf(x)));
  return {
    ...base,
    decisionFunction: (x): Scores => flattenBinary(decision(x)),
    predictProba: (x: Dataset) => {
      const { rows, cols, data } = predictLogProba(x);
      return new DenseMatrix(rows, cols, data.map(Math.exp));
    },
    predictLogProba,
  };
}

function searchOf(state: EstimatorState, metric: string, points: DenseMatrix): NeighborSearch {
  if (metric === 'cosine') return cosineSearch(points);
  return metric === 'euclidean'
    ? euclideanSearch(points)
    : metricSearch(points, metricOf(state, metric, new Map())(points.cols));
}

function nearestTo(search: NeighborSearch): (rows: DenseMatrix, i: number) => number {
  const heap = new NeighborHeap(1);
  return (rows, i) => {
    heap.clear();
    search.nearest(rows.data, i * rows.cols, heap);
    return heap.indices[0] as number;
  };
}

/** `-distance² + 2 log prior` of each class, after dividing by the deviations that are not 0. */
function discriminant(
  state: EstimatorState,
  metric: string,
  centroids: DenseMatrix,
): (rows: DenseMatrix) => DenseMatrix {
  const deviations = state.vector('within_class_std_dev_').map((deviation) => deviation || 1);
  const priors = state.vector('class_prior_').map((prior) => 2 * Math.log(prior));
  const scaled = (m: DenseMatrix): DenseMatrix =>
    new DenseMatrix(
      m.rows,
      m.cols,
      m.data.map((value, at) => value / (deviations[at % m.cols] as number)),
    );
  const { rows: count, cols } = centroids;
  const points = scaled(centroids);
  const searches = Array.from({ length: count }, (_, k) =>
    searchOf(state, metric, new DenseMatrix(1, cols, points.data.subarray(k * cols, (k + 1) * cols))),
  );
  return (rows) => {
    const x = scaled(rows);
    const heap = new NeighborHeap(1);
    const out = new DenseMatrix(x.rows, count);
    for (let at = 0; at < out.data.length; at++) {
      const search = searches[at % count] as NeighborSearch;
      heap.clear();
      search.nearest(x.data, Math.floor(at / count) * cols, heap);
      out.data[at] = -(search.toDistance(heap.largest) ** 2) + (priors[at % count] as number);
    }
    return out;
  };
}

/** The difference of the two scores where there are two classes. */
function decisionOf(scores: DenseMatrix): DenseMatrix {
  if (scores.cols !== 2) return scores;
  const { rows, data } = scores;
  return new DenseMatrix(
    rows,
    1,
    Float64Array.from({ length: rows }, (_, i) => (data[2 * i + 1] as number) - (data[2 * i] as number)),
  );
}
