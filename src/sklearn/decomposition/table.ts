import type { EstimatorTable } from '../base/estimator.ts';
import { factorAnalysis } from './factor-analysis.ts';
import { fastIca } from './fast-ica.ts';
import { kernelPca } from './kernel-pca.ts';
import { latentDirichletAllocation } from './latent-dirichlet-allocation.ts';
import { nmf } from './nmf.ts';
import { incrementalPca, pca } from './pca.ts';
import { dictionaryLearning, sparseCoder } from './sparse-coding.ts';
import { sparsePca } from './sparse-pca.ts';
import { truncatedSvd } from './truncated-svd.ts';

/** Estimators of `sklearn.decomposition`. */
export const DECOMPOSITION: EstimatorTable = new Map([
  ['sklearn.decomposition.PCA', pca],
  ['sklearn.decomposition.IncrementalPCA', incrementalPca],
  ['sklearn.decomposition.TruncatedSVD', truncatedSvd],
  ['sklearn.decomposition.FastICA', fastIca],
  ['sklearn.decomposition.FactorAnalysis', factorAnalysis],
  ['sklearn.decomposition.KernelPCA', kernelPca],
  ['sklearn.decomposition.NMF', nmf],
  ['sklearn.decomposition.LatentDirichletAllocation', latentDirichletAllocation],
  ['sklearn.decomposition.DictionaryLearning', dictionaryLearning],
  ['sklearn.decomposition.MiniBatchDictionaryLearning', dictionaryLearning],
  ['sklearn.decomposition.SparseCoder', sparseCoder],
  ['sklearn.decomposition.SparsePCA', sparsePca],
  ['sklearn.decomposition.MiniBatchSparsePCA', sparsePca],
]);
