import { CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { selectColumns } from '../../data/select-columns.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/** One entry per feature: whether it stays. */
export type SupportMask = readonly boolean[];

/**
 * The features that a mask keeps; the inverse puts zeros where the others were.
 *
 * Source: sklearn/feature_selection/_base.py, `SelectorMixin`.
 */
export function selector(state: EstimatorState, mask: SupportMask): Estimator {
  const kept = Int32Array.from(mask.flatMap((keep, j) => (keep ? [j] : [])));
  const width = mask.length;
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x): Dataset {
      checkWidth(x, width, className);
      return selectColumns(x, kept);
    },
    inverseTransform(x): Dataset {
      checkWidth(x, kept.length, className);
      if (x.kind === 'csr') {
        const indices = x.indices.map((k) => kept[k] as number);
        return new CsrMatrix([x.rows, width], { indptr: x.indptr, indices, data: x.data });
      }
      const { data } = toDense(x);
      const out = new DenseMatrix(x.rows, width);
      for (let i = 0, at = 0; i < x.rows; i++) for (const j of kept) out.data[i * width + j] = data[at++] as number;
      return out;
    },
  };
}
