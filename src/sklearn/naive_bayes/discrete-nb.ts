import { CsrMatrix, type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { linearScores } from '../base/linear-scores.ts';
import { matrixList } from '../base/matrix-list.ts';
import { naiveBayes } from './naive-bayes.ts';

/** Counts: `X · feature_log_prob_ᵀ + class_log_prior_`. */
export function multinomialNb(state: EstimatorState): Estimator {
  const logProb = state.matrix('feature_log_prob_');
  const prior = state.vector('class_log_prior_');
  return naiveBayes(state, logProb.cols, (x) =>
    linearScores(finiteRows(x, logProb.cols, state.className), logProb, prior),
  );
}

/** Counts against the other classes; the prior counts only where there is a single class. */
export function complementNb(state: EstimatorState): Estimator {
  const logProb = state.matrix('feature_log_prob_');
  const prior = logProb.rows === 1 ? state.vector('class_log_prior_') : Float64Array.of(0);
  return naiveBayes(state, logProb.cols, (x) =>
    linearScores(finiteRows(x, logProb.cols, state.className), logProb, prior),
  );
}

/** Features that are there or not: above `binarize`, or as they are where that is None. */
export function bernoulliNb(state: EstimatorState): Estimator {
  const logProb = state.matrix('feature_log_prob_');
  const { rows: classes, cols: width } = logProb;
  const absent = logProb.data.map((value) => Math.log(1 - Math.exp(value)));
  const weights = new DenseMatrix(
    classes,
    width,
    logProb.data.map((value, at) => value - (absent[at] as number)),
  );
  const offsets = state.vector('class_log_prior_').map((value, k) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += absent[k * width + j] as number;
    return value + sum;
  });
  const threshold = state.optionalNumber('binarize');
  return naiveBayes(state, width, (x) => {
    const rows = finiteRows(x, width, state.className);
    return linearScores(threshold === undefined ? rows : above(rows, threshold), weights, offsets);
  });
}

function above(x: CsrMatrix | DenseMatrix, threshold: number): CsrMatrix | DenseMatrix {
  const data = x.data.map((value) => Number(value > threshold));
  if (x.kind === 'dense') return new DenseMatrix(x.rows, x.cols, data);
  if (threshold < 0) {
    throw new InputError('ML_INPUT_INVALID', 'sparse rows cannot be binarized at a threshold below 0; pass dense rows');
  }
  return new CsrMatrix([x.rows, x.cols], { indptr: x.indptr, indices: x.indices, data });
}

/** One category code per feature, each with its own log probabilities. */
export function categoricalNb(state: EstimatorState): Estimator {
  const { className } = state;
  const prior = state.vector('class_log_prior_');
  const classes = prior.length;
  const tables = matrixList(state, 'feature_log_prob_');
  return naiveBayes(state, tables.length, (x: Dataset) => {
    const { rows, cols, data } = finiteInput(x, tables.length, className);
    const out = new DenseMatrix(rows, classes);
    for (let i = 0; i < rows; i++) {
      for (const [j, table] of tables.entries()) {
        // scikit-learn takes integers, and cuts off what is behind the point.
        const code = Math.trunc(data[i * cols + j] as number);
        if (code < 0 || code >= table.cols)
          throw unknownCode(code, { row: i, column: j, known: table.cols, className });
        for (let k = 0; k < classes; k++) {
          const at = i * classes + k;
          out.data[at] = (out.data[at] as number) + (table.data[k * table.cols + code] as number);
        }
      }
      for (let k = 0; k < classes; k++)
        out.data[i * classes + k] = (out.data[i * classes + k] as number) + (prior[k] as number);
    }
    return out;
  });
}

function unknownCode(
  code: number,
  context: { readonly row: number; readonly column: number; readonly known: number; readonly className: string },
): InputError {
  const { row, column, known, className } = context;
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, column ${column}: ${className} knows categories 0 to ${known - 1}, got ${code}`,
    {
      details: { row, column },
    },
  );
}
