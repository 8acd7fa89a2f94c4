import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { CategoryIndex } from '../base/categories.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { columnOf, responseOf } from '../base/response.ts';
import { calibratorOf } from './calibrator.ts';
import { temperatureScaled } from './temperature.ts';

/** Calibrated probabilities of one classifier. */
interface Member {
  readonly estimator: Estimator;
  readonly probabilities: (x: Dataset) => DenseMatrix;
}

/**
 * The mean of the calibrated probabilities of its members; the label is that of the largest, the first of equals.
 *
 * Source: sklearn/calibration.py, `CalibratedClassifierCV`.
 */
export function calibratedClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const members = state
    .items('calibrated_classifiers_')
    .map((item, i) => memberOf(state.partIn(item, `calibrated_classifiers_[${i}]`), classes));
  const [first] = members;
  if (first === undefined) throw state.unsupported('a file without calibrated classifiers');
  const predictProba = (x: Dataset): DenseMatrix => {
    const mean = new DenseMatrix(x.rows, classes.length);
    for (const { probabilities } of members) {
      const { data } = probabilities(x);
      for (let at = 0; at < data.length; at++) mean.data[at] = (mean.data[at] as number) + (data[at] as number);
    }
    for (let at = 0; at < mean.data.length; at++) mean.data[at] = (mean.data[at] as number) / members.length;
    return mean;
  };
  return {
    className: state.className,
    task: classTask(classes),
    width: state.width ?? first.estimator.width,
    featureNames: state.featureNames ?? first.estimator.featureNames,
    classes,
    predict(x) {
      const { rows, cols, data } = predictProba(x);
      return Array.from({ length: rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
    },
    predictProba,
  };
}

/** Source: sklearn/calibration.py, `_CalibratedClassifier.predict_proba`. */
function memberOf(state: EstimatorState, all: readonly Label[]): Member {
  const method = state.optionalString('method');
  const estimator = state.estimator(state.firstOf('estimator', 'base_estimator'));
  if (method === 'temperature') return temperatureMember(state, estimator);
  if (method !== undefined && method !== 'sigmoid' && method !== 'isotonic')
    throw state.unsupported(`method="${method}"`);
  const calibratorsName = state.firstOf('calibrators', 'calibrators_');
  const calibrators = state
    .items(calibratorsName)
    .map((item, i) => calibratorOf(state, item, `${calibratorsName}[${i}]`));
  const response = responseOf(state, estimator);
  const columns = columnsOf(state, all, estimator);
  return {
    estimator,
    probabilities(x) {
      const out = new DenseMatrix(x.rows, all.length);
      const scores = response(x);
      for (let k = 0; k < Math.min(scores.cols, calibrators.length, columns.length); k++) {
        const calibrated = calibrators[k]?.(columnOf(scores, k)) ?? [];
        for (let i = 0; i < x.rows; i++) out.data[i * all.length + (columns[k] as number)] = calibrated[i] as number;
      }
      return normalise(out);
    },
  };
}

/** One calibrator for all classes; a pair of probabilities stays a pair. */
function temperatureMember(state: EstimatorState, estimator: Estimator): Member {
  const [item] = state.items('calibrators');
  if (item === undefined) throw state.unsupported('a file without calibrators');
  const beta = state.partIn(item, 'calibrators[0]').number('beta_');
  const response = responseOf(state, estimator);
  const pair = estimator.decisionFunction === undefined;
  return {
    estimator,
    probabilities(x) {
      const scores = response(x);
      return clipped(temperatureScaled(pair && scores.cols === 1 ? bothSides(scores) : scores, beta));
    },
  };
}

function bothSides({ rows, data }: DenseMatrix): DenseMatrix {
  const out = new DenseMatrix(rows, 2);
  for (let i = 0; i < rows; i++) out.data.set([1 - (data[i] as number), data[i] as number], 2 * i);
  return out;
}

/** Probabilities that are above 1 by rounding only become 1. */
function clipped(m: DenseMatrix): DenseMatrix {
  for (const [at, value] of m.data.entries()) if (value > 1 && value <= 1 + 1e-5) m.data[at] = 1;
  return m;
}

/** The column of each class that the member was fitted with; of two classes the scores are those of the second. */
function columnsOf(state: EstimatorState, all: readonly Label[], estimator: Estimator): readonly number[] {
  if (all.length === 2) return [1];
  const index = new CategoryIndex(all);
  const columns = (estimator.classes ?? all).map((label) => index.of(label));
  if (columns.includes(-1)) throw state.unsupported('a member with classes of its own');
  return columns;
}

function normalise(m: DenseMatrix): DenseMatrix {
  const { rows, cols, data } = m;
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    if (cols === 2) row[0] = 1 - (row[1] as number);
    else {
      let sum = 0;
      for (const value of row) sum += value;
      for (let k = 0; k < cols; k++) row[k] = sum === 0 ? 1 / cols : (row[k] as number) / sum;
    }
  }
  return clipped(m);
}
