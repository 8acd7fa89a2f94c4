import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax, labelOf } from '../base/labels.ts';
import { logOf } from '../base/log-proba.ts';
import { vectorIn } from '../base/vector-in.ts';

interface Output {
  readonly classes: readonly Label[];
  readonly label: Label;
  readonly probabilities: Float64Array;
}

/**
 * The same answer for every row: the most frequent class or a constant, with the class frequencies or 1
 * as its probability.
 *
 * Source: sklearn/dummy.py, `DummyClassifier`.
 */
export function dummyClassifier(state: EstimatorState): Estimator {
  const strategy = state.string(state.firstOf('_strategy', 'strategy'));
  if (!['most_frequent', 'prior', 'constant'].includes(strategy))
    throw state.unsupported(`strategy="${strategy}", which draws at random,`);
  if (state.booleanOr('sparse_output_', false)) throw state.unsupported('a sparse target');
  const outputs = outputsOf(state, strategy);
  const [first] = outputs;
  const single = outputs.length === 1 ? first : undefined;
  const labels = outputs.map(({ label }) => label);
  const predictProba = (x: Dataset): DenseMatrix | DenseMatrix[] => {
    const matrices = outputs.map(({ probabilities }) => repeated(probabilities, x.rows));
    return single === undefined ? matrices : (matrices[0] as DenseMatrix);
  };
  return {
    className: state.className,
    task:
      single === undefined
        ? 'multilabel-classification'
        : single.classes.length > 2
          ? 'multiclass-classification'
          : 'binary-classification',
    // It never looks at its input.
    width: undefined,
    featureNames: undefined,
    ...(single !== undefined && { classes: single.classes }),
    predict: (x): Prediction[] => Array.from({ length: x.rows }, () => (single === undefined ? labels : single.label)),
    predictProba,
    predictLogProba(x) {
      const probabilities = predictProba(x);
      return Array.isArray(probabilities) ? probabilities.map(logOf) : logOf(probabilities);
    },
  };
}

function outputsOf(state: EstimatorState, strategy: string): Output[] {
  const several = state.number('n_outputs_') > 1;
  const classes = several
    ? state.items('classes_').map((item, k) => state.labelsIn(item, `classes_[${k}]`))
    : [state.labels('classes_')];
  const priors = several
    ? state.items('class_prior_').map((item, k) => vectorIn(state, item, `class_prior_[${k}]`))
    : [state.vector('class_prior_')];
  const constants = strategy === 'constant' ? constantsOf(state) : [];
  return classes.map((labels, k) => {
    const prior = priors[k] ?? new Float64Array(labels.length);
    const at =
      strategy === 'constant' ? labels.findIndex((label) => label === constants[k]) : argmax(prior, 0, prior.length);
    const label = labels[at];
    if (label === undefined) throw state.unsupported('a constant that is none of the classes');
    return {
      classes: labels,
      label,
      probabilities: strategy === 'prior' ? prior : Float64Array.from(labels, (_, c) => Number(c === at)),
    };
  });
}

/** `constant` as one value per output; the fitted model may keep it as a column. */
function constantsOf(state: EstimatorState): Label[] {
  const value = state.get(state.firstOf('_constant', 'constant')) ?? null;
  if (
    value instanceof NdArray ||
    (typeof value === 'object' && value !== null && (value.kind === 'list' || value.kind === 'tuple'))
  ) {
    return state.labelsIn(value, 'constant');
  }
  return [labelOf(value)];
}

function repeated(values: Float64Array, rows: number): DenseMatrix {
  const out = new DenseMatrix(rows, values.length);
  for (let i = 0; i < rows; i++) out.data.set(values, i * values.length);
  return out;
}
