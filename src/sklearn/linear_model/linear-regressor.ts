import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { linearModel } from './linear-model.ts';

/** Applied to `X · coefᵀ + intercept`: the inverse of a link function. */
export type InverseLink = (value: number) => number;

/**
 * `X · coef_ᵀ + intercept_`; one value per row, or an array per row where it was fitted on a matrix
 * of targets.
 *
 * Source: sklearn/linear_model/_base.py, `LinearModel._decision_function`.
 */
export function linearRegressor(state: EstimatorState, inverseLink?: InverseLink): Estimator {
  const array = state.ndarray('coef_');
  const coef = state.matrix('coef_');
  const intercept = state.has('intercept_') ? state.vector('intercept_') : Float64Array.of(0);
  // LinearSVR keeps a vector but a one-element intercept; only a matrix of targets makes a matrix.
  const several = array.ndim === 2;
  const scoresOf = linearModel(state, coef, intercept);
  return {
    className: state.className,
    task: 'regression',
    width: coef.cols,
    featureNames: state.featureNames,
    predict(x: Dataset): ArrayLike<Prediction> {
      const scores = scoresOf(x);
      if (inverseLink !== undefined)
        for (let i = 0; i < scores.data.length; i++) scores.data[i] = inverseLink(scores.data[i] as number);
      return several ? rowsOf(scores) : scores.data;
    },
  };
}

/** The constructor for regressors without a link. */
export function plainLinearRegressor(state: EstimatorState): Estimator {
  return linearRegressor(state);
}

/** A matrix as an array per row. */
export function rowsOf(m: DenseMatrix): number[][] {
  return Array.from({ length: m.rows }, (_, i) => Array.from(m.data.subarray(i * m.cols, (i + 1) * m.cols)));
}

/**
 * Generalised linear models: the identity or `exp` of the linear score.
 *
 * Source: sklearn/linear_model/_glm/glm.py.
 */
export function generalizedLinearRegressor(state: EstimatorState): Estimator {
  if (!state.className.endsWith('.TweedieRegressor')) return linearRegressor(state, Math.exp);
  const link = state.optionalString('link') ?? 'auto';
  const log = link === 'log' || (link === 'auto' && state.number('power') > 0);
  if (!['auto', 'log', 'identity'].includes(link)) throw state.unsupported(`link="${link}"`);
  return linearRegressor(state, log ? Math.exp : undefined);
}
