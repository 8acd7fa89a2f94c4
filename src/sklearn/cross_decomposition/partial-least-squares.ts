import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { addToRows, minusRow, times, timesTransposed, transposed } from '../base/matrix-products.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { rowsOf } from '../linear_model/linear-regressor.ts';

/**
 * Regression: `(x - mean) [/ std] · coefficients + intercept`, an array per row but for one-dimensional targets of
 * later versions. `transform`: `(x - mean) / std · x_rotations_`.
 *
 * Source: sklearn/cross_decomposition/_pls.py, `_PLS`.
 */
export function partialLeastSquares(state: EstimatorState): Estimator {
  const { mean, std, standardised } = scalingOf(state);
  const rotations = state.matrix('x_rotations_');
  const loadings = state.matrix('x_loadings_');
  const { coefficients, scaled } = coefficientsOf(state, rotations, std);
  const intercept = state.vector(state.firstOf('intercept_', '_y_mean', 'y_mean_'));
  if (coefficients.rows !== mean.length || coefficients.cols !== intercept.length)
    throw state.unsupported('coefficients that do not fit mean and intercept');
  const flat = state.booleanOr('_predict_1d', false);
  const { className } = state;
  return {
    className,
    task: 'regression',
    width: mean.length,
    featureNames: state.featureNames,
    predict(x) {
      const input = scaled ? standardised(x) : minusRow(finiteInput(x, mean.length, className), mean);
      const out = addToRows(times(input, coefficients), intercept);
      return flat ? out.data : rowsOf(out);
    },
    transform: (x) => times(standardised(x), rotations),
    inverseTransform(x) {
      const out = timesTransposed(finiteInput(x, loadings.cols, className), loadings);
      for (let at = 0; at < out.data.length; at++) {
        const j = at % out.cols;
        out.data[at] = (out.data[at] as number) * (std[j] as number) + (mean[j] as number);
      }
      return out;
    },
  };
}

/**
 * `(x - mean) / std · x_weights_`.
 *
 * Source: sklearn/cross_decomposition/_pls.py, `PLSSVD`.
 */
export function plsSvd(state: EstimatorState): Estimator {
  const { mean, standardised } = scalingOf(state);
  const weights = state.matrix('x_weights_');
  return {
    className: state.className,
    task: 'transformation',
    width: mean.length,
    featureNames: state.featureNames,
    transform: (x) => times(standardised(x), weights),
  };
}

function scalingOf(state: EstimatorState): {
  readonly mean: Float64Array;
  readonly std: Float64Array;
  readonly standardised: (x: Dataset) => DenseMatrix;
} {
  const mean = state.vector(state.firstOf('_x_mean', 'x_mean_'));
  const std = state.vector(state.firstOf('_x_std', 'x_std_'));
  if (mean.length !== std.length) throw state.unsupported('means and deviations that do not fit together');
  const { className } = state;
  const standardised = (x: Dataset): DenseMatrix => {
    const out = minusRow(finiteInput(x, mean.length, className), mean);
    for (let at = 0; at < out.data.length; at++)
      out.data[at] = (out.data[at] as number) / (std[at % out.cols] as number);
    return out;
  };
  return { mean, std, standardised };
}

/**
 * Coefficients as `[features, targets]`, and whether they are for standardised input. They are stored transposed in
 * 1.2 (as `_coef_`) and from 1.3 on; later ones of these are divided by the deviations already. Which it is shows in
 * the rotations and loadings that they are the product of.
 */
function coefficientsOf(
  state: EstimatorState,
  rotations: DenseMatrix,
  std: Float64Array,
): { readonly coefficients: DenseMatrix; readonly scaled: boolean } {
  if (state.has('_coef_')) return { coefficients: transposed(state.matrix('_coef_')), scaled: true };
  const stored = state.matrix('coef_');
  if (!atLeast(state.version, 1, 3)) return { coefficients: stored, scaled: true };
  const coefficients = transposed(stored);
  const loadings = state.matrix('y_loadings_');
  const yStd = state.vector('_y_std');
  const whole = timesTransposed(rotations, loadings);
  if (whole.data.length !== coefficients.data.length || whole.rows !== std.length)
    throw state.unsupported('coefficients that do not fit rotations and loadings');
  let scaledError = 0;
  let dividedError = 0;
  for (const [at, value] of whole.data.entries()) {
    const expected = value * (yStd[at % whole.cols] as number);
    const got = coefficients.data[at] as number;
    scaledError += Math.abs(got - expected);
    dividedError += Math.abs(got - expected / (std[Math.floor(at / whole.cols)] as number));
  }
  return { coefficients, scaled: scaledError < dividedError };
}
