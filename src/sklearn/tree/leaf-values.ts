import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import type { ClassOutputs } from './class-outputs.ts';
import type { SklearnTree } from './sklearn-tree.ts';

/**
 * Class probabilities of every node, `[nodes, width]`. Up to 1.3 nodes hold weighted counts, which are divided by
 * their sum; from 1.4 on they hold the fractions themselves, which are taken as they are.
 *
 * Source: sklearn/tree/_classes.py, `DecisionTreeClassifier.predict_proba`.
 */
export function nodeProbabilities(owner: EstimatorState, tree: SklearnTree, outputs: ClassOutputs): Float64Array {
  const { labels, starts, width } = outputs;
  if (tree.outputs !== labels.length || labels.some(({ length }) => length > tree.stride)) {
    throw owner.unsupported(`a tree with ${tree.outputs} outputs of ${tree.stride} classes for other classes`);
  }
  const values = tree.values();
  const fractions = atLeast(owner.version, 1, 4);
  if (fractions && labels.length === 1 && labels[0]?.length === tree.stride) return values;
  const out = new Float64Array(tree.count * width);
  for (let node = 0; node < tree.count; node++) {
    for (const [k, { length }] of labels.entries()) {
      const from = (node * tree.outputs + k) * tree.stride;
      const to = node * width + (starts[k] as number);
      const sum = fractions ? 1 : sumOf(values, from, length) || 1;
      for (let c = 0; c < length; c++) out[to + c] = (values[from + c] as number) / sum;
    }
  }
  return out;
}

/** Adds in numpy's order, where eight sums run side by side from eight numbers on (and up to 128). */
function sumOf(values: Float64Array, start: number, length: number): number {
  const parts = new Float64Array(8);
  const whole = length >= 8 ? length - (length % 8) : 0;
  for (let i = 0; i < whole; i++) parts[i & 7] = (parts[i & 7] as number) + (values[start + i] as number);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = parts;
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (let i = whole; i < length; i++) sum += values[start + i] as number;
  return sum;
}
