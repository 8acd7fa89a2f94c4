import { CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { stackColumns, stackSparse } from '../../data/stack-columns.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import { PyDict } from '../../formats/pickle/py-dict.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';

/**
 * Transformers over the same data, results side by side, each times its weight; sparse if one of them is.
 *
 * Source: sklearn/pipeline.py, `FeatureUnion.transform`.
 */
export function featureUnion(state: EstimatorState): Estimator {
  const branches = state.items('transformer_list').flatMap((item, i) => branchOf(state, item, i));
  const named = branches.find(({ estimator }) => estimator?.featureNames !== undefined);
  const sized = branches.find(({ estimator }) => estimator?.width !== undefined);
  return {
    className: state.className,
    task: 'transformation',
    width: state.width ?? sized?.estimator?.width,
    featureNames: state.featureNames ?? named?.estimator?.featureNames,
    transform(x): Dataset {
      const parts = branches.map(({ transform, weight }) => {
        const part = transform(x);
        return weight === undefined ? part : weighted(part, weight);
      });
      return parts.some((part) => part.kind === 'csr') ? stackSparse(parts, x.rows) : stackColumns(parts, x.rows);
    },
  };
}

interface Branch {
  /** `undefined` for data that passes as it is. */
  readonly estimator: Estimator | undefined;
  readonly transform: (x: Dataset) => Dataset;
  readonly weight: number | undefined;
}

function branchOf(state: EstimatorState, item: PyValue, i: number): Branch[] {
  const [name, value] = isNode(item) && (item.kind === 'tuple' || item.kind === 'list') ? item.items : [];
  if (value === null || value === 'drop') return [];
  const weight = weightOf(state, name ?? null);
  if (value === 'passthrough') return [{ estimator: undefined, transform: (x) => x, weight }];
  const estimator = state.child(value ?? null, `transformer_list[${i}](${typeof name === 'string' ? name : i})`);
  const { transform } = estimator;
  if (transform === undefined) throw state.unsupported(`${estimator.className}, which has no transform, in a union`);
  return [{ estimator, transform, weight }];
}

function weightOf(state: EstimatorState, name: PyValue): number | undefined {
  const weights = state.get('transformer_weights');
  const weight = weights instanceof PyDict ? weights.get(name) : undefined;
  return weight === undefined || weight === null ? undefined : Number(labelOf(weight));
}

function weighted(x: Dataset, weight: number): Dataset {
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
