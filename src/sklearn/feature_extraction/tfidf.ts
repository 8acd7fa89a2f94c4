import { type CsrMatrix, type Dataset, toDense } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { CsrRows, normalizeRows, withData } from './csr-rows.ts';

/** Weighs counts; `float32` where the counts are float32 in Python, which then computes in that precision. */
export type Weighting = (counts: CsrMatrix, float32: boolean) => CsrMatrix;

/**
 * Term frequencies times `idf_`, each row normalised.
 *
 * Source: sklearn/feature_extraction/text.py, `TfidfTransformer`.
 */
export function tfidfTransformer(state: EstimatorState): Estimator {
  const weigh = tfidfWeighting(state);
  const width = state.width ?? idfOf(state)?.length;
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x): Dataset {
      if (width !== undefined) checkWidth(x, width, className);
      return weigh(x.kind === 'csr' ? x : nonZeros(x), false);
    },
  };
}

/** The computation of a TfidfTransformer. */
export function tfidfWeighting(state: EstimatorState): Weighting {
  const sublinear = state.booleanOr('sublinear_tf', false);
  const norm = state.optionalString('norm');
  if (norm !== undefined && norm !== 'l1' && norm !== 'l2') throw state.unsupported(`norm="${norm}"`);
  const idf = state.booleanOr('use_idf', true) ? idfOf(state) : undefined;
  return (counts, float32) => {
    const round = float32 ? Math.fround : (value: number): number => value;
    const { indices } = counts;
    if (idf !== undefined && idf.length !== counts.cols) {
      throw new FormatError(
        'ML_FORMAT_MALFORMED',
        `${state.describe()}: ${idf.length} weights for ${counts.cols} terms`,
      );
    }
    const data = counts.data.map((count, k) => {
      const frequency = sublinear ? round(round(Math.log(count)) + 1) : count;
      return idf === undefined ? frequency : round(frequency * (idf[indices[k] as number] as number));
    });
    const out = withData(counts, data);
    if (norm !== undefined) normalizeRows(out, norm, float32);
    return out;
  };
}

/** `idf_`, which versions before 1.4 kept as the diagonal of a sparse matrix. */
function idfOf(state: EstimatorState): Float64Array | undefined {
  if (state.has('idf_')) return state.vector('idf_');
  if (!state.booleanOr('use_idf', true)) return undefined;
  if (!state.has('_idf_diag')) return state.vector('idf_');
  const diagonal = state.part('_idf_diag');
  const data = diagonal.vector('data');
  // A `dia_matrix` has the diagonal as it is; a `csr_matrix` may leave zeros out.
  if (!diagonal.has('indices')) return data;
  const indices = diagonal.ints('indices');
  const size = diagonal.ints('_shape')[0] ?? data.length;
  const out = new Float64Array(Math.max(0, Math.min(size, 2 ** 24)));
  for (const [k, column] of indices.entries()) out[column] = data[k] as number;
  return out;
}

function nonZeros(x: Dataset): CsrMatrix {
  const dense = toDense(x);
  const rows = new CsrRows(dense.cols);
  for (let i = 0, at = 0; i < dense.rows; i++) {
    for (let j = 0; j < dense.cols; j++, at++) {
      const value = dense.data[at] as number;
      if (value !== 0) rows.add(j, value);
    }
    rows.endRow();
  }
  return rows.matrix();
}
