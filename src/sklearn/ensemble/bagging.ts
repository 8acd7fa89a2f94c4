import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator, Scores } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { logOf, regressionPredictions } from '../tree/class-outputs.ts';
import { memberColumns } from './columns.ts';
import { requirePredict } from './members.ts';

/**
 * Mean of the members' probabilities, each from the features that the member was fitted with; a member without
 * probabilities votes. Members know classes by their index, and maybe not all of them.
 *
 * Source: sklearn/ensemble/_bagging.py, `BaggingClassifier`.
 */
export function baggingClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const { base, members, divisor } = readMembers(state);
  const adders = addersOf(state, members, classes.length);
  const predictProba = meanProbabilities(base, adders, { count: classes.length, divisor });
  const logs = members.every(({ estimator }) => estimator.predictLogProba !== undefined)
    ? logMean(base, members, { count: classes.length, divisor })
    : (x: Dataset): DenseMatrix => logOf(predictProba(x)) as DenseMatrix;
  const decisions = members.every(({ estimator }) => estimator.decisionFunction !== undefined);
  return {
    ...base,
    task: classes.length === 2 ? 'binary-classification' : 'multiclass-classification',
    classes,
    predict(x): Prediction[] {
      const { data, cols } = predictProba(x);
      return Array.from({ length: x.rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
    },
    predictProba,
    predictLogProba: logs,
    ...(decisions && { decisionFunction: meanDecision(base, members, divisor) }),
  };
}

/**
 * Mean of the members' predictions, each from the features that the member was fitted with.
 *
 * Source: sklearn/ensemble/_bagging.py, `BaggingRegressor`.
 */
export function baggingRegressor(state: EstimatorState): Estimator {
  const { base, members, divisor } = readMembers(state);
  const predicts = members.map(({ estimator, columns }) => {
    const predict = requirePredict(state, estimator);
    return { predict, columns };
  });
  return { ...base, task: 'regression', predict: meanPrediction(base, predicts, divisor) };
}

interface Member {
  readonly estimator: Estimator;
  readonly columns: Int32Array;
}

interface Base extends Pick<Estimator, 'className' | 'featureNames'> {
  readonly width: number;
}

function readMembers(state: EstimatorState): {
  readonly base: Base;
  readonly members: readonly Member[];
  readonly divisor: number;
} {
  const estimators = state.estimators('estimators_');
  const features = state.items('estimators_features_');
  const width = state.width;
  if (width === undefined || estimators.length === 0 || features.length !== estimators.length) {
    throw state.unsupported(`${estimators.length} members with ${features.length} sets of features`);
  }
  const members = estimators.map((estimator, i) => {
    const columns = Int32Array.from(state.labelsIn(features[i] ?? null, `estimators_features_[${i}]`), Number);
    if (columns.some((column) => column < 0 || column >= width)) throw state.unsupported('a feature beyond the input');
    return { estimator, columns };
  });
  const { className, featureNames } = state;
  return { base: { className, width, featureNames }, members, divisor: state.number('n_estimators') };
}

/** Adds a member's probabilities to `[rows, classes]`. */
type Adder = (x: Dataset, sums: Float64Array) => void;

// The state of the file stays out of the scopes whose functions a model keeps: it would keep the file in memory.
function addersOf(state: EstimatorState, members: readonly Member[], count: number): Adder[] {
  return members.map((member) => probabilityAdder(state, member, count));
}

function probabilityAdder(state: EstimatorState, member: Member, count: number): Adder {
  const { estimator, columns } = member;
  const targets = Int32Array.from(estimator.classes ?? [], Number);
  if (targets.some((target) => !(target >= 0 && target < count))) {
    throw state.unsupported('a member that predicts other classes');
  }
  return estimator.predictProba === undefined
    ? voteAdder(requirePredict(state, estimator), columns, count)
    : sumAdder(estimator.predictProba.bind(estimator), columns, { count, targets });
}

function voteAdder(predict: NonNullable<Estimator['predict']>, columns: Int32Array, count: number): Adder {
  return (x, sums) => {
    const labels = predict(memberColumns(x, columns));
    for (let i = 0; i < x.rows; i++) {
      const at = i * count + Number(labels[i]);
      sums[at] = (sums[at] as number) + 1;
    }
  };
}

function sumAdder(
  predictProba: NonNullable<Estimator['predictProba']>,
  columns: Int32Array,
  classes: { readonly count: number; readonly targets: Int32Array },
): Adder {
  const { count, targets } = classes;
  return (x, sums) => {
    const { data, cols } = singleOutput(predictProba(memberColumns(x, columns)));
    for (let i = 0; i < x.rows; i++) {
      for (let k = 0; k < cols; k++) {
        const at = i * count + (cols === count ? k : (targets[k] as number));
        sums[at] = (sums[at] as number) + (data[i * cols + k] as number);
      }
    }
  };
}

/** Members of a bagging have one output: with several, the classes could not have been numbered. */
function singleOutput(matrix: DenseMatrix | readonly DenseMatrix[]): DenseMatrix {
  return 'kind' in matrix ? matrix : (matrix[0] ?? new DenseMatrix(0, 0));
}

interface Mean {
  readonly count: number;
  readonly divisor: number;
}

function meanProbabilities(base: Base, adders: readonly Adder[], mean: Mean): (x: Dataset) => DenseMatrix {
  return (x) => {
    checkWidth(x, base.width, base.className);
    const out = new DenseMatrix(x.rows, mean.count);
    for (const add of adders) add(x, out.data);
    for (let at = 0; at < out.data.length; at++) out.data[at] = (out.data[at] as number) / mean.divisor;
    return out;
  };
}

/** `log(sum of exp(log p)) - log(members)`, member after member. */
function logMean(base: Base, members: readonly Member[], mean: Mean): (x: Dataset) => DenseMatrix {
  return (x) => {
    checkWidth(x, base.width, base.className);
    const out = new DenseMatrix(x.rows, mean.count, new Float64Array(x.rows * mean.count).fill(-Infinity));
    for (const { estimator, columns } of members) {
      const logs = estimator.predictLogProba?.(memberColumns(x, columns));
      if (logs === undefined) continue;
      const { data, cols } = singleOutput(logs);
      for (let i = 0; i < x.rows; i++) {
        for (let k = 0; k < cols; k++) {
          const at = i * mean.count + (cols === mean.count ? k : Number(estimator.classes?.[k]));
          out.data[at] = logAddExp(out.data[at] as number, data[i * cols + k] as number);
        }
      }
    }
    const shift = Math.log(mean.divisor);
    for (let at = 0; at < out.data.length; at++) out.data[at] = (out.data[at] as number) - shift;
    return out;
  };
}

/** `log(exp(a) + exp(b))`, as numpy computes it. */
function logAddExp(a: number, b: number): number {
  if (a === b) return a + Math.LN2;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

function meanDecision(base: Base, members: readonly Member[], divisor: number): (x: Dataset) => Scores {
  return (x) => {
    checkWidth(x, base.width, base.className);
    let sums = new Float64Array(0);
    let cols = 0;
    for (const { estimator, columns } of members) {
      const scores = estimator.decisionFunction?.(memberColumns(x, columns)) ?? new Float64Array(x.rows);
      const data = scores instanceof Float64Array ? scores : scores.data;
      cols = scores instanceof Float64Array ? 0 : scores.cols;
      if (sums.length === 0) sums = new Float64Array(data.length);
      for (let at = 0; at < data.length; at++) sums[at] = (sums[at] as number) + (data[at] as number);
    }
    const means = sums.map((sum) => sum / divisor);
    return cols === 0 ? means : new DenseMatrix(x.rows, cols, means);
  };
}

function meanPrediction(
  base: Base,
  members: readonly { readonly predict: NonNullable<Estimator['predict']>; readonly columns: Int32Array }[],
  divisor: number,
): (x: Dataset) => ArrayLike<Prediction> {
  return (x) => {
    checkWidth(x, base.width, base.className);
    let sums = new Float64Array(0);
    let outputs = 1;
    for (const { predict, columns } of members) {
      const predictions = predict(memberColumns(x, columns));
      const [first] = Array.from({ length: 1 }, () => predictions[0]);
      outputs = Array.isArray(first) ? first.length : 1;
      if (sums.length === 0) sums = new Float64Array(x.rows * outputs);
      for (let i = 0; i < x.rows; i++) {
        const row = predictions[i] as Prediction;
        for (let k = 0; k < outputs; k++) {
          const at = i * outputs + k;
          sums[at] = (sums[at] as number) + Number(Array.isArray(row) ? row[k] : row);
        }
      }
    }
    return regressionPredictions(
      sums.map((sum) => sum / divisor),
      outputs,
    );
  };
}
