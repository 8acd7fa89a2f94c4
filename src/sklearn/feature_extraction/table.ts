import type { EstimatorTable } from '../base/estimator.ts';
import { countVectorizer, tfidfVectorizer } from './count-vectorizer.ts';
import { dictVectorizer } from './dict-vectorizer.ts';
import { featureHasher } from './feature-hasher.ts';
import { hashingVectorizer } from './hashing-vectorizer.ts';
import { tfidfTransformer } from './tfidf.ts';

/** Estimators of `sklearn.feature_extraction`. */
export const FEATURE_EXTRACTION: EstimatorTable = new Map([
  ['sklearn.feature_extraction.CountVectorizer', countVectorizer],
  ['sklearn.feature_extraction.DictVectorizer', dictVectorizer],
  ['sklearn.feature_extraction.FeatureHasher', featureHasher],
  ['sklearn.feature_extraction.HashingVectorizer', hashingVectorizer],
  ['sklearn.feature_extraction.TfidfTransformer', tfidfTransformer],
  ['sklearn.feature_extraction.TfidfVectorizer', tfidfVectorizer],
]);
