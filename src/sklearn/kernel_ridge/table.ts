import type { EstimatorTable } from '../base/estimator.ts';
import { kernelRidge } from './kernel-ridge.ts';

/** Estimators of `sklearn.kernel_ridge`. */
export const KERNEL_RIDGE: EstimatorTable = new Map([['sklearn.kernel_ridge.KernelRidge', kernelRidge]]);
