import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { softmaxRows } from '../base/linear-scores.ts';
import { minusRow, times } from '../base/matrix-products.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { linearClassifier, ovrProbabilities } from '../linear_model/linear-classifier.ts';

/** The smallest positive normal float64. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * A linear classifier. Probabilities are the logistic function of the score of two classes, the softmax of more
 * (before 0.21 the logistic functions, normalised). `transform` (not with `solver="lsqr"`) is
 * `(x - xbar_) · scalings_` with `svd`, `x · scalings_` with `eigen`, the first `_max_components` columns.
 *
 * Source: sklearn/discriminant_analysis.py, `LinearDiscriminantAnalysis`.
 */
export function linearDiscriminantAnalysis(state: EstimatorState): Estimator {
  const { classes, scores, estimator } = linearClassifier(state);
  const { className } = state;
  const finite = (x: Dataset): DenseMatrix => finiteInput(x, estimator.width, className);
  const softmax = classes.length > 2 && atLeast(state.version, 0, 21);
  const predictProba = (x: Dataset): DenseMatrix => {
    const decision = scores(finite(x));
    return softmax ? softmaxRows(decision) : ovrProbabilities(decision);
  };
  const least = atLeast(state.version, 0, 24) ? SMALLEST_NORMAL : 0;
  return {
    ...estimator,
    predict: (x) => estimator.predict?.(finite(x)) ?? [],
    decisionFunction: (x) => estimator.decisionFunction?.(finite(x)) ?? new Float64Array(0),
    predictProba,
    predictLogProba(x) {
      const { rows, cols, data } = predictProba(x);
      return new DenseMatrix(
        rows,
        cols,
        data.map((value) => Math.log(value === 0 ? least : value)),
      );
    },
    ...transformOf(state, finite),
  };
}

function transformOf(state: EstimatorState, finite: (x: Dataset) => DenseMatrix): Pick<Estimator, 'transform'> {
  const solver = state.string('solver');
  if (solver === 'lsqr') return {};
  if (solver !== 'svd' && solver !== 'eigen') throw state.unsupported(`solver="${solver}"`);
  const scalings = firstColumns(state.matrix('scalings_'), state.number('_max_components'));
  const mean = solver === 'svd' ? state.vector('xbar_') : undefined;
  return {
    transform(x) {
      const dense = finite(x);
      return times(mean === undefined ? dense : minusRow(dense, mean), scalings);
    },
  };
}

/** All of them where the file says a number that is none. */
function firstColumns(m: DenseMatrix, count: number): DenseMatrix {
  if (!(Number.isSafeInteger(count) && count >= 1 && count < m.cols)) return m;
  const out = new DenseMatrix(m.rows, count);
  for (let i = 0; i < m.rows; i++) out.data.set(m.data.subarray(i * m.cols, i * m.cols + count), i * count);
  return out;
}
