import { CsrMatrix, type Dataset, toDense } from '../../data/dataset.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { acceptsOfForest } from '../tree/accepts-missing.ts';
import { treeWidth } from '../tree/tree-width.ts';
import { buildForest, leafIndices, memberTrees } from './forest-trees.ts';

/**
 * One column per leaf that training rows reached, 1 where the row reaches it. Sparse unless `sparse_output` is off.
 *
 * Source: sklearn/ensemble/_forest.py, `RandomTreesEmbedding.transform`.
 */
export function randomTreesEmbedding(state: EstimatorState): Estimator {
  const members = memberTrees(state);
  const [first] = members;
  const { className } = state;
  const width = state.width ?? treeWidth(first.state);
  const accepts = acceptsOfForest(state, first.state);
  const forest = buildForest(state, {
    members,
    features: width,
    leafWidth: 1,
    outputs: 1,
    accepts,
    values: ({ tree }) => new Float64Array(tree.count),
  });
  const { columns, starts } = leafColumns(state, members.length);
  const sparse = state.booleanOr('sparse_output', true);
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    byteSize: forest.byteSize,
    transform(x): Dataset {
      checkWidth(x, width, className);
      const leaves = leafIndices(forest, x);
      const indices = Int32Array.from(leaves, (leaf, at) => {
        const column = columns[at % members.length]?.get(leaf);
        if (column === undefined) throw state.unsupported(`leaf ${leaf}, which no training row reached,`);
        return column;
      });
      const indptr = Int32Array.from({ length: x.rows + 1 }, (_, i) => i * members.length);
      const data = new Float64Array(indices.length).fill(1);
      const encoded = new CsrMatrix([x.rows, starts], { indptr, indices, data });
      return sparse ? encoded : toDense(encoded);
    },
  };
}

/** The column of every leaf of every tree, and how many columns there are. */
function leafColumns(
  state: EstimatorState,
  trees: number,
): { readonly columns: readonly ReadonlyMap<number, number>[]; readonly starts: number } {
  const encoder = state.part('one_hot_encoder_');
  const categories = encoder.items('categories_');
  if (categories.length !== trees) throw state.unsupported(`${categories.length} encoded trees of ${trees}`);
  let starts = 0;
  const columns = categories.map((item, i) => {
    const map = new Map<number, number>();
    for (const leaf of encoder.labelsIn(item, `categories_[${i}]`)) map.set(Number(leaf), starts++);
    return map;
  });
  return { columns, starts };
}
