import type { Dataset } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { analyzerOf } from './analyzer.ts';
import { textEstimator } from './count-vectorizer.ts';
import { normalizeRows } from './csr-rows.ts';
import { documentsOf } from './documents.ts';
import { hashingOf } from './feature-hashing.ts';
import { isFloat32 } from './float-type.ts';

/**
 * Counts of terms in columns by hash, normalised; nothing is learned.
 *
 * Source: sklearn/feature_extraction/text.py, `HashingVectorizer`.
 */
export function hashingVectorizer(state: EstimatorState): Estimator {
  const analyze = analyzerOf(state);
  const hash = hashingOf(state);
  const binary = state.booleanOr('binary', false);
  const float32 = isFloat32(state.get('dtype'));
  const norm = state.optionalString('norm');
  if (norm !== undefined && norm !== 'l1' && norm !== 'l2') throw state.unsupported(`norm="${norm}"`);
  const { className } = state;
  return textEstimator(state, (x): Dataset => {
    const out = hash(documentsOf(x, className).map((text) => analyze(text).map((term) => [term, 1] as const)));
    if (binary) out.data.fill(1);
    if (norm !== undefined) normalizeRows(out, norm, float32);
    return out;
  });
}
