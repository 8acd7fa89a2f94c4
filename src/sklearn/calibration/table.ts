import type { EstimatorTable } from '../base/estimator.ts';
import { calibratedClassifier } from './calibrated-classifier.ts';

/** Estimators of `sklearn.calibration`. */
export const CALIBRATION: EstimatorTable = new Map([
  ['sklearn.calibration.CalibratedClassifierCV', calibratedClassifier],
]);
