import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { PyObject } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';

/** Where the raw scores of a boosting start, written into `[rows, outputs]`. */
export type InitialScores = (x: Dataset, raw: Float64Array) => void;

/**
 * What `init_` contributes: nothing for `'zero'`; a regressor's prediction; a classifier's probabilities, clipped
 * and passed through the link of the loss. The estimator sees the rows in float32, as scikit-learn's does.
 *
 * Source: sklearn/ensemble/_gb.py, `_raw_predict_init` and `_init_raw_predictions`; up to 1.3 _gb_losses.py,
 * `get_init_raw_predictions`.
 */
export function initialScores(state: EstimatorState, outputs: number, classifier: boolean): InitialScores {
  const init = state.get('init_');
  if (init === 'zero') return () => {};
  if (!(init instanceof PyObject)) throw state.unsupported('a boosting without its initial estimator');
  const constant = constantOf(state, outputs, classifier);
  if (constant !== undefined) return constantScores(constant);
  const weights = init.attr('coef_');
  // Fitted on float32, it answers in float32 in Python, whose last digits depend on the processor.
  if (weights instanceof NdArray && weights.dtype.name === 'f4') {
    throw state.unsupported(`${init.cls.name} as initial estimator, which Python computes in float32,`);
  }
  const estimator = state.child(init, 'init_');
  const scores = classifier ? linkedScores(estimator, linkOf(state, outputs)) : predictedScores(estimator);
  if (scores === undefined) throw state.unsupported(`${estimator.className} as initial estimator`);
  return scores;
}

// None of these keeps the file alive, as a function made inside `initialScores` would.

function constantScores(constant: Float64Array): InitialScores {
  return (_x, raw) => {
    for (let at = 0; at < raw.length; at++) raw[at] = constant[at % constant.length] as number;
  };
}

function predictedScores(estimator: Estimator): InitialScores | undefined {
  const predict = estimator.predict?.bind(estimator);
  if (predict === undefined) return undefined;
  return (x, raw) => {
    const predictions = predict(asFloat32(x));
    for (let i = 0; i < raw.length; i++) raw[i] = Number(predictions[i]);
  };
}

function linkedScores(estimator: Estimator, link: Link): InitialScores | undefined {
  const predictProba = estimator.predictProba?.bind(estimator);
  if (predictProba === undefined || estimator.classes === undefined) return undefined;
  return (x, raw) => {
    const probabilities = predictProba(asFloat32(x));
    if ('kind' in probabilities) link(probabilities.data, probabilities.cols, raw);
  };
}

/** Initial estimators up to 0.20 and the attribute that holds the raw scores. */
const OLD_ESTIMATORS: ReadonlyMap<string, string> = new Map([
  ['sklearn.ensemble.LogOddsEstimator', 'prior'],
  ['sklearn.ensemble.ScaledLogOddsEstimator', 'prior'],
  ['sklearn.ensemble.PriorProbabilityEstimator', 'priors'],
  ['sklearn.ensemble.MeanEstimator', 'mean'],
  ['sklearn.ensemble.QuantileEstimator', 'quantile'],
]);

/** Scores of the estimators that scikit-learn itself chooses, which are the same for every row. */
function constantOf(state: EstimatorState, outputs: number, classifier: boolean): Float64Array | undefined {
  const init = state.part('init_');
  if (init.className === 'sklearn.ensemble.ZeroEstimator') return new Float64Array(outputs);
  const attribute = OLD_ESTIMATORS.get(init.className);
  if (attribute !== undefined) {
    const raw = init.vector(attribute).slice();
    return raw.length === outputs ? raw : undefined;
  }
  if (classifier && init.className === 'sklearn.dummy.DummyClassifier') {
    if (init.optionalString('strategy') !== 'prior' || !init.has('class_prior_')) return undefined;
    const prior = init.vector('class_prior_');
    if (prior.length !== (outputs === 1 ? 2 : outputs)) return undefined;
    const raw = new Float64Array(outputs);
    linkOf(state, outputs)(prior, prior.length, raw);
    return raw;
  }
  if (!classifier && init.className === 'sklearn.dummy.DummyRegressor' && init.has('constant_')) {
    const constant = init.vector('constant_');
    return constant.length === outputs ? constant.slice() : undefined;
  }
  return undefined;
}

type Link = (probabilities: Float64Array, cols: number, raw: Float64Array) => void;

function linkOf(state: EstimatorState, outputs: number): Link {
  const eps = atLeast(state.version, 1, 8) ? 2 ** -52 : 2 ** -23;
  if (outputs === 1) return logitLink(eps, state.optionalString('loss') === 'exponential' ? 0.5 : 1);
  return logLink(eps, outputs, atLeast(state.version, 1, 4));
}

function logitLink(eps: number, scale: number): Link {
  return (probabilities, cols, raw) => {
    for (let i = 0; i < raw.length; i++) {
      const p = clip(probabilities[i * cols + 1] as number, eps);
      raw[i] = scale * Math.log(p / (1 - p));
    }
  };
}

/** `centred`: the logarithm of the ratio to the geometric mean, as since 1.4. */
function logLink(eps: number, outputs: number, centred: boolean): Link {
  return (probabilities, _cols, raw) => {
    for (let start = 0; start < raw.length; start += outputs) {
      let logs = 0;
      for (let k = 0; k < outputs; k++) logs += Math.log(clip(probabilities[start + k] as number, eps));
      const reference = centred ? Math.exp(logs / outputs) : 1;
      for (let k = 0; k < outputs; k++) {
        raw[start + k] = Math.log(clip(probabilities[start + k] as number, eps) / reference);
      }
    }
  };
}

function clip(p: number, eps: number): number {
  return Math.min(Math.max(p, eps), 1 - eps);
}

function asFloat32(x: Dataset): Dataset {
  if (x.kind !== 'dense') return x;
  const rounded: DenseMatrix = { kind: 'dense', rows: x.rows, cols: x.cols, data: x.data.map(Math.fround) };
  return rounded;
}
