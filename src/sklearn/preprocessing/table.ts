import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { functionTransformer } from './function-transformer.ts';
import { kBinsDiscretizer } from './k-bins-discretizer.ts';
import { kernelCenterer } from './kernel-centerer.ts';
import { labelBinarizer, multiLabelBinarizer } from './label-binarizer.ts';
import { labelEncoder } from './label-encoder.ts';
import { oneHotEncoder } from './one-hot-encoder.ts';
import { ordinalEncoder } from './ordinal-encoder.ts';
import { polynomialFeatures } from './polynomial-features.ts';
import { powerTransformer } from './power-transformer.ts';
import { quantileTransformer } from './quantile-transformer.ts';
import { binarizer, maxAbsScaler, minMaxScaler, normalizer, robustScaler } from './scalers.ts';
import { splineTransformer } from './spline-transformer.ts';
import { standardScaler } from './standard-scaler.ts';
import { targetEncoder } from './target-encoder.ts';

/** Estimators of `sklearn.preprocessing`. */
export const PREPROCESSING: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.preprocessing.Binarizer', binarizer],
  ['sklearn.preprocessing.FunctionTransformer', functionTransformer],
  ['sklearn.preprocessing.KBinsDiscretizer', kBinsDiscretizer],
  ['sklearn.preprocessing.KernelCenterer', kernelCenterer],
  ['sklearn.preprocessing.LabelBinarizer', labelBinarizer],
  ['sklearn.preprocessing.LabelEncoder', labelEncoder],
  ['sklearn.preprocessing.MaxAbsScaler', maxAbsScaler],
  ['sklearn.preprocessing.MinMaxScaler', minMaxScaler],
  ['sklearn.preprocessing.MultiLabelBinarizer', multiLabelBinarizer],
  ['sklearn.preprocessing.Normalizer', normalizer],
  ['sklearn.preprocessing.OneHotEncoder', oneHotEncoder],
  ['sklearn.preprocessing.OrdinalEncoder', ordinalEncoder],
  ['sklearn.preprocessing.PolynomialFeatures', polynomialFeatures],
  ['sklearn.preprocessing.PowerTransformer', powerTransformer],
  ['sklearn.preprocessing.QuantileTransformer', quantileTransformer],
  ['sklearn.preprocessing.RobustScaler', robustScaler],
  ['sklearn.preprocessing.SplineTransformer', splineTransformer],
  ['sklearn.preprocessing.StandardScaler', standardScaler],
  ['sklearn.preprocessing.TargetEncoder', targetEncoder],
]);
