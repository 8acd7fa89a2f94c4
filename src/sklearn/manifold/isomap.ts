import { DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { neighborSearch } from '../neighbors/neighbor-search.ts';
import { eachNeighbors, queryPoints } from '../neighbors/query-points.ts';

/**
 * The shortest ways from a row to every training point over its neighbours, squared, as a kernel for the principal
 * components of the training points.
 *
 * Source: sklearn/manifold/_isomap.py, `Isomap.transform`.
 */
export function isomap(state: EstimatorState): Estimator {
  const neighbors = state.part('nbrs_');
  const search = neighborSearch(neighbors);
  const ways = state.matrix('dist_matrix_');
  const { transform } = state.estimator('kernel_pca_');
  const { className } = state;
  const { count } = search;
  if (transform === undefined || ways.rows !== count || ways.cols !== count)
    throw state.unsupported('distances that do not fit the training points');
  const radius = state.optionalNumber('n_neighbors') === undefined ? state.number('radius') : undefined;
  const each = radius === undefined ? eachNeighbors(neighbors, search, state.number('n_neighbors')) : undefined;
  return {
    className,
    task: 'transformation',
    width: search.width,
    featureNames: state.featureNames,
    transform(x) {
      const kernel = new DenseMatrix(x.rows, count);
      const fill = (row: number, found: { indices: ArrayLike<number>; distances: ArrayLike<number> }): void =>
        fillWays(kernel.data.subarray(row * count, (row + 1) * count), ways, found);
      if (radius === undefined) each?.(x, fill);
      else {
        const points = queryPoints(x, search, className);
        for (let i = 0; i < points.rows; i++) {
          const found = search.within(points.data, i * points.cols, radius);
          if (found.indices.length === 0) throw noNeighbors(i, radius, className);
          fill(i, found);
        }
      }
      return transform(kernel);
    },
  };
}

function fillWays(
  out: Float64Array,
  ways: DenseMatrix,
  { indices, distances }: { readonly indices: ArrayLike<number>; readonly distances: ArrayLike<number> },
): void {
  out.fill(Number.POSITIVE_INFINITY);
  for (let n = 0; n < indices.length; n++) {
    const from = (indices[n] as number) * ways.cols;
    const distance = distances[n] as number;
    for (let j = 0; j < out.length; j++)
      out[j] = Math.min(out[j] as number, (ways.data[from + j] as number) + distance);
  }
  for (let j = 0; j < out.length; j++) out[j] = (out[j] as number) ** 2 * -0.5;
}

function noNeighbors(row: number, radius: number, className: string): InputError {
  return new InputError(
    'ML_INPUT_INVALID',
    `row ${row}: ${className} found no training point within radius ${radius}`,
    { details: { row, radius } },
  );
}
