import type { Dataset } from '../../data/dataset.ts';
import type { Forest } from '../../kernel/forest.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import type { SklearnTree } from '../tree/sklearn-tree.ts';
import { treeWidth } from '../tree/tree-width.ts';
import { buildForest, memberTrees } from './forest-trees.ts';

const EULER_GAMMA = 0.5772156649015329;

/**
 * Score: `-2 ** -(sum of path lengths / (trees * c(max_samples)))`, where the path to a leaf is lengthened by
 * `c(rows in it)` and `c(n) = 2 (ln(n - 1) + gamma) - 2 (n - 1) / n`. The decision subtracts `offset_`; below 0 the
 * row is an outlier, -1 (0.20 and 0.21 with `behaviour='old'`: below a threshold of its own). Rows are rounded to
 * float32; since 1.6 they may have missing and infinite values.
 *
 * Source: sklearn/ensemble/_iforest.py, `IsolationForest`.
 */
export function isolationForest(state: EstimatorState): Estimator {
  const { className, featureNames } = state;
  const forest = forestOf(state);
  const width = forest.features;
  const samples = state.number(state.firstOf('_max_samples', 'max_samples_'));
  const score = scorer(forest, { width, className, longest: forest.trees * pathLengthOf(state)(samples) });
  const offset = state.number('offset_');
  const threshold = state.optionalString('behaviour') === 'old' ? state.number('_threshold_') : 0;
  const decide = (x: Dataset): Float64Array => score(x).map((value) => value - offset);
  return {
    className,
    task: 'outlier-detection',
    width,
    featureNames,
    byteSize: forest.byteSize,
    predict: (x) => Array.from(decide(x), (value) => (value < threshold ? -1 : 1)),
    decisionFunction: decide,
    scoreSamples: score,
  };
}

function forestOf(state: EstimatorState): Forest {
  const members = memberTrees(state);
  const features = state
    .items('estimators_features_')
    .map((item, i) => Int32Array.from(state.labelsIn(item, `estimators_features_[${i}]`), Number));
  return buildForest(state, {
    members,
    features: state.width ?? treeWidth(members[0].state),
    leafWidth: 1,
    outputs: 1,
    accepts: atLeast(state.version, 1, 6) ? 'any' : 'finite',
    feature: (tree, feature) => features[tree]?.[feature] ?? -1,
    values: ({ tree }) => pathLengths(tree, pathLengthOf(state)),
  });
}

function scorer(
  forest: Forest,
  model: { readonly width: number; readonly className: string; readonly longest: number },
): (x: Dataset) => Float64Array {
  return (x) => {
    checkWidth(x, model.width, model.className);
    const depths = new Float64Array(x.rows);
    forest.addTo(x, depths);
    // One training row: there is nothing to divide by, and the score is that of a path as long as the longest.
    return depths.map((depth) => -(2 ** -(model.longest === 0 ? 1 : depth / model.longest)));
  };
}

/** The average path length of an isolation tree of `n` rows; 0.20 knew neither that of one row nor that of two. */
function pathLengthOf(state: EstimatorState): (n: number) => number {
  return atLeast(state.version, 0, 21)
    ? (n) => (n <= 1 ? 0 : n === 2 ? 1 : averagePathLength(n))
    : (n) => (n <= 1 ? 1 : averagePathLength(n));
}

function averagePathLength(n: number): number {
  return 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n;
}

/** Depth of every node, lengthened by what its rows would have needed. */
function pathLengths(tree: SklearnTree, averageOf: (n: number) => number): Float64Array {
  const { left, right } = tree.splits();
  const samples = tree.samples();
  const out = new Float64Array(tree.count);
  const nodesOnPath = new Int32Array(tree.count);
  nodesOnPath[0] = 1;
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const depth = nodesOnPath[node] as number;
    out[node] = depth + averageOf(samples[node] as number) - 1;
    for (const child of [left[node] as number, right[node] as number]) {
      // A child that is none, or that was reached already, is refused when the forest is built.
      if (child < 0 || child >= tree.count || nodesOnPath[child] !== 0) continue;
      nodesOnPath[child] = depth + 1;
      open.push(child);
    }
  }
  return out;
}
