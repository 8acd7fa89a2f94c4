import type { EstimatorTable } from '../base/estimator.ts';
import { isotonicRegression } from './isotonic-regression.ts';

/** Estimators of `sklearn.isotonic`. */
export const ISOTONIC: EstimatorTable = new Map([['sklearn.isotonic.IsotonicRegression', isotonicRegression]]);
