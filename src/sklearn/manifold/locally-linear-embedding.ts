import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { solvePositive } from '../base/solve-positive.ts';
import { storedDense } from '../base/stored-matrix.ts';
import { neighborSearch } from '../neighbors/neighbor-search.ts';
import { eachNeighbors, queryPoints } from '../neighbors/query-points.ts';

/**
 * The weights with which a row is made of its nearest training points, applied to the places of these.
 *
 * Source: sklearn/manifold/_locally_linear.py, `LocallyLinearEmbedding.transform`, `barycenter_weights`.
 */
export function locallyLinearEmbedding(state: EstimatorState): Estimator {
  const neighbors = state.part('nbrs_');
  const search = neighborSearch(neighbors);
  const training = storedDense(neighbors, '_fit_X');
  const embedding = state.matrix('embedding_');
  const k = state.number('n_neighbors');
  const each = eachNeighbors(neighbors, search, k);
  const regularization = state.number('reg');
  const { className } = state;
  const { width } = search;
  if (embedding.rows !== search.count) throw state.unsupported('an embedding that does not fit the training points');
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x) {
      const points = queryPoints(x, search, className);
      const out = new DenseMatrix(x.rows, embedding.cols);
      each(x, (row, { indices }) => {
        const differences = new Float64Array(k * width);
        for (let n = 0; n < k; n++) {
          const from = (indices[n] as number) * width;
          for (let j = 0; j < width; j++)
            differences[n * width + j] = (training.data[from + j] as number) - (points.data[row * width + j] as number);
        }
        const weights = barycenter(differences, k, regularization);
        for (let n = 0; n < k; n++) {
          for (let c = 0; c < out.cols; c++) {
            const at = row * out.cols + c;
            out.data[at] =
              (out.data[at] as number) +
              (weights[n] as number) * (embedding.data[(indices[n] as number) * out.cols + c] as number);
          }
        }
      });
      return out;
    },
  };
}

/** @param differences `k` rows: a neighbour less the point */
function barycenter(differences: Float64Array, k: number, regularization: number): Float64Array {
  const width = differences.length / k;
  const gram = new Float64Array(k * k);
  let trace = 0;
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      let sum = 0;
      for (let j = 0; j < width; j++)
        sum += (differences[a * width + j] as number) * (differences[b * width + j] as number);
      gram[a * k + b] = sum;
    }
    trace += gram[a * k + a] as number;
  }
  const added = trace > 0 ? regularization * trace : regularization;
  for (let a = 0; a < k; a++) gram[a * k + a] = (gram[a * k + a] as number) + added;
  const weights = solvePositive(gram, new Float64Array(k).fill(1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
