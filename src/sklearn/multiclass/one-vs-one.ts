import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { columnOf } from '../base/response.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { binaryScores } from './binary-scores.ts';

/**
 * One binary member per pair of classes. Score of a class: its votes plus `s / (3 (|s| + 1))`, where s is the sum of
 * its members' scores; the largest decides, the first of equals. Before 0.21 the sums were scaled by the largest of the
 * whole batch, so that scores of a row depend on the rows beside it.
 *
 * Source: sklearn/multiclass.py, `OneVsOneClassifier`; sklearn/utils/multiclass.py, `_ovr_decision_function`.
 */
export function oneVsOneClassifier(state: EstimatorState): Estimator {
  if (state.has('pairwise_indices_')) throw state.unsupported('members fitted on a precomputed kernel');
  const classes = state.labels('classes_');
  const count = classes.length;
  const estimators = state.estimators('estimators_');
  if (estimators.length !== (count * (count - 1)) / 2)
    throw state.unsupported(`${estimators.length} members for ${count} classes`);
  const members = estimators.map((estimator) => {
    const { predict } = estimator;
    if (predict === undefined) throw state.unsupported(`${estimator.className} as a member, which has no predict,`);
    return { predict, ...binaryScores(state, estimator) };
  });
  const votes = (x: Dataset): DenseMatrix =>
    pairScores(
      members.map((member) => ({ labels: member.predict(x), scores: member.scores(x) })),
      { rows: x.rows, count, squash: atLeast(state.version, 0, 21) ? eachSquashed : scaledByLargest },
    );
  // Before 1.1 it was 0 whatever the members' scores are.
  const threshold = atLeast(state.version, 1, 1) ? (members[0]?.threshold ?? 0) : 0;
  return {
    className: state.className,
    task: classTask(classes),
    width: state.width ?? estimators[0]?.width,
    featureNames: state.featureNames ?? estimators[0]?.featureNames,
    classes,
    predict(x) {
      const { rows, cols, data } = votes(x);
      return Array.from({ length: rows }, (_, i) => {
        const index = count === 2 ? Number((data[2 * i + 1] as number) > threshold) : argmax(data, i * cols, cols);
        return classes[index] as Label;
      });
    },
    decisionFunction: (x) => (count === 2 ? columnOf(votes(x), 1) : votes(x)),
  };
}

interface PairResult {
  readonly labels: ArrayLike<unknown>;
  readonly scores: Float64Array;
}

function pairScores(
  results: readonly PairResult[],
  { rows, count, squash }: { readonly rows: number; readonly count: number; readonly squash: Squash },
): DenseMatrix {
  const votes = new DenseMatrix(rows, count);
  const sums = new Float64Array(rows * count);
  let pair = 0;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const { labels, scores } = results[pair++] as PairResult;
      for (let i = 0; i < rows; i++) {
        const score = scores[i] as number;
        sums[i * count + a] = (sums[i * count + a] as number) - score;
        sums[i * count + b] = (sums[i * count + b] as number) + score;
        // Members say 0 for the first class of the pair and 1 for the second.
        const label = Number(labels[i]);
        const winner = label === 0 ? a : label === 1 ? b : -1;
        if (winner >= 0) votes.data[i * count + winner] = (votes.data[i * count + winner] as number) + 1;
      }
    }
  }
  squash(sums);
  for (const [at, sum] of sums.entries()) votes.data[at] = (votes.data[at] as number) + sum;
  return votes;
}

/** Brings sums into a range that breaks ties of votes and outweighs none. In place. */
type Squash = (sums: Float64Array) => void;

function eachSquashed(sums: Float64Array): void {
  for (const [at, sum] of sums.entries()) sums[at] = sum / (3 * (Math.abs(sum) + 1));
}

function scaledByLargest(sums: Float64Array): void {
  let [max, min] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const sum of sums) [max, min] = [Math.max(max, sum), Math.min(min, sum)];
  const scale = max === min ? 0 : (0.5 - Number.EPSILON) / Math.max(Math.abs(max), Math.abs(min));
  for (const [at, sum] of sums.entries()) sums[at] = sum * scale;
}
