import type { EstimatorTable } from '../base/estimator.ts';
import { bernoulliNb, categoricalNb, complementNb, multinomialNb } from './discrete-nb.ts';
import { gaussianNb } from './gaussian-nb.ts';

/** Estimators of `sklearn.naive_bayes`. */
export const NAIVE_BAYES: EstimatorTable = new Map([
  ['sklearn.naive_bayes.BernoulliNB', bernoulliNb],
  ['sklearn.naive_bayes.CategoricalNB', categoricalNb],
  ['sklearn.naive_bayes.ComplementNB', complementNb],
  ['sklearn.naive_bayes.GaussianNB', gaussianNb],
  ['sklearn.naive_bayes.MultinomialNB', multinomialNb],
]);
