import type { EstimatorState } from '../base/estimator-state.ts';
import { Forest } from '../../kernel/forest.ts';
import type { Accepts, ForestSpec } from '../../kernel/forest-spec.ts';
import { SklearnTree } from '../tree/sklearn-tree.ts';

/** A tree of an ensemble: the state of its estimator and its nodes. */
export interface MemberTree {
  readonly state: EstimatorState;
  readonly tree: SklearnTree;
}

/** The trees in `estimators_`, a list or an array of objects, in row-major order. */
export function memberTrees(ensemble: EstimatorState): readonly [MemberTree, ...MemberTree[]] {
  const members = ensemble.items('estimators_').map((item, i) => {
    const state = ensemble.partIn(item, `estimators_[${i}]`);
    return { state, tree: new SklearnTree(state) };
  });
  const [first, ...rest] = members;
  if (first === undefined) throw ensemble.unsupported('an ensemble without trees');
  return [first, ...rest];
}

/** How the trees of an ensemble become one forest. */
export interface EnsembleTrees {
  readonly members: readonly MemberTree[];
  readonly features: number;
  readonly leafWidth: number;
  readonly outputs: number;
  readonly accepts: Accepts;
  /** First column of the result that a tree adds to. Default 0. */
  column?(tree: number): number;
  /** What its leaves hold, `[nodes, leafWidth]`. */
  values(member: MemberTree, tree: number): Float64Array;
  /** Index of a tree's feature among those of the ensemble. Default: the same. */
  feature?(tree: number, feature: number): number;
}

/** The trees of scikit-learn as a forest: float32 inputs, `x <= threshold`, float64 sums in the order of the trees. */
export function buildForest(ensemble: EstimatorState, trees: EnsembleTrees): Forest {
  const { members, features, leafWidth, outputs, accepts } = trees;
  const spec: ForestSpec = {
    className: ensemble.className,
    features,
    inputs: 'float32',
    rule: 'le',
    leafWidth,
    outputs,
    sums: 'float64',
    accepts,
    trees: members.map(({ tree }, i) => ({ nodes: tree.count, column: trees.column?.(i) ?? 0 })),
    read: (i) => {
      const member = members[i] as MemberTree;
      const splits = member.tree.splits();
      const feature =
        trees.feature === undefined
          ? splits.feature
          : splits.feature.map((j) => (j < 0 ? j : (trees.feature?.(i, j) ?? -1)));
      return { ...splits, feature, values: trees.values(member, i) };
    },
  };
  return Forest.buildLater(spec, (work) => ensemble.later(work));
}

/** Leaf indices as scikit-learn counts them, `[rows, trees]`. */
export function leafIndices(forest: Forest, x: Parameters<Forest['leaves']>[0]): Float64Array {
  return Float64Array.from(forest.leaves(x), (leaf) => forest.leafNodes[leaf] as number);
}
