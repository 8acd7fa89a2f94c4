import { fromColumnList, columnList } from '../data/column-list.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { featuresOf, variablesOf } from './features.ts';

/**
 * The columns without those that were found to be of no use.
 *
 * Source: feature_engine/selection/base_selector.py.
 */
export function columnSelector(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const dropped = droppedBy(state);
  return columnListTransformer(features, (columns) => columns.filter((_, j) => !dropped.has(j)));
}

function droppedBy(state: EstimatorState): ReadonlySet<number> {
  const value = state.get('features_to_drop_');
  const features = featuresOf(state);
  if (typeof value === 'object' && value?.kind === 'set') {
    return new Set(Array.from(value, (item) => features.names.indexOf(item as string)));
  }
  return new Set(variablesOf(state, features, 'features_to_drop_'));
}

/** Transformers of scikit-learn whose results stand behind the columns that are left. */
const CREATORS: ReadonlySet<string> = new Set(['OneHotEncoder', 'PolynomialFeatures']);

/**
 * A transformer of scikit-learn for some of the columns.
 *
 * Source: feature_engine/wrappers/wrappers.py, `SklearnTransformerWrapper.transform`.
 */
export function sklearnTransformerWrapper(state: EstimatorState): Estimator {
  if (state.has('features_to_drop_')) return columnSelector(state);
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const { className, transform } = state.estimator('transformer_');
  if (transform === undefined) throw state.unsupported(`${className}, which has no transform`);
  const creates = CREATORS.has(className.slice(className.lastIndexOf('.') + 1));
  return columnListTransformer(features, (columns, rows) => {
    const selected = Array.from(variables, (place) => columns[place] ?? []);
    const made = columnList(transform(fromColumnList(selected, rows)));
    if (creates) return [...columns.filter((_, j) => !variables.includes(j)), ...made];
    for (const [k, place] of variables.entries()) columns[place] = made[k] ?? [];
    return columns;
  });
}
