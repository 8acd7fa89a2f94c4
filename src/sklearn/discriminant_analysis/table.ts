import type { EstimatorTable } from '../base/estimator.ts';
import { linearDiscriminantAnalysis } from './linear-discriminant-analysis.ts';
import { quadraticDiscriminantAnalysis } from './quadratic-discriminant-analysis.ts';

/** Estimators of `sklearn.discriminant_analysis`. */
export const DISCRIMINANT_ANALYSIS: EstimatorTable = new Map([
  ['sklearn.discriminant_analysis.LinearDiscriminantAnalysis', linearDiscriminantAnalysis],
  ['sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis', quadraticDiscriminantAnalysis],
]);
