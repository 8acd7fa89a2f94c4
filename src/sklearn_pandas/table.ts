import type { EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import { pipeline } from '../sklearn/pipeline/pipeline.ts';
import { dataFrameMapper } from './dataframe-mapper.ts';
import { numericalTransformer } from './numerical-transformer.ts';

/** Estimators of `sklearn_pandas`. */
export const SKLEARN_PANDAS: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn_pandas.DataFrameMapper', dataFrameMapper],
  ['sklearn_pandas.NumericalTransformer', numericalTransformer],
  ['sklearn_pandas.TransformerPipeline', pipeline],
]);
