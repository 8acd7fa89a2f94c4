import type { Dataset } from '../../data/dataset.ts';
import { stackColumns, stackSparse } from '../../data/stack-columns.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { weighted, weightOf } from '../base/transformer-weights.ts';

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
