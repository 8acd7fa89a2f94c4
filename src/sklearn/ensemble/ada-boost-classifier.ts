import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import type { Estimator, Scores } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { logOf } from '../tree/class-outputs.ts';
import { requireFinite } from './columns.ts';
import { softmax } from './raw-scores.ts';

/** The smallest probability that SAMME.R takes the logarithm of. */
const EPSILON = 2 ** -52;

/** Adds what one member says about every row to `[rows, classes]`. */
type Vote = (x: Dataset, scores: Float64Array) => void;

/**
 * A weighted vote, divided by the sum of the weights. SAMME: each member gives its weight to the class that it
 * predicts and, since 1.3, takes a share of it from the others. SAMME.R (where `algorithm` says so; gone in 1.6):
 * `(K - 1) * (log p - mean of log p)`. With two classes the score is the second column minus the first, and
 * probabilities are the softmax of half of it against its negative.
 *
 * Source: sklearn/ensemble/_weight_boosting.py, `AdaBoostClassifier`.
 */
export function adaBoostClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const members = state.estimators('estimators_');
  const weights = state.vector('estimator_weights_').slice();
  const real = state.optionalString('algorithm') === 'SAMME.R' && !atLeast(state.version, 1, 6);
  const against = atLeast(state.version, 1, 3) ? -1 / (classes.length - 1) : 0;
  const votes = members.map((member, i) => {
    const vote = real
      ? realVote(member, classes.length)
      : discreteVote(member, classes, { weight: weights[i] ?? 0, against });
    if (vote === undefined) throw state.unsupported(`${member.className} as a member`);
    return vote;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return assemble(state, { classes, votes, total, width: state.width ?? members[0]?.width });
}

interface Parts {
  readonly classes: readonly Label[];
  readonly votes: readonly Vote[];
  readonly total: number;
  readonly width: number | undefined;
}

function assemble(state: EstimatorState, parts: Parts): Estimator {
  const { className, featureNames } = state;
  const { classes, votes, total, width } = parts;
  const count = classes.length;
  return withMethods(
    {
      className,
      featureNames,
      width,
      classes,
      task: count === 2 ? 'binary-classification' : 'multiclass-classification',
    },
    classes,
    (x) => {
      requireFinite(x, className);
      const scores = new Float64Array(x.rows * count);
      for (const vote of votes) vote(x, scores);
      for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] as number) / total;
      return scores;
    },
  );
}

function withMethods(
  base: Pick<Estimator, 'className' | 'featureNames' | 'width' | 'classes' | 'task'>,
  classes: readonly Label[],
  vote: (x: Dataset) => Float64Array,
): Estimator {
  const count = classes.length;
  const decide = (x: Dataset): Float64Array => {
    const scores = vote(x);
    if (count !== 2) return count === 1 ? new Float64Array(x.rows) : scores;
    return Float64Array.from({ length: x.rows }, (_, i) => -(scores[2 * i] as number) + (scores[2 * i + 1] as number));
  };
  const predictProba = (x: Dataset): DenseMatrix => {
    if (count === 1) return new DenseMatrix(x.rows, 1, new Float64Array(x.rows).fill(1));
    const scores = decide(x);
    if (count === 2) {
      return softmax(
        x.rows,
        2,
        Float64Array.from(
          { length: 2 * x.rows },
          (_, at) => ((at % 2 === 0 ? -1 : 1) * (scores[at >> 1] as number)) / 2,
        ),
      );
    }
    return softmax(
      x.rows,
      count,
      scores.map((score) => score / (count - 1)),
    );
  };
  return {
    ...base,
    predict(x): Prediction[] {
      const scores = decide(x);
      if (count === 2) return Array.from(scores, (score) => classes[score > 0 ? 1 : 0] as Label);
      return Array.from({ length: x.rows }, (_, i) => classes[argmax(scores, i * count, count)] as Label);
    },
    predictProba,
    predictLogProba: (x) => logOf(predictProba(x)),
    decisionFunction: (x): Scores => (count === 2 ? decide(x) : new DenseMatrix(x.rows, count, decide(x))),
  };
}

function discreteVote(
  member: Estimator,
  classes: readonly Label[],
  share: { readonly weight: number; readonly against: number },
): Vote | undefined {
  const predict = member.predict?.bind(member);
  if (predict === undefined) return undefined;
  const count = classes.length;
  const index = new Map(classes.map((label, k) => [label, k]));
  const others = share.against * share.weight;
  return (x, scores) => {
    const labels = predict(x);
    for (let i = 0; i < x.rows; i++) {
      const chosen = index.get(labels[i] as Label);
      for (let k = 0; k < count; k++) {
        const at = i * count + k;
        scores[at] = (scores[at] as number) + (k === chosen ? share.weight : others);
      }
    }
  };
}

function realVote(member: Estimator, count: number): Vote | undefined {
  const predictProba = member.predictProba?.bind(member);
  if (predictProba === undefined || member.classes?.length !== count) return undefined;
  return (x, scores) => {
    const probabilities = predictProba(x);
    if (!('kind' in probabilities)) return;
    const logs = probabilities.data.map((p) => Math.log(Math.max(p, EPSILON)));
    for (let i = 0; i < x.rows; i++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += logs[i * count + k] as number;
      for (let k = 0; k < count; k++) {
        const at = i * count + k;
        scores[at] = (scores[at] as number) + (count - 1) * ((logs[at] as number) - (1 / count) * sum);
      }
    }
  };
}
