import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { stackColumns } from '../../data/stack-columns.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { requirePredict, requireProba } from './members.ts';

/**
 * Soft: the weighted mean of the members' probabilities. Hard: the class with the largest sum of the weights of the
 * members that predict it. The first of equals; members know classes by their index.
 *
 * Source: sklearn/ensemble/_voting.py, `VotingClassifier`.
 */
export function votingClassifier(state: EstimatorState): Estimator {
  const classes = state.has('classes_') ? state.labels('classes_') : state.part('le_').labels('classes_');
  const members = state.estimators('estimators_');
  const weights = weightsOf(state, members.length);
  const base = {
    className: state.className,
    task: classes.length === 2 ? 'binary-classification' : 'multiclass-classification',
    width: state.width ?? members[0]?.width,
    featureNames: state.featureNames ?? members[0]?.featureNames,
    classes,
  } as const;
  if (state.string('voting') === 'soft') {
    const sources = members.map((member) => requireProba(state, member));
    return soft(base, { sources, weights, flat: state.booleanOr('flatten_transform', true) });
  }
  return hard(
    base,
    members.map((member) => requirePredict(state, member)),
    weights,
  );
}

/**
 * The weighted mean of the members' predictions.
 *
 * Source: sklearn/ensemble/_voting.py, `VotingRegressor`.
 */
export function votingRegressor(state: EstimatorState): Estimator {
  const members = state.estimators('estimators_');
  const weights = weightsOf(state, members.length);
  const predicts = members.map((member) => requirePredict(state, member));
  return {
    className: state.className,
    task: 'regression',
    width: state.width ?? members[0]?.width,
    featureNames: state.featureNames ?? members[0]?.featureNames,
    ...regressorMethods(predicts, weights),
  };
}

type ClassifierBase = Pick<Estimator, 'className' | 'task' | 'width' | 'featureNames'> & {
  readonly classes: readonly Label[];
};

/** Weights of the members that were not dropped; undefined where all count the same. */
function weightsOf(state: EstimatorState, count: number): readonly number[] | undefined {
  if (!state.has('weights')) return undefined;
  const weights = state.vector('weights');
  const kept = state.items('estimators').map((item) => !dropped(item));
  const out = [...weights].filter((_, i) => kept[i]);
  if (kept.length !== weights.length || out.length !== count) {
    throw state.unsupported(`${weights.length} weights for ${count} members`);
  }
  return out;
}

function dropped(item: PyValue): boolean {
  if (!isNode(item) || item.kind !== 'tuple') return false;
  const estimator = item.items[1];
  return estimator === 'drop' || estimator === null;
}

/** `sum(values * weights) / sum(weights)`, or the mean. */
function average(values: readonly Float64Array[], weights: readonly number[] | undefined): Float64Array {
  const out = new Float64Array(values[0]?.length ?? 0);
  for (const [m, one] of values.entries()) {
    const weight = weights?.[m] ?? 1;
    for (let at = 0; at < out.length; at++) out[at] = (out[at] as number) + (one[at] as number) * weight;
  }
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? values.length;
  return out.map((sum) => sum / total);
}

function soft(
  base: ClassifierBase,
  voters: {
    readonly sources: readonly NonNullable<Estimator['predictProba']>[];
    readonly weights: readonly number[] | undefined;
    readonly flat: boolean;
  },
): Estimator {
  const { sources, weights, flat } = voters;
  const collect = (x: Dataset): DenseMatrix[] =>
    sources.map((predictProba) => {
      const probabilities = predictProba(x);
      return 'kind' in probabilities ? probabilities : new DenseMatrix(0, 0);
    });
  const predictProba = (x: Dataset): DenseMatrix =>
    new DenseMatrix(
      x.rows,
      base.classes.length,
      average(
        collect(x).map(({ data }) => data),
        weights,
      ),
    );
  return {
    ...base,
    predict(x): Prediction[] {
      const { data, cols } = predictProba(x);
      return Array.from({ length: x.rows }, (_, i) => base.classes[argmax(data, i * cols, cols)] as Label);
    },
    predictProba,
    // Not flat it would have three dimensions, which nothing that follows takes.
    ...(flat && { transform: (x: Dataset) => stackColumns(collect(x), x.rows) }),
  };
}

function hard(
  base: ClassifierBase,
  predicts: readonly NonNullable<Estimator['predict']>[],
  weights: readonly number[] | undefined,
): Estimator {
  return {
    ...base,
    predict(x): Prediction[] {
      const predictions = predicts.map((predict) => predict(x));
      return Array.from({ length: x.rows }, (_, i) => {
        const votes = new Float64Array(base.classes.length);
        for (const [m, labels] of predictions.entries()) {
          const k = Number(labels[i]);
          votes[k] = (votes[k] as number) + (weights?.[m] ?? 1);
        }
        return base.classes[argmax(votes, 0, votes.length)] as Label;
      });
    },
    transform: (x) => predictionColumns(x, predicts),
  };
}

function regressorMethods(
  predicts: readonly NonNullable<Estimator['predict']>[],
  weights: readonly number[] | undefined,
): Pick<Estimator, 'predict' | 'transform'> {
  return {
    predict: (x) =>
      average(
        predicts.map((predict) => Float64Array.from(predict(x), Number)),
        weights,
      ),
    transform: (x) => predictionColumns(x, predicts),
  };
}

function predictionColumns(x: Dataset, predicts: readonly NonNullable<Estimator['predict']>[]): Dataset {
  return stackColumns(
    predicts.map((predict) => new DenseMatrix(x.rows, 1, Float64Array.from(predict(x), Number))),
    x.rows,
  );
}
