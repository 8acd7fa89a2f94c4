import { CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { acceptsOfForest } from '../tree/accepts-missing.ts';
import { treeWidth } from '../tree/tree-width.ts';
import { buildForest, leafIndices, type MemberTree, memberTrees } from './forest-trees.ts';

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
  const { columns, count } = leafColumns(state, members);
  const sparse = state.booleanOr('sparse_output', true);
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    byteSize: forest.byteSize,
    apply(x): DenseMatrix {
      checkWidth(x, width, className);
      return new DenseMatrix(x.rows, forest.trees, leafIndices(forest, x));
    },
    transform(x): Dataset {
      checkWidth(x, width, className);
      const { trees } = forest;
      const leaves = leafIndices(forest, x);
      const indices = Int32Array.from(leaves, (leaf, at) => columns[at % trees]?.[leaf] as number);
      const indptr = Int32Array.from({ length: x.rows + 1 }, (_, i) => i * trees);
      const data = new Float64Array(indices.length).fill(1);
      const encoded = new CsrMatrix([x.rows, count], { indptr, indices, data });
      return sparse ? encoded : toDense(encoded);
    },
  };
}

/** The column of every leaf by node index, for every tree, and how many columns there are. */
function leafColumns(
  state: EstimatorState,
  members: readonly MemberTree[],
): { readonly columns: readonly Int32Array[]; readonly count: number } {
  const encoder = state.part('one_hot_encoder_');
  const categories = encoder.items('categories_');
  let count = 0;
  const columns = members.map(({ tree }, i) => {
    const columnOf = new Int32Array(tree.count).fill(-1);
    for (const leaf of encoder.labelsIn(categories[i] ?? null, `categories_[${i}]`)) columnOf[Number(leaf)] = count++;
    if (tree.splits().left.some((child, node) => child < 0 && columnOf[node] === -1)) {
      throw state.unsupported('a leaf that is not encoded');
    }
    return columnOf;
  });
  return { columns, count };
}
