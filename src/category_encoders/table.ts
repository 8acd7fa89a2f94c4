import type { EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import { wrapperOf } from '../sklearn/base/wrapper.ts';
import { ordinalEncoder, rankHotEncoder, tableEncoder, targetEncoder } from './code-encoders.ts';
import { countEncoder } from './count-encoder.ts';
import { hashingEncoder } from './hashing-encoder.ts';
import { catBoostEncoder, leaveOneOutEncoder } from './value-encoders.ts';

/** Estimators of `category_encoders`. */
export const CATEGORY_ENCODERS: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['category_encoders.BackwardDifferenceEncoder', tableEncoder],
  ['category_encoders.BaseNEncoder', tableEncoder],
  ['category_encoders.BinaryEncoder', tableEncoder],
  ['category_encoders.CatBoostEncoder', catBoostEncoder],
  ['category_encoders.CountEncoder', countEncoder],
  ['category_encoders.GLMMEncoder', targetEncoder],
  ['category_encoders.GrayEncoder', tableEncoder],
  ['category_encoders.HashingEncoder', hashingEncoder],
  ['category_encoders.HelmertEncoder', tableEncoder],
  ['category_encoders.JamesSteinEncoder', targetEncoder],
  ['category_encoders.LeaveOneOutEncoder', leaveOneOutEncoder],
  ['category_encoders.MEstimateEncoder', targetEncoder],
  ['category_encoders.NestedCVWrapper', (state) => wrapperOf(state, 'feature_encoder')],
  ['category_encoders.OneHotEncoder', tableEncoder],
  ['category_encoders.OrdinalEncoder', ordinalEncoder],
  ['category_encoders.PolynomialEncoder', tableEncoder],
  ['category_encoders.QuantileEncoder', targetEncoder],
  ['category_encoders.RankHotEncoder', rankHotEncoder],
  ['category_encoders.SumEncoder', tableEncoder],
  ['category_encoders.TargetEncoder', targetEncoder],
  ['category_encoders.WOEEncoder', targetEncoder],
]);
