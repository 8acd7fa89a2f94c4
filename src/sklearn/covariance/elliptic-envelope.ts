import type { Dataset } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { mahalanobis } from '../base/gaussian-likelihood.ts';

/**
 * The score is `-(x - location_)ᵀ · precision_ · (x - location_)`; the decision subtracts `offset_`; from 0 on a row
 * is an inlier, 1, else an outlier, -1.
 *
 * Source: sklearn/covariance/_elliptic_envelope.py.
 */
export function ellipticEnvelope(state: EstimatorState): Estimator {
  const location = state.vector('location_');
  if (!state.has('precision_')) throw state.unsupported('store_precision=False, which keeps no precision matrix,');
  const precision = state.matrix('precision_');
  const offset = state.number('offset_');
  const width = location.length;
  if (precision.rows !== width || precision.cols !== width)
    throw state.unsupported('a precision that does not fit its location');
  const { className } = state;
  const score = (x: Dataset): Float64Array =>
    mahalanobis(finiteInput(x, width, className), location, precision).map((value) => -value);
  return {
    className,
    task: 'outlier-detection',
    width,
    featureNames: state.featureNames,
    predict: (x) => Int32Array.from(score(x), (value) => (value - offset >= 0 ? 1 : -1)),
    decisionFunction: (x) => score(x).map((value) => value - offset),
    scoreSamples: score,
  };
}
