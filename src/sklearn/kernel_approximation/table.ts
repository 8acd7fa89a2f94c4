import type { EstimatorTable } from '../base/estimator.ts';
import { additiveChi2Sampler } from './additive-chi2-sampler.ts';
import { nystroem } from './nystroem.ts';
import { polynomialCountSketch } from './polynomial-count-sketch.ts';
import { rbfSampler, skewedChi2Sampler } from './random-features.ts';

/** Estimators of `sklearn.kernel_approximation`. */
export const KERNEL_APPROXIMATION: EstimatorTable = new Map([
  ['sklearn.kernel_approximation.Nystroem', nystroem],
  ['sklearn.kernel_approximation.RBFSampler', rbfSampler],
  ['sklearn.kernel_approximation.SkewedChi2Sampler', skewedChi2Sampler],
  ['sklearn.kernel_approximation.AdditiveChi2Sampler', additiveChi2Sampler],
  ['sklearn.kernel_approximation.PolynomialCountSketch', polynomialCountSketch],
]);
