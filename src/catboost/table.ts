import { FormatError } from '../errors/format-error.ts';
import { isNode } from '../formats/pickle/nodes.ts';
import type { Estimator, EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { classifierEstimator } from './classifier.ts';
import { Predictor } from './predictor.ts';
import { readModel } from './read-model.ts';
import { regressorEstimator, regressorLink } from './regressor.ts';

/** The attribute that holds the bytes of a `.cbm` file. */
const MODEL = '__model';

function classifier(state: EstimatorState): Estimator {
  return classifierEstimator(pickledPredictor(state), state.className);
}

/** The link is that of the object's own parameters, which `load_model` does not change; `objective` outdoes the default. */
function regressor(state: EstimatorState): Estimator {
  const name = state.firstOf('objective', 'loss_function');
  const loss = state.get(name);
  return regressorEstimator(
    pickledPredictor(state),
    state.className,
    regressorLink(typeof loss === 'string' ? loss : ''),
  );
}

function rawValues(state: EstimatorState): Estimator {
  return regressorEstimator(pickledPredictor(state), state.className, 'raw');
}

function pickledPredictor(state: EstimatorState): Predictor {
  const bytes = state.get(MODEL);
  if (!isNode(bytes) || bytes.kind !== 'bytes') {
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${state.className} was never fitted: save the model after fit()`, {
      details: { class: state.className, path: state.path },
    });
  }
  return new Predictor(readModel(bytes.data), state.className);
}

/** What is pickled from the `catboost` package. */
export const CATBOOST: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['catboost.CatBoostClassifier', classifier],
  ['catboost.CatBoostRegressor', regressor],
  ['catboost.CatBoostRanker', rawValues],
  ['catboost.CatBoost', rawValues],
]);
