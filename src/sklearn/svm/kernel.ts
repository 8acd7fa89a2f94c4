import { type CsrMatrix, type DenseMatrix, toDense } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { storedMatrix } from '../base/stored-matrix.ts';

/** Kernel values of one row with every support vector. */
export interface KernelRows {
  /** Features. */
  readonly width: number;
  /** Support vectors. */
  readonly count: number;
  /** Writes `count` values for row `i` of `x`. */
  readonly fill: (x: CsrMatrix | DenseMatrix, i: number, out: Float64Array) => void;
}

type Finish = (value: number) => number;

/**
 * The kernel of a support vector machine: linear, polynomial, radial or sigmoid.
 *
 * Source: sklearn/svm/src/libsvm/svm.cpp, `Kernel::k_function`.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for precomputed kernels and functions of the project
 */
export function kernelRows(state: EstimatorState): KernelRows {
  const name = state.get('kernel');
  if (typeof name !== 'string') throw state.unsupported('a function as kernel', { attribute: 'kernel' });
  const finish = finishOf(name, state);
  const vectors = storedMatrix(state, 'support_vectors_');
  const radial = name === 'rbf';
  const { rows: count, cols: width } = vectors;
  if (vectors.kind === 'dense') {
    return {
      width,
      count,
      fill(x, i, out) {
        const { data } = toDense(x);
        if (radial) squaredDistances(vectors, data, i, out);
        else products(vectors, data, i, out);
        for (let k = 0; k < count; k++) out[k] = finish(out[k] as number);
      },
    };
  }
  const scratch = new Float64Array(width);
  return {
    width,
    count,
    fill(x, i, out) {
      const row = x.kind === 'dense' ? x.data.subarray(i * width, (i + 1) * width) : spread(x, i, scratch);
      sparseValues(vectors, row, radial, out);
      for (let k = 0; k < count; k++) out[k] = finish(out[k] as number);
      if (x.kind === 'csr') scratch.fill(0);
    },
  };
}

/** What becomes of a product, or of a squared distance for the radial kernel. */
function finishOf(name: string, state: EstimatorState): Finish {
  if (name === 'linear') return (product) => product;
  const gamma = state.number('_gamma');
  switch (name) {
    case 'rbf':
      return (distance) => Math.exp(-gamma * distance);
    case 'poly': {
      const coef0 = state.number('coef0');
      const degree = state.number('degree');
      return (product) => power(gamma * product + coef0, degree);
    }
    case 'sigmoid': {
      const coef0 = state.number('coef0');
      return (product) => Math.tanh(gamma * product + coef0);
    }
    default:
      throw state.unsupported(`kernel="${name}"`);
  }
}

/** Integer powers by repeated squaring, in libsvm's order. */
function power(base: number, degree: number): number {
  let result = 1;
  let square = base;
  for (let left = Math.trunc(degree); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

function products({ rows, cols, data }: DenseMatrix, x: Float64Array, i: number, out: Float64Array): void {
  const start = i * cols;
  for (let k = 0, at = 0; k < rows; k++) {
    let sum = 0;
    for (let j = 0; j < cols; j++, at++) sum += (x[start + j] as number) * (data[at] as number);
    out[k] = sum;
  }
}

function squaredDistances({ rows, cols, data }: DenseMatrix, x: Float64Array, i: number, out: Float64Array): void {
  const start = i * cols;
  for (let k = 0, at = 0; k < rows; k++) {
    let sum = 0;
    for (let j = 0; j < cols; j++, at++) {
      const difference = (x[start + j] as number) - (data[at] as number);
      sum += difference * difference;
    }
    out[k] = sum;
  }
}

/** Row `i` as a dense one. */
function spread(x: CsrMatrix, i: number, into: Float64Array): Float64Array {
  const end = x.indptr[i + 1] as number;
  for (let at = x.indptr[i] as number; at < end; at++) {
    const j = x.indices[at] as number;
    into[j] = (into[j] as number) + (x.data[at] as number);
  }
  return into;
}

/** Products, or squared distances: what the vector does not have adds the square of the row's value. */
function sparseValues(vectors: CsrMatrix, row: Float64Array, radial: boolean, out: Float64Array): void {
  const { rows, indptr, indices, data } = vectors;
  let square = 0;
  if (radial) for (let j = 0; j < row.length; j++) square += (row[j] as number) * (row[j] as number);
  for (let k = 0; k < rows; k++) {
    const end = indptr[k + 1] as number;
    let sum = 0;
    let own = 0;
    for (let at = indptr[k] as number; at < end; at++) {
      const value = row[indices[at] as number] as number;
      const weight = data[at] as number;
      if (radial) {
        const difference = value - weight;
        sum += difference * difference;
        own += value * value;
      } else {
        sum += value * weight;
      }
    }
    out[k] = radial ? sum + Math.max(0, square - own) : sum;
  }
}
