import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { storedDense } from '../base/stored-matrix.ts';
import { kernelRows } from './kernel.ts';

/** The sums of a support vector machine over the rows of a dataset. */
export interface SupportVectors {
  readonly width: number;
  /** One column: `Σ coef · k(x, sv) + intercept`. */
  readonly sums: (x: Dataset) => Float64Array;
}

/** The single sum of regression and of one class. */
export function supportSums(state: EstimatorState): SupportVectors {
  const kernel = kernelRows(state);
  const coef = coefficients(state, 1, kernel.count);
  const intercept = state.vector(state.firstOf('_intercept_', 'intercept_'))[0] ?? 0;
  return {
    width: kernel.width,
    sums(x) {
      const rows = rowsFor(x, state, kernel.width);
      const out = new Float64Array(rows.rows);
      let row = 0;
      kernel.each(rows, (values) => {
        let sum = 0;
        for (let k = 0; k < values.length; k++) sum += (coef.data[k] as number) * (values[k] as number);
        out[row++] = sum + intercept;
      });
      return out;
    },
  };
}

/** The sums of classification, one for each pair of classes. */
export interface PairwiseSums {
  readonly width: number;
  /** `[rows, pairs]`, pairs in the order 0-1, 0-2, ..., 1-2, ...; above 0 speaks for the first class. */
  readonly sums: (x: Dataset) => DenseMatrix;
}

export function pairwiseSums(state: EstimatorState, classes: number): PairwiseSums {
  const kernel = kernelRows(state);
  const coef = coefficients(state, classes - 1, kernel.count);
  const intercepts = state.vector(state.firstOf('_intercept_', 'intercept_'));
  const counts = state.ints(state.firstOf('_n_support', 'n_support_'));
  const pairs = (classes * (classes - 1)) / 2;
  let total = 0;
  const starts = Array.from({ length: classes }, (_, c) => (total += counts[c - 1] ?? 0));
  if (
    counts.length < classes ||
    intercepts.length < pairs ||
    total + (counts[classes - 1] as number) !== kernel.count ||
    counts.some((n) => n < 0)
  ) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `${state.describe()}: numbers of support vectors and intercepts do not fit ${classes} classes`,
    );
  }
  const { data, cols } = coef;
  const addTo = (before: number, values: Float64Array, [row, c]: readonly [number, number]): number => {
    const start = starts[c] as number;
    const end = start + (counts[c] as number);
    let sum = before;
    for (let k = start; k < end; k++) sum += (data[row * cols + k] as number) * (values[k] as number);
    return sum;
  };
  return {
    width: kernel.width,
    sums(x) {
      const rows = rowsFor(x, state, kernel.width);
      const out = new DenseMatrix(rows.rows, pairs);
      let at = 0;
      kernel.each(rows, (values) => {
        for (let a = 0, pair = 0; a < classes; a++) {
          for (let b = a + 1; b < classes; b++, pair++, at++) {
            out.data[at] = addTo(addTo(0, values, [b - 1, a]), values, [a, b]) + (intercepts[pair] as number);
          }
        }
      });
      return out;
    },
  };
}

/** Sparse rows are taken as they are only where the support vectors are sparse too. */
function rowsFor(x: Dataset, state: EstimatorState, width: number): ReturnType<typeof finiteRows> {
  const rows = finiteRows(x, width, state.className);
  return state.booleanOr('_sparse', false) ? rows : toDense(rows);
}

function coefficients(state: EstimatorState, rows: number, count: number): DenseMatrix {
  const coef = storedDense(state, state.firstOf('_dual_coef_', 'dual_coef_'));
  if (coef.cols === count && coef.rows === rows) return coef;
  throw new FormatError(
    'ML_FORMAT_MALFORMED',
    `${state.describe()}: ${coef.rows} by ${coef.cols} coefficients for ${count} support vectors`,
  );
}
