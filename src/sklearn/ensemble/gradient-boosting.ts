import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Forest } from '../../kernel/forest.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { logOf } from '../tree/class-outputs.ts';
import { treeWidth } from '../tree/tree-width.ts';
import { buildForest, leafIndices, memberTrees } from './forest-trees.ts';
import { initialScores } from './gradient-boosting-init.ts';
import { asScores, binaryProbabilities, softmax } from './raw-scores.ts';

/**
 * `init + sum of learning_rate * leaf`, in float64, stage after stage; one column per class, or one for two classes.
 * Probabilities are `expit` (of twice the score for the exponential loss) or softmax. The label of two classes is
 * the second where the score is at least 0 (since 1.4, and with the exponential loss), or where its probability is
 * the larger one.
 *
 * Source: sklearn/ensemble/_gb.py, `GradientBoostingClassifier`; up to 1.3 _gb_losses.py.
 */
export function gradientBoostingClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const exponential = state.optionalString('loss') === 'exponential';
  const { base, raw, outputs } = build(state, true);
  if (classes.length !== (outputs === 1 ? 2 : outputs)) {
    throw state.unsupported(`${outputs} trees a stage for ${classes.length} classes`);
  }
  const byScore = exponential || atLeast(state.version, 1, 4);
  const probabilities = (rows: number, scores: Float64Array): DenseMatrix =>
    outputs === 1 ? binaryProbabilities(scores, exponential ? 2 : 1) : softmax(rows, outputs, scores);
  const predictProba = (x: Dataset): DenseMatrix => probabilities(x.rows, raw(x));
  return {
    ...base,
    task: outputs === 1 ? 'binary-classification' : 'multiclass-classification',
    classes,
    applyGroups: outputs,
    predict(x): Prediction[] {
      const scores = raw(x);
      if (outputs === 1 && byScore) return Array.from(scores, (score) => classes[score >= 0 ? 1 : 0] as Label);
      const { data, cols } = byScore ? new DenseMatrix(x.rows, outputs, scores) : probabilities(x.rows, scores);
      return Array.from({ length: x.rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
    },
    predictProba,
    predictLogProba: (x) => logOf(predictProba(x)),
    decisionFunction: (x) => asScores(x.rows, outputs, raw(x)),
  };
}

/**
 * `init + sum of learning_rate * leaf`, in float64, stage after stage, for every loss.
 *
 * Source: sklearn/ensemble/_gb.py, `GradientBoostingRegressor`.
 */
export function gradientBoostingRegressor(state: EstimatorState): Estimator {
  const { base, raw } = build(state, false);
  return { ...base, task: 'regression', predict: raw };
}

/** `apply` gives `[rows, stages * classes]`; a classifier's has the classes as a dimension of their own. */
interface BoostingBase extends Pick<Estimator, 'className' | 'featureNames' | 'apply' | 'byteSize'> {
  readonly width: number;
}

interface Boosting {
  readonly base: BoostingBase;
  readonly outputs: number;
  /** Raw scores, `[rows, outputs]`. */
  readonly raw: (x: Dataset) => Float64Array;
}

function build(state: EstimatorState, classifier: boolean): Boosting {
  const members = memberTrees(state);
  const [stages = 0, outputs = 1] = state.ndarray('estimators_').shape;
  const { className } = state;
  const width = state.width ?? treeWidth(members[0].state);
  const rate = state.number('learning_rate');
  if (members.some(({ tree }) => tree.outputs !== 1 || tree.stride !== 1) || stages * outputs !== members.length) {
    throw state.unsupported('a stage that is no row of regression trees');
  }
  const forest = buildForest(state, {
    members,
    features: width,
    leafWidth: 1,
    outputs,
    accepts: 'finite',
    column: (tree) => tree % outputs,
    values: ({ tree }) => tree.values().map((value) => rate * value),
  });
  const start = initialScores(state, outputs, classifier);
  return {
    outputs,
    base: {
      className,
      width,
      featureNames: state.featureNames,
      byteSize: forest.byteSize,
      apply: (x) => leafMatrix(forest, x, width, className),
    },
    raw(x): Float64Array {
      checkWidth(x, width, className);
      const raw = new Float64Array(x.rows * outputs);
      start(x, raw);
      forest.addTo(x, raw);
      return raw;
    },
  };
}

// oxlint-disable-next-line max-params -- what a check of the width needs to say.
function leafMatrix(forest: Forest, x: Dataset, width: number, className: string): DenseMatrix {
  checkWidth(x, width, className);
  return new DenseMatrix(x.rows, forest.trees, leafIndices(forest, x));
}
