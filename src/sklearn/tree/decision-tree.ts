import type { Dataset } from '../../data/dataset.ts';
import { Forest } from '../../kernel/forest.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { acceptsOfTree } from './accepts-missing.ts';
import { ClassOutputs, logOf, regressionPredictions } from './class-outputs.ts';
import { nodeProbabilities } from './leaf-values.ts';
import { SklearnTree } from './sklearn-tree.ts';
import { treeWidth } from './tree-width.ts';

/**
 * One tree. The label is that of the largest value of the leaf before it becomes a probability, as in scikit-learn.
 *
 * Source: sklearn/tree/_classes.py, `DecisionTreeClassifier`, `ExtraTreeClassifier`.
 */
export function decisionTreeClassifier(state: EstimatorState): Estimator {
  const outputs = new ClassOutputs(state);
  const tree = new SklearnTree(state);
  const { forest, base } = build(state, tree, outputs.width, () => nodeProbabilities(state, tree, outputs));
  const labelsOfLeaf = leafLabels(tree, outputs, forest);
  const predictProba = (x: Dataset): ReturnType<ClassOutputs['matrices']> => {
    checkWidth(x, base.width, base.className);
    const sums = new Float64Array(x.rows * outputs.width);
    forest.addTo(x, sums);
    return outputs.matrices(x.rows, sums);
  };
  return {
    ...base,
    ...outputs.single,
    task: outputs.task,
    predict(x): Prediction[] {
      checkWidth(x, base.width, base.className);
      return Array.from(forest.leaves(x), (leaf) => labelsOfLeaf[leaf] as Prediction);
    },
    predictProba,
    predictLogProba: (x) => logOf(predictProba(x)),
  };
}

/**
 * One tree; the prediction is what the leaf holds, in float64.
 *
 * Source: sklearn/tree/_classes.py, `DecisionTreeRegressor`, `ExtraTreeRegressor`.
 */
export function decisionTreeRegressor(state: EstimatorState): Estimator {
  const tree = new SklearnTree(state);
  const { forest, base } = build(state, tree, tree.outputs, () => tree.values());
  return {
    ...base,
    task: 'regression',
    predict(x): ArrayLike<Prediction> {
      checkWidth(x, base.width, base.className);
      const sums = new Float64Array(x.rows * tree.outputs);
      forest.addTo(x, sums);
      return regressionPredictions(sums, tree.outputs);
    },
  };
}

interface TreeBase extends Pick<Estimator, 'className' | 'featureNames' | 'apply' | 'byteSize'> {
  readonly width: number;
}

// oxlint-disable-next-line max-params -- one tree and what its leaves hold.
function build(
  state: EstimatorState,
  tree: SklearnTree,
  leafWidth: number,
  values: () => Float64Array,
): { readonly forest: Forest; readonly base: TreeBase } {
  const { className } = state;
  const width = treeWidth(state);
  const forest = Forest.build({
    className,
    features: width,
    inputs: 'float32',
    rule: 'le',
    leafWidth,
    outputs: leafWidth,
    sums: 'float64',
    trees: [{ nodes: tree.count, column: 0 }],
    accepts: acceptsOfTree(state),
    read: () => ({ ...tree.splits(), values: values() }),
  });
  const apply = (x: Dataset): Float64Array => {
    checkWidth(x, width, className);
    return Float64Array.from(forest.leaves(x), (leaf) => forest.leafNodes[leaf] as number);
  };
  return { forest, base: { className, width, featureNames: state.featureNames, byteSize: forest.byteSize, apply } };
}

/** What every leaf predicts, by leaf number. */
function leafLabels(tree: SklearnTree, outputs: ClassOutputs, forest: Forest): Prediction[] {
  const values = tree.values();
  return Array.from(forest.leafNodes, (node) => {
    const picked = outputs.labels.map((labels, k) => {
      const at = (node * tree.outputs + k) * tree.stride;
      return labels[argmax(values, at, labels.length)] as Label;
    });
    return outputs.multiple ? picked : (picked[0] as Label);
  });
}
