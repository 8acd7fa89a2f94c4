import { CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import type { PyValue } from '../../formats/pickle/nodes.ts';
import { PyDict } from '../../formats/pickle/py-dict.ts';
import type { EstimatorState } from './estimator-state.ts';
import { labelOf } from './labels.ts';

/** The weight of a transformer in `transformer_weights`; `undefined` for none. */
export function weightOf(state: EstimatorState, name: PyValue): number | undefined {
  const weights = state.get('transformer_weights');
  const weight = weights instanceof PyDict ? weights.get(name) : undefined;
  return weight === undefined || weight === null ? undefined : Number(labelOf(weight));
}

/** A dataset with every value multiplied. */
export function weighted(x: Dataset, weight: number): Dataset {
  if (x.kind === 'csr') {
    return new CsrMatrix([x.rows, x.cols], {
      indptr: x.indptr,
      indices: x.indices,
      data: x.data.map((value) => value * weight),
    });
  }
  return new DenseMatrix(
    x.rows,
    x.cols,
    toDense(x).data.map((value) => value * weight),
  );
}
