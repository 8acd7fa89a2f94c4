import type { EstimatorTable } from '../base/estimator.ts';
import { partialLeastSquares, plsSvd } from './partial-least-squares.ts';

/** Estimators of `sklearn.cross_decomposition`. */
export const CROSS_DECOMPOSITION: EstimatorTable = new Map([
  ['sklearn.cross_decomposition.PLSRegression', partialLeastSquares],
  ['sklearn.cross_decomposition.PLSCanonical', partialLeastSquares],
  ['sklearn.cross_decomposition.CCA', partialLeastSquares],
  ['sklearn.cross_decomposition.PLSSVD', plsSvd],
]);
