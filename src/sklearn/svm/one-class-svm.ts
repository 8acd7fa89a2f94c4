import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { supportSums } from './support-vectors.ts';

/** Novelty detection: 1 for an inlier, where the decision function is above 0, else -1. */
export function oneClassSvm(state: EstimatorState): Estimator {
  const { width, sums } = supportSums(state);
  // Kept as an attribute of its own since 0.20.
  const offset = state.optionalNumber('offset_') ?? -(state.vector('_intercept_')[0] as number);
  return {
    className: state.className,
    task: 'outlier-detection',
    width,
    featureNames: state.featureNames,
    predict: (x) => sums(x).map((value) => (value > 0 ? 1 : -1)),
    decisionFunction: sums,
    scoreSamples: (x) => sums(x).map((value) => value + offset),
  };
}
