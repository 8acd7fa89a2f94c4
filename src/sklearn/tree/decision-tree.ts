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
  const forest = forestOf(state, tree, nodeProbabilities(state, tree, outputs));
  const base = baseOf(state, forest);
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
  const forest = forestOf(state, tree, tree.values());
  const base = baseOf(state, forest);
  return {
    ...base,
    task: 'regression',
    predict(x): ArrayLike<Prediction> {
      checkWidth(x, base.width, base.className);
      const sums = new Float64Array(x.rows * forest.outputs);
      forest.addTo(x, sums);
      return regressionPredictions(sums, forest.outputs);
    },
  };
}

interface TreeBase extends Pick<Estimator, 'className' | 'featureNames' | 'apply' | 'byteSize'> {
  readonly width: number;
}

function forestOf(state: EstimatorState, tree: SklearnTree, values: Float64Array): Forest {
  const leafWidth = values.length / tree.count;
  return Forest.build({
    className: state.className,
    features: treeWidth(state),
    inputs: 'float32',
    rule: 'le',
    leafWidth,
    outputs: leafWidth,
    sums: 'float64',
    trees: [{ nodes: tree.count, column: 0 }],
    accepts: acceptsOfTree(state),
    read: () => ({ ...tree.splits(), values }),
  });
}

function baseOf(state: EstimatorState, forest: Forest): TreeBase {
  const { className } = state;
  const width = treeWidth(state);
  return {
    className,
    width,
    featureNames: state.featureNames,
    byteSize: forest.byteSize,
    apply: (x) => {
      checkWidth(x, width, className);
      return Float64Array.from(forest.leaves(x), (leaf) => forest.leafNodes[leaf] as number);
    },
  };
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
