import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import { PyObject } from '../../formats/pickle/nodes.ts';
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
  if (constant !== undefined) {
    return (_x, raw) => {
      for (let at = 0; at < raw.length; at++) raw[at] = constant[at % outputs] as number;
    };
  }
  const estimator = state.child(init, 'init_');
  if (!classifier) {
    const predict = estimator.predict?.bind(estimator);
    if (predict === undefined) throw state.unsupported(`${estimator.className} as initial estimator`);
    return (x, raw) => {
      const predictions = predict(asFloat32(x));
      for (let i = 0; i < raw.length; i++) raw[i] = Number(predictions[i]);
    };
  }
  const predictProba = estimator.predictProba?.bind(estimator);
  if (predictProba === undefined) throw state.unsupported(`${estimator.className} as initial estimator`);
  const link = linkOf(state, outputs);
  return (x, raw) => {
    const probabilities = predictProba(asFloat32(x));
    if (!('kind' in probabilities)) throw state.unsupported('an initial estimator with several outputs');
    link(probabilities.data, probabilities.cols, raw);
  };
}

/** Scores of the estimators that scikit-learn itself chooses, which are the same for every row. */
function constantOf(state: EstimatorState, outputs: number, classifier: boolean): Float64Array | undefined {
  const init = state.part('init_');
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
  const clip = (p: number): number => Math.min(Math.max(p, eps), 1 - eps);
  if (outputs === 1) {
    const scale = state.optionalString('loss') === 'exponential' ? 0.5 : 1;
    return (probabilities, cols, raw) => {
      for (let i = 0; i < raw.length; i++) {
        const p = clip(probabilities[i * cols + 1] as number);
        raw[i] = scale * Math.log(p / (1 - p));
      }
    };
  }
  const centred = atLeast(state.version, 1, 4);
  return (probabilities, _cols, raw) => {
    for (let start = 0; start < raw.length; start += outputs) {
      let logs = 0;
      for (let k = 0; k < outputs; k++) logs += Math.log(clip(probabilities[start + k] as number));
      // Since 1.4 the logarithms are those of the ratio to the geometric mean.
      const reference = centred ? Math.exp(logs / outputs) : 1;
      for (let k = 0; k < outputs; k++) raw[start + k] = Math.log(clip(probabilities[start + k] as number) / reference);
    }
  };
}

function asFloat32(x: Dataset): Dataset {
  if (x.kind !== 'dense') return x;
  const rounded: DenseMatrix = { kind: 'dense', rows: x.rows, cols: x.cols, data: x.data.map(Math.fround) };
  return rounded;
}
