import { NdArray } from '../../formats/npy/nd-array.ts';
import { PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * The impurity that splits on each feature take away, weighted by their rows; `undefined` for a tree
 * that is one leaf.
 *
 * Source: sklearn/tree/_tree.pyx, `Tree.compute_feature_importances`.
 *
 * @param normalize whether they add up to 1
 */
export function treeImportances(tree: EstimatorState, normalize: boolean): Float64Array | undefined {
  const nodes = tree.ndarray('nodes');
  const field = (name: string): Float64Array => nodes.field(name).toFloat64Array();
  const left = field('left_child');
  if (left.length <= 1) return undefined;
  const right = field('right_child');
  const feature = field('feature');
  const impurity = field('impurity');
  const weight = field('weighted_n_node_samples');
  const loss = (node: number): number => (weight[node] as number) * (impurity[node] as number);
  const out = new Float64Array(widthOf(tree));
  for (let node = 0; node < left.length; node++) {
    const yes = left[node] as number;
    const no = right[node] as number;
    const j = feature[node] as number;
    if (yes < 0 || !(j >= 0 && j < out.length)) continue;
    if (yes >= left.length || no < 0 || no >= left.length) throw tree.unsupported('a tree whose nodes are not there');
    out[j] = (out[j] as number) + loss(node) - loss(yes) - loss(no);
  }
  for (let j = 0; j < out.length; j++) out[j] = (out[j] as number) / (weight[0] as number);
  return normalize ? normalized(out) : out;
}

/** A tree is built from (features, classes, outputs). */
function widthOf(tree: EstimatorState): number {
  const [width] = tree.node.args;
  if (typeof width === 'number') return width;
  throw tree.unsupported('a tree that states no number of features');
}

/**
 * The mean of the trees' importances, normalised.
 *
 * Source: sklearn/ensemble/_forest.py, `BaseForest.feature_importances_`; sklearn/ensemble/_gb.py, the same of boosting,
 * where trees are not normalised each.
 */
export function forestImportances(state: EstimatorState): Float64Array {
  const value = state.get('estimators_');
  const trees: readonly PyValue[] = value instanceof NdArray ? value.objects : state.items('estimators_');
  const boosting = state.className.startsWith('sklearn.ensemble.GradientBoosting');
  if (!boosting && !/Forest|ExtraTrees/.test(state.className))
    throw state.unsupported('importances of an ensemble of this kind');
  let sum: Float64Array | undefined;
  let count = 0;
  for (const [i, tree] of trees.entries()) {
    if (!(tree instanceof PyObject)) throw state.unsupported(`estimators_[${i}] that is no tree`);
    const part = treeImportances(state.partIn(tree, `estimators_[${i}]`).part('tree_'), !boosting);
    if (part === undefined) continue;
    sum ??= new Float64Array(part.length);
    for (let j = 0; j < part.length; j++) sum[j] = (sum[j] as number) + (part[j] as number);
    count += 1;
  }
  if (sum === undefined) return new Float64Array(state.width ?? 0);
  for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) / count;
  return normalized(sum);
}

function normalized(values: Float64Array): Float64Array {
  const total = values.reduce((a, b) => a + b, 0);
  return total > 0 ? values.map((value) => value / total) : values;
}
