import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import { PyDict } from '../../formats/pickle/py-dict.ts';
import type { Label } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';
import { columnOf } from '../base/response.ts';
import { wrapperOf } from '../base/wrapper.ts';

/**
 * A binary classifier whose positive class is predicted from a threshold of its score on. Probabilities
 * and scores are the classifier's own.
 *
 * Source: sklearn/model_selection/_classification_threshold.py, `FixedThresholdClassifier`.
 */
export function fixedThresholdClassifier(state: EstimatorState): Estimator {
  const threshold = state.get('threshold') === 'auto' ? undefined : state.number('threshold');
  const positive = state.get('pos_label') ?? null;
  return thresholdClassifier(state, { threshold, positive: positive === null ? undefined : labelOf(positive) });
}

/** The same with the threshold that was best in training. Source: the same, `TunedThresholdClassifierCV`. */
export function tunedThresholdClassifier(state: EstimatorState): Estimator {
  return thresholdClassifier(state, { threshold: state.number('best_threshold_'), positive: scorerLabel(state) });
}

interface Rule {
  /** `undefined`: 0.5 for probabilities, 0 for other scores. */
  readonly threshold: number | undefined;
  /** `undefined`: the second class. */
  readonly positive: Label | undefined;
}

function thresholdClassifier(state: EstimatorState, { threshold, positive }: Rule): Estimator {
  const inner = wrapperOf(state, state.has('estimator_') ? 'estimator_' : 'estimator');
  const { classes } = inner;
  if (classes?.length !== 2) throw state.unsupported('a classifier of other than two classes');
  const at =
    positive === undefined ? 1 : classes.findIndex((label) => label === positive || Number(label) === Number(positive));
  if (at < 0) throw state.unsupported(`pos_label=${String(positive)}, which is none of the classes,`);
  const { scores, probabilities } = scoresOf(state, inner, at);
  const limit = threshold ?? (probabilities ? 0.5 : 0);
  const positiveLabel = classes[at] as Label;
  const negativeLabel = classes[1 - at] as Label;
  return {
    ...inner,
    predict: (x) => Array.from(scores(x), (score) => (score >= limit ? positiveLabel : negativeLabel)),
  };
}

interface PositiveScores {
  readonly scores: (x: Dataset) => Float64Array;
  readonly probabilities: boolean;
}

/** Scores of the positive class: its probability, or the decision function turned towards it. */
function scoresOf(state: EstimatorState, inner: Estimator, at: number): PositiveScores {
  const method = state.optionalString('response_method') ?? 'auto';
  const { predictProba, decisionFunction } = inner;
  if (predictProba !== undefined && method !== 'decision_function') {
    return { probabilities: true, scores: (x) => columnOf(predictProba(x) as DenseMatrix, at) };
  }
  if (decisionFunction === undefined || method === 'predict_proba')
    throw state.unsupported(`response_method="${method}" of ${inner.className}`);
  return {
    probabilities: false,
    scores(x) {
      const scores = decisionFunction(x);
      const flat = scores instanceof DenseMatrix ? scores.data : scores;
      return at === 1 ? flat : flat.map((score) => -score);
    },
  };
}

/** The positive class of the scorer: its own argument, else what its metric takes, which is 1 or the second class. */
function scorerLabel(state: EstimatorState): Label | undefined {
  const scorer = state.part('_curve_scorer');
  const args = scorer.get('_kwargs');
  const given = args instanceof PyDict ? args.get('pos_label') : undefined;
  if (given !== undefined && given !== null) return labelOf(given);
  const labels = state.part('estimator_').has('classes_') ? state.part('estimator_').labels('classes_') : [];
  const metric = scorer.get('_score_func');
  const known = isNode(metric) && metric.kind === 'global' ? metric.name : undefined;
  if (known === undefined || !SECOND_CLASS.has(known)) {
    // 1 as the first class is the only case in which the default of the metric matters.
    if (labels[0] === 1 && given === undefined)
      throw state.unsupported('a scorer whose positive class the file does not tell');
  }
  return undefined;
}

/** Metrics that take no positive class, so that it is the second one. */
const SECOND_CLASS: ReadonlySet<string> = new Set([
  'balanced_accuracy_score',
  'accuracy_score',
  'matthews_corrcoef',
  'cohen_kappa_score',
]);
