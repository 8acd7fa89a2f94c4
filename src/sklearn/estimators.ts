import type { EstimatorConstructor, EstimatorTable } from './base/estimator.ts';
import { FROZEN } from './frozen/table.ts';
import { LINEAR_MODEL } from './linear_model/table.ts';
import { MODEL_SELECTION } from './model_selection/table.ts';
import { PIPELINE } from './pipeline/table.ts';
import { PREPROCESSING } from './preprocessing/table.ts';
import { SVM } from './svm/table.ts';

/** Every estimator that is computed natively, by public class name. */
export const ESTIMATORS: EstimatorTable = new Map<string, EstimatorConstructor>([
  ...FROZEN,
  ...LINEAR_MODEL,
  ...MODEL_SELECTION,
  ...PIPELINE,
  ...PREPROCESSING,
  ...SVM,
]);
