import type { EstimatorTable } from '../base/estimator.ts';
import { pipeline } from './pipeline.ts';

/** Estimators of `sklearn.pipeline`. */
export const PIPELINE: EstimatorTable = new Map([['sklearn.pipeline.Pipeline', pipeline]]);
