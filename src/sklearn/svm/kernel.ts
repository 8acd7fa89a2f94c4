import { type CsrMatrix, DenseMatrix, toDense } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { panelDistances, panelProducts } from '../../kernel/panel-row.ts';
import { type Panels, panelsOfRows } from '../../kernel/panels.ts';
import { isLarge, tiledMatrix } from '../../kernel/tiled-matrix.ts';
import { storedMatrix } from '../base/stored-matrix.ts';

/** Kernel values of one row with every support vector. */
export interface KernelRows {
  /** Features. */
  readonly width: number;
  /** Support vectors. */
  readonly count: number;
  /** Calls `use` with the `count` values of each row of `x`, one row after another; the array may be reused. */
  readonly each: (x: CsrMatrix | DenseMatrix, use: (values: Float64Array) => void) => void;
}

/** Rows whose values are kept at once. */
const BLOCK_ROWS = 64;

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
    const panels = panelsOfRows(vectors);
    return { width, count, each: (x, use) => eachDense(toDense(x), panels, { radial, finish }, use) };
  }
  return { width, count, each: (x, use) => eachSparse(x, vectors, { radial, finish }, use) };
}

/** A kernel: of squared distances or of products. */
interface Form {
  readonly radial: boolean;
  readonly finish: Finish;
}

type Use = (values: Float64Array) => void;

function eachDense(x: DenseMatrix, panels: Panels, { radial, finish }: Form, use: Use): void {
  const { cols } = x;
  const count = panels.cols;
  const finished = (values: Float64Array): Float64Array => {
    for (let k = 0; k < count; k++) values[k] = finish(values[k] as number);
    return values;
  };
  const own = new Float64Array(count);
  for (let row = 0; row < x.rows; row += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, x.rows - row);
    const block = new DenseMatrix(rows, cols, x.data.subarray(row * cols, (row + rows) * cols));
    const tiled = isLarge(rows, panels) ? tiledMatrix(radial ? 'distances' : 'products', block, panels) : undefined;
    for (let i = 0; i < rows; i++) {
      if (tiled !== undefined) use(finished(tiled.data.subarray(i * count, (i + 1) * count)));
      else {
        if (radial) panelDistances(panels, x.data, (row + i) * cols, own);
        else panelProducts(panels, x.data, (row + i) * cols, own);
        use(finished(own));
      }
    }
  }
}

function eachSparse(x: CsrMatrix | DenseMatrix, vectors: CsrMatrix, { radial, finish }: Form, use: Use): void {
  const { rows: count, cols: width } = vectors;
  const scratch = new Float64Array(width);
  const values = new Float64Array(count);
  for (let i = 0; i < x.rows; i++) {
    const row = x.kind === 'dense' ? x.data.subarray(i * width, (i + 1) * width) : spread(x, i, scratch);
    sparseValues(vectors, row, radial, values);
    for (let k = 0; k < count; k++) values[k] = finish(values[k] as number);
    if (x.kind === 'csr') scratch.fill(0);
    use(values);
  }
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
