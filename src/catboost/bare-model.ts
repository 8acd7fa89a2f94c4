import type { Estimator } from '../sklearn/base/estimator.ts';
import { classifierEstimator } from './classifier.ts';
import type { Predictor } from './predictor.ts';
import { regressorEstimator, regressorLink } from './regressor.ts';

/** A model file, answering as the class that trains with its loss function does. */
export function bareModel(predictor: Predictor, className: string): Estimator {
  const { classes, loss } = predictor.info;
  return classes === undefined
    ? regressorEstimator(predictor, className, regressorLink(loss))
    : classifierEstimator(predictor, className);
}
