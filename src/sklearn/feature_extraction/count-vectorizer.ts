import type { CsrMatrix, Dataset } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { analyzerOf } from './analyzer.ts';
import { CsrRows } from './csr-rows.ts';
import { documentsOf } from './documents.ts';
import { isFloat32 } from './float-type.ts';
import { tfidfWeighting } from './tfidf.ts';
import { vocabularyOf } from './vocabulary.ts';

/**
 * How often each term of the vocabulary occurs in each text; sparse.
 *
 * Source: sklearn/feature_extraction/text.py, `CountVectorizer`.
 */
export function countVectorizer(state: EstimatorState): Estimator {
  return textEstimator(state, counter(state));
}

/** The same, weighted and normalised by the TfidfTransformer inside. */
export function tfidfVectorizer(state: EstimatorState): Estimator {
  const count = counter(state);
  const weigh = tfidfWeighting(state.part('_tfidf'));
  const float32 = isFloat32(state.get('dtype'));
  return textEstimator(state, (x) => weigh(count(x), float32));
}

/** An estimator over one column of text. */
export function textEstimator(state: EstimatorState, transform: (x: Dataset) => Dataset): Estimator {
  return { className: state.className, task: 'transformation', width: 1, featureNames: undefined, transform };
}

function counter(state: EstimatorState): (x: Dataset) => CsrMatrix {
  const analyze = analyzerOf(state);
  const { columns, size } = vocabularyOf(state);
  const binary = state.booleanOr('binary', false);
  const { className } = state;
  return (x) => {
    const rows = new CsrRows(size);
    for (const text of documentsOf(x, className)) {
      const terms = analyze(text);
      const found = new Int32Array(terms.length);
      let count = 0;
      for (const term of terms) {
        const column = columns.get(term);
        if (column !== undefined) found[count++] = column;
      }
      rows.addCounts(found.subarray(0, count), binary);
      rows.endRow();
    }
    return rows.matrix();
  };
}
