import type { Dataset } from '../data/dataset.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import { externalRaw } from './outputs.ts';
import type { Predictor } from './predictor.ts';

/** What every use of a model has: raw values and leaf indices as `apply`. */
export function predictorBase(predictor: Predictor, className: string): Omit<Estimator, 'task'> {
  const { features, featureNames, optionalFeatures, byteSize, dimensions } = predictor;
  return {
    className,
    width: features,
    featureNames,
    ...(featureNames !== undefined && { optionalFeatures }),
    byteSize,
    rawScores: (x: Dataset) => (dimensions === 1 ? predictor.raw(x) : externalRaw(predictor.raw(x), predictor)),
    apply: (x: Dataset) => predictor.leaves(x),
  };
}
