import type { Dataset } from '../data/dataset.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { Prediction } from '../spec/model.ts';
import { fastExpInPlace } from './fast-exp.ts';
import { externalRaw } from './outputs.ts';
import type { Predictor } from './predictor.ts';
import { predictorBase } from './predictor-base.ts';

/** What a regressor's loss function makes of raw values: e^x, e^2x of the second of two, nothing. */
export type RegressorLink = 'exponent' | 'uncertainty' | 'raw';

/**
 * Source: catboost/python-package/catboost/core.py, `CatBoostRegressor._get_default_prediction_type`.
 *
 * @param loss as it was given to Python, with its parameters
 */
export function regressorLink(loss: string): RegressorLink {
  if (loss.startsWith('Poisson') || loss.startsWith('Tweedie')) return 'exponent';
  return loss === 'RMSEWithUncertainty' ? 'uncertainty' : 'raw';
}

/**
 * `CatBoostRegressor`, and with `raw` `CatBoostRanker` and `CatBoost`: a value per row, or an array of values where
 * there are several.
 */
export function regressorEstimator(predictor: Predictor, className: string, link: RegressorLink): Estimator {
  return { ...predictorBase(predictor, className), task: 'regression', predict: (x) => valuesOf(predictor, x, link) };
}

function valuesOf(predictor: Predictor, x: Dataset, link: RegressorLink): ArrayLike<Prediction> {
  const raw = predictor.raw(x);
  if (predictor.dimensions === 1) {
    if (link === 'exponent') fastExpInPlace(raw);
    return raw;
  }
  const { data, rows, cols } = externalRaw(raw, predictor);
  if (link === 'uncertainty' && cols === 2) {
    const second = Float64Array.from({ length: rows }, (_, row) => 2 * (data[2 * row + 1] as number));
    fastExpInPlace(second);
    for (let row = 0; row < rows; row++) data[2 * row + 1] = second[row] as number;
  }
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * cols, (row + 1) * cols)));
}
