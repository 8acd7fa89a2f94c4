import type { EstimatorConstructor, EstimatorTable } from './base/estimator.ts';
import { PIPELINE } from './pipeline/table.ts';
import { PREPROCESSING } from './preprocessing/table.ts';

/** Every estimator that is computed natively, by public class name. */
export const ESTIMATORS: EstimatorTable = new Map<string, EstimatorConstructor>([...PIPELINE, ...PREPROCESSING]);
