import type { EstimatorTable } from '../base/estimator.ts';
import { ellipticEnvelope } from './elliptic-envelope.ts';

/** Estimators of `sklearn.covariance`: the one that says something of rows. */
export const COVARIANCE: EstimatorTable = new Map([['sklearn.covariance.EllipticEnvelope', ellipticEnvelope]]);
