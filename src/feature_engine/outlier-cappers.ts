import type { Column } from '../data/column-list.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';
import { entriesOf, type Features, featuresOf, finiteIn, numbersIn, variablesOf } from './features.ts';

/**
 * Values beyond the limits of their column become the limit.
 *
 * Source: feature_engine/outliers/base_outlier.py, `BaseOutlier._transform`.
 */
export function outlierCapper(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const cap = capOf(state, features);
  return columnListTransformer(features, (columns) => cap(columns));
}

/**
 * The same, with a column of 0 and 1 per limit that says where it was reached, if asked for.
 *
 * Source: feature_engine/outliers/winsorizer.py.
 */
export function winsorizer(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const cap = capOf(state, features);
  if (!state.booleanOr('add_indicators', false)) return columnListTransformer(features, (columns) => cap(columns));
  const tail = state.string('tail');
  const variables = variablesOf(state, features);
  return columnListTransformer(features, (columns) => {
    const before = [...columns];
    const after = cap(columns);
    const indicators = Array.from(variables).flatMap((place) => {
      const [old, capped] = [numbersIn(features, before, place), numbersIn(features, after, place)];
      const left = old.map((value, i) => ((capped[i] as number) > value ? 1 : 0));
      const right = old.map((value, i) => ((capped[i] as number) < value ? 1 : 0));
      return tail === 'left' ? [left] : tail === 'right' ? [right] : [left, right];
    });
    return [...after, ...indicators];
  });
}

function capOf(state: EstimatorState, features: Features): (columns: Column[]) => Column[] {
  const variables = variablesOf(state, features);
  const limits = (name: string): (readonly [number, number])[] =>
    entriesOf(state, features, name).map(([place, value]) => [place, Number(labelOf(value))] as const);
  const upper = limits('right_tail_caps_');
  const lower = limits('left_tail_caps_');
  const takesMissing = state.optionalString('missing_values') === 'ignore';
  return (columns) => {
    if (!takesMissing) for (const place of variables) finiteIn(features, columns, place);
    for (const [place, limit] of upper) {
      columns[place] = numbersIn(features, columns, place).map((value) => (value > limit ? limit : value));
    }
    for (const [place, limit] of lower) {
      columns[place] = numbersIn(features, columns, place).map((value) => (value < limit ? limit : value));
    }
    return columns;
  };
}
