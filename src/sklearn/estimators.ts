import type { EstimatorConstructor, EstimatorTable } from './base/estimator.ts';
import { LINEAR_MODEL } from './linear_model/table.ts';
import { PIPELINE } from './pipeline/table.ts';
import { PREPROCESSING } from './preprocessing/table.ts';
import { SVM } from './svm/table.ts';

/** Every estimator that is computed natively, by public class name. */
export const ESTIMATORS: EstimatorTable = new Map<string, EstimatorConstructor>([
  ...LINEAR_MODEL,
  ...PIPELINE,
  ...PREPROCESSING,
  ...SVM,
]);
