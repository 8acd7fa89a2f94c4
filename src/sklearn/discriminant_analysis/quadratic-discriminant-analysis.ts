import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { argmax } from '../base/labels.ts';
import { logOf } from '../base/log-proba.ts';
import { matrixList } from '../base/matrix-list.ts';
import { minusRow, squaredNorms, times } from '../base/matrix-products.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { vectorIn } from '../base/vector-in.ts';

/**
 * Score of class k: `-(|(x - means_[k]) · R S^-1/2|² + sum(ln S)) / 2 + ln priors_[k]`, with its rotation R and
 * scalings S. The largest decides, the first of equals; the decision for two classes is the difference.
 *
 * Source: sklearn/discriminant_analysis.py, `QuadraticDiscriminantAnalysis`.
 */
export function quadraticDiscriminantAnalysis(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const { width, scores } = read(state, classes.length);
  // Since 1.6 probabilities come from their logarithms, before that the other way round.
  const logFirst = atLeast(state.version, 1, 6);
  return {
    className: state.className,
    task: classTask(classes),
    width,
    featureNames: state.featureNames,
    classes,
    predict(x) {
      const { rows, cols, data } = scores(x);
      return Array.from({ length: rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
    },
    decisionFunction(x) {
      const m = scores(x);
      if (classes.length !== 2) return m;
      return Float64Array.from({ length: m.rows }, (_, i) => (m.data[2 * i + 1] as number) - (m.data[2 * i] as number));
    },
    predictProba(x) {
      if (!logFirst) return probabilities(scores(x));
      const logs = logProbabilities(scores(x));
      return new DenseMatrix(logs.rows, logs.cols, logs.data.map(Math.exp));
    },
    predictLogProba: (x) => (logFirst ? logProbabilities(scores(x)) : logOf(probabilities(scores(x)))),
  };
}

function read(
  state: EstimatorState,
  count: number,
): { readonly width: number; readonly scores: (x: Dataset) => DenseMatrix } {
  const means = state.matrix('means_');
  const width = means.cols;
  const rotations = matrixList(state, state.firstOf('rotations_', 'rotations'));
  const scalingsName = state.firstOf('scalings_', 'scalings');
  const scalings = state.items(scalingsName).map((item) => vectorIn(state, item, scalingsName));
  const priors = state.vector(state.firstOf('priors_', 'priors'));
  const fits = rotations.every((m, k) => m.rows === width && m.cols === scalings[k]?.length);
  if (!fits || [rotations.length, scalings.length, priors.length, means.rows].some((length) => length !== count))
    throw state.unsupported('means, rotations and scalings that do not fit together');
  const parts = rotations.map((rotation, k) => {
    const scaling = scalings[k] as Float64Array;
    return {
      mean: means.data.subarray(k * width, (k + 1) * width),
      scaled: new DenseMatrix(
        width,
        rotation.cols,
        rotation.data.map((value, at) => value * (scaling[at % rotation.cols] as number) ** -0.5),
      ),
      logs: scaling.reduce((sum, value) => sum + Math.log(value), 0),
      prior: Math.log(priors[k] as number),
    };
  });
  const { className } = state;
  const scores = (x: Dataset): DenseMatrix => {
    const dense = finiteInput(x, width, className);
    const out = new DenseMatrix(x.rows, count);
    for (const [k, { mean, scaled, logs, prior }] of parts.entries()) {
      const norms = squaredNorms(times(minusRow(dense, mean), scaled));
      for (let i = 0; i < x.rows; i++) out.data[i * count + k] = -0.5 * ((norms[i] as number) + logs) + prior;
    }
    return out;
  };
  return { width, scores };
}

function probabilities(scores: DenseMatrix): DenseMatrix {
  return eachRow(scores, (row, max) => {
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      row[k] = Math.exp((row[k] as number) - max);
      sum += row[k] as number;
    }
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
  });
}

function logProbabilities(scores: DenseMatrix): DenseMatrix {
  return eachRow(scores, (row, max) => {
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      row[k] = (row[k] as number) - max;
      sum += Math.exp(row[k] as number);
    }
    const log = Math.log(sum);
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) - log;
  });
}

/** Changes each row in place, given its largest value. */
function eachRow(m: DenseMatrix, f: (row: Float64Array, max: number) => void): DenseMatrix {
  for (let i = 0; i < m.rows; i++) {
    const row = m.data.subarray(i * m.cols, (i + 1) * m.cols);
    f(
      row,
      row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    );
  }
  return m;
}
