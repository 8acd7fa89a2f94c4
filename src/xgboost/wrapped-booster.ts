import { FormatError } from '../errors/format-error.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { isNode } from '../formats/pickle/nodes.ts';
import { Booster, type BoosterUse } from './booster.ts';
import type { BoosterModel } from './booster-model.ts';
import { readBooster } from './read-booster.ts';

/** The booster inside a pickled `xgboost.Booster`. */
export function pickledBooster(state: EstimatorState, use: BoosterUse): Booster {
  const handle = state.get('handle');
  if (!isNode(handle) || handle.kind !== 'bytes') {
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${state.className}: the file holds a Booster without a model`);
  }
  return new Booster(withPythonState(readBooster(handle.data), state), use);
}

/** The booster inside a pickled scikit-learn wrapper, used as the wrapper uses it. */
export function wrappedBooster(state: EstimatorState): Booster {
  if (!state.has('_Booster')) {
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${state.className} was never fitted: save the model after fit()`, {
      details: { class: state.className, path: state.path },
    });
  }
  return pickledBooster(state.part('_Booster'), {
    className: state.className,
    missing: state.optionalNumber('missing') ?? Number.NaN,
    asWrapper: true,
  });
}

/** Older versions keep names and the best round in the Python object instead of the model. */
function withPythonState(model: BoosterModel, state: EstimatorState): BoosterModel {
  const attributes = new Map(model.attributes);
  for (const name of ['best_iteration', 'best_ntree_limit']) {
    const value = state.has(name) ? state.optionalNumber(name) : undefined;
    if (value !== undefined && !attributes.has(name)) attributes.set(name, String(value));
  }
  return {
    ...model,
    attributes,
    featureNames: model.featureNames ?? (state.has('feature_names') ? state.strings('feature_names') : undefined),
    featureTypes:
      model.featureTypes.length === 0 && state.has('feature_types')
        ? state.strings('feature_types')
        : model.featureTypes,
  };
}
