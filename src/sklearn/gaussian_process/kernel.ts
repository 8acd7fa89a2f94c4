import { DenseMatrix } from '../../data/dataset.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { timesTransposed } from '../base/matrix-products.ts';
import { sumsOfSquares } from '../base/pairwise-distances.ts';
import { kernelOf } from '../base/pairwise-kernels.ts';
import { matern } from './matern.ts';

/** A covariance function. */
export interface Covariance {
  /** Between each row of `x` and each of `y`. */
  readonly between: (x: DenseMatrix, y: DenseMatrix) => DenseMatrix;
  /** The value between any two rows, where it is the same for all. */
  readonly constant?: number;
  /** Of each row with itself. */
  readonly diagonal: (x: DenseMatrix) => Float64Array;
}

/** Kernels are made of kernels at most this deep. */
const MAX_DEPTH = 64;
const PREFIX = 'sklearn.gaussian_process.';

/**
 * The kernels of scikit-learn and their sums, products and powers.
 *
 * Source: sklearn/gaussian_process/kernels.py.
 *
 * @param train rows that most calls have on one side: what can be prepared of them is
 * @throws `ML_FORMAT_UNSUPPORTED` for a kernel of the project's own
 */
export function covarianceOf(state: EstimatorState, train: DenseMatrix, depth = 0): Covariance {
  if (depth > MAX_DEPTH) throw state.unsupported(`a kernel nested more than ${MAX_DEPTH} deep`);
  const inner = (name: string): Covariance => covarianceOf(state.part(name), train, depth + 1);
  switch (state.className) {
    case `${PREFIX}Sum`:
      return combined(inner('k1'), inner('k2'), (a, b) => a + b);
    case `${PREFIX}Product`:
      return combined(inner('k1'), inner('k2'), (a, b) => a * b);
    case `${PREFIX}Exponentiation`: {
      const exponent = state.number('exponent');
      return combined(inner('kernel'), undefined, (a) => a ** exponent);
    }
    case `${PREFIX}ConstantKernel`: {
      const value = state.number('constant_value');
      return { ...everywhere(value), diagonal: filled(value) };
    }
    case `${PREFIX}WhiteKernel`:
      // Noise is of a row with itself only; a row that equals a training row counts as another one.
      return { ...everywhere(0), diagonal: filled(state.number('noise_level')) };
    case `${PREFIX}RBF`:
      return stationary(scaled(state, train), (squared) => Math.exp(-0.5 * squared));
    case `${PREFIX}Matern`:
      return stationary(scaled(state, train), matern(state.number('nu')));
    case `${PREFIX}RationalQuadratic`: {
      const alpha = state.number('alpha');
      const scale = 2 * alpha * state.number('length_scale') ** 2;
      return stationary(unscaled, (squared) => (1 + squared / scale) ** -alpha);
    }
    case `${PREFIX}ExpSineSquared`: {
      const scale = state.number('length_scale');
      const turn = Math.PI / state.number('periodicity');
      return stationary(unscaled, (squared) => Math.exp(-2 * (Math.sin(turn * Math.sqrt(squared)) / scale) ** 2));
    }
    case `${PREFIX}DotProduct`: {
      const sigma = state.number('sigma_0') ** 2;
      return withDiagonal((x, y) => {
        const out = timesTransposed(x, y);
        for (let at = 0; at < out.data.length; at++) out.data[at] = (out.data[at] as number) + sigma;
        return out;
      });
    }
    case `${PREFIX}PairwiseKernel`:
      return pairwiseKernel(state);
    default:
      throw state.unsupported(`the kernel ${state.className}`);
  }
}

function pairwiseKernel(state: EstimatorState): Covariance {
  const given: PyValue | undefined = state.get('pairwise_kernels_kwargs');
  if (isNode(given) && (given.kind !== 'dict' || given.size > 0)) throw state.unsupported('pairwise_kernels_kwargs');
  const parameters = { gamma: state.optionalNumber('gamma'), degree: undefined, coef0: undefined };
  return withDiagonal(kernelOf(state, state.string('metric'), parameters));
}

/** The diagonal by computing each row with itself. */
function withDiagonal(between: Covariance['between']): Covariance {
  const diagonal = (x: DenseMatrix): Float64Array =>
    Float64Array.from({ length: x.rows }, (_, i) => {
      const row = new DenseMatrix(1, x.cols, x.data.subarray(i * x.cols, (i + 1) * x.cols));
      return between(row, row).data[0] as number;
    });
  return { between, diagonal };
}

function filled(value: number): Covariance['diagonal'] {
  return (x) => new Float64Array(x.rows).fill(value);
}

function everywhere(value: number): Pick<Covariance, 'between' | 'constant'> {
  return {
    between: (x, y) => new DenseMatrix(x.rows, y.rows, new Float64Array(x.rows * y.rows).fill(value)),
    constant: value,
  };
}

function combined(a: Covariance, b: Covariance | undefined, f: (left: number, right: number) => number): Covariance {
  const apply = (left: Float64Array, right: Float64Array | undefined): void => {
    for (let at = 0; at < left.length; at++) left[at] = f(left[at] as number, right?.[at] ?? 0);
  };
  return {
    between(x, y) {
      // A matrix of one value need not be there.
      if (a.constant !== undefined && b !== undefined) return applied(b.between(x, y), a.constant, (r, l) => f(l, r));
      const left = a.between(x, y);
      if (b?.constant !== undefined) return applied(left, b.constant, f);
      apply(left.data, b?.between(x, y).data);
      return left;
    },
    diagonal(x) {
      const left = a.diagonal(x);
      apply(left, b?.diagonal(x));
      return left;
    },
  };
}

/** Every value of a matrix with one other, in place. */
function applied(m: DenseMatrix, value: number, f: (own: number, value: number) => number): DenseMatrix {
  const { data } = m;
  for (let at = 0; at < data.length; at++) data[at] = f(data[at] as number, value);
  return m;
}

/** What is done to rows before their distance counts. */
type Scale = (x: DenseMatrix) => DenseMatrix;

const unscaled: Scale = (x) => x;

/** Columns divided by their length scale, or all by the only one. The training rows are divided once. */
function scaled(state: EstimatorState, train: DenseMatrix): Scale {
  const scales = state.vector('length_scale');
  const divided = (x: DenseMatrix): DenseMatrix => {
    const out = new DenseMatrix(x.rows, x.cols);
    for (let i = 0, at = 0; i < x.rows; i++) {
      for (let j = 0; j < x.cols; j++, at++)
        out.data[at] = (x.data[at] as number) / ((scales.length === 1 ? scales[0] : scales[j]) as number);
    }
    return out;
  };
  let known: DenseMatrix | undefined;
  return (x) => (x === train ? (known ??= divided(x)) : divided(x));
}

/** A kernel that is 1 at distance 0. */
function stationary(scale: Scale, f: (squared: number) => number): Covariance {
  return {
    between(x, y) {
      const out = sumsOfSquares(scale(x), scale(y));
      for (let at = 0; at < out.data.length; at++) out.data[at] = f(out.data[at] as number);
      return out;
    },
    diagonal: filled(1),
  };
}
