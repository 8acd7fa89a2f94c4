import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { type Preprocess, readPreprocessor } from './category-codes.ts';
import { histogramForest } from './histogram-trees.ts';
import { asScores, binaryProbabilities, softmax } from './raw-scores.ts';

/** Losses of regressors whose raw score is the logarithm of the prediction. */
const LOG_LINK: ReadonlySet<string> = new Set(['poisson', 'gamma']);
const IDENTITY: ReadonlySet<string> = new Set([
  'squared_error',
  'absolute_error',
  'quantile',
  'least_squares',
  'least_absolute_deviation',
]);

/**
 * `_baseline_prediction + sum of the leaves`, in float64, iteration after iteration; one column per class, or one
 * for two classes. Probabilities are `expit` or softmax; the label of two classes is the second where the score is
 * above 0 (since 1.5), or where its probability is the larger one.
 *
 * Source: sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py, `HistGradientBoostingClassifier`.
 */
export function histGradientBoostingClassifier(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const { base, raw, outputs } = build(state);
  if (classes.length !== (outputs === 1 ? 2 : outputs) && !(outputs === 1 && classes.length === 1)) {
    throw state.unsupported(`${outputs} trees an iteration for ${classes.length} classes`);
  }
  const byScore = atLeast(state.version, 1, 5);
  const probabilities = (rows: number, scores: Float64Array): DenseMatrix =>
    outputs === 1 ? binaryProbabilities(scores, 1) : softmax(rows, outputs, scores);
  return {
    ...base,
    task: outputs === 1 ? 'binary-classification' : 'multiclass-classification',
    classes,
    predict(x): Prediction[] {
      const scores = raw(x);
      if (outputs === 1 && byScore) return Array.from(scores, (score) => classes[score > 0 ? 1 : 0] as Label);
      const { data, cols } = byScore ? new DenseMatrix(x.rows, outputs, scores) : probabilities(x.rows, scores);
      return Array.from({ length: x.rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
    },
    predictProba: (x) => probabilities(x.rows, raw(x)),
    decisionFunction: (x) => asScores(x.rows, outputs, raw(x)),
  };
}

/**
 * `_baseline_prediction + sum of the leaves`, in float64; its exponential for the Poisson and gamma losses.
 *
 * Source: sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py, `HistGradientBoostingRegressor`.
 */
export function histGradientBoostingRegressor(state: EstimatorState): Estimator {
  const { base, raw } = build(state);
  const loss = state.optionalString('loss') ?? 'squared_error';
  if (!LOG_LINK.has(loss) && !IDENTITY.has(loss)) throw state.unsupported(`the loss ${JSON.stringify(loss)}`);
  return { ...base, task: 'regression', predict: LOG_LINK.has(loss) ? (x) => raw(x).map(Math.exp) : raw };
}

interface HistogramBoosting {
  readonly base: Pick<Estimator, 'className' | 'width' | 'featureNames' | 'byteSize'>;
  readonly outputs: number;
  /** Raw scores, `[rows, outputs]`. */
  readonly raw: (x: Dataset) => Float64Array;
}

function build(state: EstimatorState): HistogramBoosting {
  const { className } = state;
  const width = state.width ?? state.number('_n_features');
  const outputs = state.number('n_trees_per_iteration_');
  const baseline = state.vector('_baseline_prediction').slice();
  if (!Number.isInteger(outputs) || outputs < 1 || baseline.length !== outputs) {
    throw state.unsupported(`${outputs} trees an iteration with ${baseline.length} initial scores`);
  }
  const preprocess = readPreprocessor(state, width);
  const forest = histogramForest(state, width, outputs);
  return {
    outputs,
    base: { className, width, featureNames: state.featureNames, byteSize: forest.byteSize },
    raw: rawScores(forest, baseline, { width, className, preprocess }),
  };
}

function rawScores(
  forest: ReturnType<typeof histogramForest>,
  baseline: Float64Array,
  input: { readonly width: number; readonly className: string; readonly preprocess: Preprocess | undefined },
): HistogramBoosting['raw'] {
  const { width, className, preprocess } = input;
  const { outputs } = forest;
  return (x) => {
    checkWidth(x, width, className);
    const raw = new Float64Array(x.rows * outputs);
    for (let at = 0; at < raw.length; at++) raw[at] = baseline[at % outputs] as number;
    forest.addTo(preprocess === undefined ? toDense(x) : preprocess(x), raw);
    return raw;
  };
}
