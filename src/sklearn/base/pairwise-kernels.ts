import { DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { EstimatorState } from './estimator-state.ts';
import { squaredNorms, timesTransposed } from './matrix-products.ts';
import { pairwise, squaredDistances } from './pairwise-distances.ts';

/** Parameters of a kernel; a `gamma` that is not given is 1 / features (1 for chi2). */
export interface KernelParameters {
  readonly gamma: number | undefined;
  readonly degree: number | undefined;
  readonly coef0: number | undefined;
}

/** A kernel matrix, `[rows of x, rows of y]`. */
export type Kernel = (x: DenseMatrix, y: DenseMatrix) => DenseMatrix;

/**
 * A kernel by the name that scikit-learn's `pairwise_kernels` has for it; `precomputed` gives the input itself.
 *
 * Source: sklearn/metrics/pairwise.py.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for any other name
 */
export function kernelOf(state: EstimatorState, name: string, parameters: KernelParameters): Kernel {
  const { degree = 3, coef0 = 1 } = parameters;
  const gammaOf = (x: DenseMatrix): number => parameters.gamma ?? 1 / x.cols;
  const mapped = (m: DenseMatrix, f: (value: number) => number): DenseMatrix => {
    for (let at = 0; at < m.data.length; at++) m.data[at] = f(m.data[at] as number);
    return m;
  };
  switch (name) {
    case 'linear':
      return timesTransposed;
    case 'poly':
    case 'polynomial':
      return (x, y) => {
        const gamma = gammaOf(x);
        return mapped(timesTransposed(x, y), (value) => (value * gamma + coef0) ** degree);
      };
    case 'sigmoid':
      return (x, y) => {
        const gamma = gammaOf(x);
        return mapped(timesTransposed(x, y), (value) => Math.tanh(value * gamma + coef0));
      };
    case 'rbf':
      return (x, y) => {
        const gamma = gammaOf(x);
        return mapped(squaredDistances(x, y), (value) => Math.exp(value * -gamma));
      };
    case 'laplacian':
      return (x, y) => {
        const gamma = gammaOf(x);
        return mapped(pairwise(x, y, manhattan), (value) => Math.exp(-gamma * value));
      };
    case 'cosine':
      return (x, y) => timesTransposed(unitRows(x), unitRows(y));
    case 'additive_chi2':
      return (x, y) => pairwise(notNegative(x, name), notNegative(y, name), additiveChi2);
    case 'chi2':
      return (x, y) => {
        const sums = pairwise(notNegative(x, name), notNegative(y, name), additiveChi2);
        return mapped(sums, (value) => Math.exp(value * (parameters.gamma ?? 1)));
      };
    case 'precomputed':
      return (x) => x;
    default:
      throw state.unsupported(`kernel="${name}"`);
  }
}

/** The parameters that an estimator keeps as attributes of these names. */
export function kernelParameters(state: EstimatorState): KernelParameters {
  return {
    gamma: state.optionalNumber(state.firstOf('gamma_', 'gamma')),
    degree: state.optionalNumber('degree'),
    coef0: state.optionalNumber('coef0'),
  };
}

function manhattan(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += Math.abs((a[j] as number) - (b[j] as number));
  return sum;
}

/** `-sum((a - b)² / (a + b))`; places where both are 0 count nothing. */
function additiveChi2(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) {
    const difference = (a[j] as number) - (b[j] as number);
    const total = (a[j] as number) + (b[j] as number);
    if (total !== 0) sum += (difference * difference) / total;
  }
  return -sum;
}

function notNegative(m: DenseMatrix, name: string): DenseMatrix {
  const at = m.data.findIndex((value) => value < 0);
  if (at === -1) return m;
  throw new InputError(
    'ML_INPUT_INVALID',
    `row ${Math.floor(at / m.cols)}: the ${name} kernel takes no negative values`,
  );
}

/** Rows divided by their Euclidean norm; rows of zeros stay. */
function unitRows(m: DenseMatrix): DenseMatrix {
  const norms = squaredNorms(m).map(Math.sqrt);
  return new DenseMatrix(
    m.rows,
    m.cols,
    m.data.map((value, at) => value / (norms[Math.floor(at / m.cols)] || 1)),
  );
}
