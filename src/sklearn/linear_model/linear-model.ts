import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import { checkWidth } from '../base/columns.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteRows } from '../base/finite-rows.ts';
import { linearScores } from '../base/linear-scores.ts';

/**
 * The function `X · coefᵀ + intercept` of an estimator. Missing and infinite inputs are refused, as scikit-learn
 * does: they would give wrong labels.
 *
 * @param coef `[outputs, features]`
 * @param intercept one value per output, or one for all
 * @throws `ML_FORMAT_MALFORMED` where the two do not fit together; when called `ML_INPUT_FEATURE_COUNT`,
 * `ML_INPUT_MISSING_VALUE`, `ML_INPUT_DTYPE`
 */
export function linearModel(
  state: EstimatorState,
  coef: DenseMatrix,
  intercept: Float64Array,
): (x: Dataset) => DenseMatrix {
  const { className } = state;
  if (intercept.length !== 1 && intercept.length !== coef.rows) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `${state.describe()} has ${coef.rows} rows of coefficients and ${intercept.length} intercepts`,
    );
  }
  return (x) => {
    checkWidth(x, coef.cols, className);
    const scores = linearScores(x, coef, intercept);
    // An input that is not finite makes every score so, whatever its coefficient: only then is a closer look needed.
    if (!scores.data.every(Number.isFinite)) finiteRows(x, coef.cols, className);
    return scores;
  };
}
