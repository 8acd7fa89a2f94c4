import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Forest } from '../../kernel/forest.ts';
import type { Prediction } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { acceptsOfForest } from '../tree/accepts-missing.ts';
import { ClassOutputs, logOf, regressionPredictions } from '../tree/class-outputs.ts';
import { nodeProbabilities } from '../tree/leaf-values.ts';
import { treeWidth } from '../tree/tree-width.ts';
import { buildForest, leafIndices, type MemberTree, memberTrees } from './forest-trees.ts';

/**
 * Mean of the trees' class probabilities: added up in float64 in the order of the trees, then divided by their
 * number; the label is that of the largest mean, the first of equals.
 *
 * Source: sklearn/ensemble/_forest.py, `ForestClassifier` (RandomForestClassifier, ExtraTreesClassifier).
 */
export function forestClassifier(state: EstimatorState): Estimator {
  const outputs = new ClassOutputs(state);
  const { forest, base } = build(state, outputs.width, (member) =>
    nodeProbabilities(member.state, member.tree, outputs),
  );
  const mean = meanOf(forest, base);
  const predictProba = (x: Dataset): ReturnType<ClassOutputs['matrices']> => outputs.matrices(x.rows, mean(x));
  return {
    ...base,
    ...outputs.single,
    task: outputs.task,
    predict: (x): Prediction[] => outputs.predict(x.rows, mean(x)),
    predictProba,
    predictLogProba: (x) => logOf(predictProba(x)),
  };
}

/**
 * Mean of the trees' predictions, in float64 in the order of the trees.
 *
 * Source: sklearn/ensemble/_forest.py, `ForestRegressor` (RandomForestRegressor, ExtraTreesRegressor).
 */
export function forestRegressor(state: EstimatorState): Estimator {
  const { forest, base } = build(state, memberTrees(state)[0].tree.outputs, (member) => member.tree.values());
  const mean = meanOf(forest, base);
  return {
    ...base,
    task: 'regression',
    predict: (x): ArrayLike<Prediction> => regressionPredictions(mean(x), forest.outputs),
  };
}

interface ForestBase extends Pick<Estimator, 'className' | 'featureNames' | 'apply' | 'byteSize'> {
  readonly width: number;
}

function build(
  state: EstimatorState,
  leafWidth: number,
  values: (member: MemberTree) => Float64Array,
): { readonly forest: Forest; readonly base: ForestBase } {
  const members = memberTrees(state);
  const [first] = members;
  const { className } = state;
  const width = state.width ?? treeWidth(first.state);
  for (const { state: member, tree } of members) {
    if (tree.outputs !== first.tree.outputs) {
      throw member.unsupported(`a tree with ${tree.outputs} outputs among trees with ${first.tree.outputs}`);
    }
  }
  const accepts = acceptsOfForest(state, first.state);
  const forest = buildForest(state, { members, features: width, leafWidth, outputs: leafWidth, accepts, values });
  const apply = (x: Dataset): DenseMatrix => {
    checkWidth(x, width, className);
    return new DenseMatrix(x.rows, forest.trees, leafIndices(forest, x));
  };
  return { forest, base: { className, width, featureNames: state.featureNames, byteSize: forest.byteSize, apply } };
}

/** The mean over the trees, `[rows, outputs]`. */
function meanOf(forest: Forest, base: ForestBase): (x: Dataset) => Float64Array {
  const { trees, outputs } = forest;
  return (x) => {
    checkWidth(x, base.width, base.className);
    const sums = new Float64Array(x.rows * outputs);
    forest.addTo(x, sums);
    for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) / trees;
    return sums;
  };
}
