import { FormatError } from '../errors/format-error.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import type { Label } from '../spec/model.ts';
import { Booster } from './booster.ts';
import { readBoosterModel } from './booster-model.ts';

/** The booster inside a pickled `lightgbm.Booster`, with the iterations that early stopping chose. */
export function pickledBooster(state: EstimatorState, className: string): Booster {
  const name = state.firstOf('_handle', 'handle');
  const text = state.get(name);
  if (typeof text !== 'string') {
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${className}: the file holds a Booster without a model`);
  }
  const best = state.optionalNumber('best_iteration') ?? 0;
  return new Booster(readBoosterModel(text, pandasCategories(state)), {
    className,
    iterations: Math.max(0, Math.trunc(best)),
  });
}

/** The booster inside a pickled scikit-learn wrapper. */
export function wrappedBooster(state: EstimatorState): Booster {
  if (!state.has('_Booster')) {
    throw new FormatError('ML_FORMAT_NOT_FITTED', `${state.className} was never fitted: save the model after fit()`, {
      details: { class: state.className, path: state.path },
    });
  }
  return pickledBooster(state.part('_Booster'), state.className);
}

/** The Python object's own list, with the categories in their own types. */
function pandasCategories(state: EstimatorState): readonly (readonly Label[])[] | undefined {
  if (!state.has('pandas_categorical')) return undefined;
  return state.items('pandas_categorical').map((list, i) => state.labelsIn(list, `pandas_categorical[${i}]`));
}
