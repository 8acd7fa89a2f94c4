import type { EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import { pipeline } from '../sklearn/pipeline/pipeline.ts';
import { columnSelector, sklearnTransformerWrapper } from './column-selection.ts';
import { cyclicalFeatures, mathFeatures, relativeFeatures } from './created-features.ts';
import { decisionTreeDiscretiser, discretiser } from './discretisers.ts';
import { decisionTreeEncoder, dictionaryEncoder, oneHotEncoder, rareLabelEncoder } from './encoders.ts';
import { addMissingIndicator, dictionaryImputer } from './imputers.ts';
import { outlierCapper, winsorizer } from './outlier-cappers.ts';
import {
  arcSinhTransformer,
  arcsinTransformer,
  boxCoxTransformer,
  logCpTransformer,
  logTransformer,
  meanNormalizationScaler,
  powerTransformer,
  reciprocalTransformer,
  yeoJohnsonTransformer,
} from './transformations.ts';

const SELECTORS =
  'DropConstantFeatures DropCorrelatedFeatures DropDuplicateFeatures DropFeatures DropHighPSIFeatures MRMR ProbeFeatureSelection RecursiveFeatureAddition RecursiveFeatureElimination SelectByInformationValue SelectByShuffling SelectBySingleFeaturePerformance SelectByTargetMeanPerformance SmartCorrelatedSelection';

/** Estimators of `feature_engine`. */
export const FEATURE_ENGINE: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['feature_engine.AddMissingIndicator', addMissingIndicator],
  ['feature_engine.ArbitraryDiscretiser', discretiser],
  ['feature_engine.ArbitraryNumberImputer', dictionaryImputer],
  ['feature_engine.ArbitraryOutlierCapper', outlierCapper],
  ['feature_engine.ArcSinhTransformer', arcSinhTransformer],
  ['feature_engine.ArcsinTransformer', arcsinTransformer],
  ['feature_engine.BoxCoxTransformer', boxCoxTransformer],
  ['feature_engine.CategoricalImputer', dictionaryImputer],
  ['feature_engine.CountFrequencyEncoder', dictionaryEncoder],
  ['feature_engine.CyclicalFeatures', cyclicalFeatures],
  ['feature_engine.DecisionTreeDiscretiser', decisionTreeDiscretiser],
  ['feature_engine.DecisionTreeEncoder', decisionTreeEncoder],
  ['feature_engine.EndTailImputer', dictionaryImputer],
  ['feature_engine.EqualFrequencyDiscretiser', discretiser],
  ['feature_engine.EqualWidthDiscretiser', discretiser],
  ['feature_engine.GeometricWidthDiscretiser', discretiser],
  ['feature_engine.LogCpTransformer', logCpTransformer],
  ['feature_engine.LogTransformer', logTransformer],
  ['feature_engine.MathFeatures', mathFeatures],
  ['feature_engine.MeanEncoder', dictionaryEncoder],
  ['feature_engine.MeanMedianImputer', dictionaryImputer],
  ['feature_engine.MeanNormalizationScaler', meanNormalizationScaler],
  ['feature_engine.OneHotEncoder', oneHotEncoder],
  ['feature_engine.OrdinalEncoder', dictionaryEncoder],
  ['feature_engine.Pipeline', pipeline],
  ['feature_engine.PowerTransformer', powerTransformer],
  ['feature_engine.RareLabelEncoder', rareLabelEncoder],
  ['feature_engine.ReciprocalTransformer', reciprocalTransformer],
  ['feature_engine.RelativeFeatures', relativeFeatures],
  ['feature_engine.SklearnTransformerWrapper', sklearnTransformerWrapper],
  ['feature_engine.Winsorizer', winsorizer],
  ['feature_engine.WoEEncoder', dictionaryEncoder],
  ['feature_engine.YeoJohnsonTransformer', yeoJohnsonTransformer],
  ...SELECTORS.split(' ').map((name): [string, EstimatorConstructor] => [`feature_engine.${name}`, columnSelector]),
]);
