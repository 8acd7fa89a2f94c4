import type { Column } from '../data/column-list.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';
import type { Label } from '../spec/model.ts';
import { entriesOf, featuresOf, isMissing, variablesOf } from './features.ts';

/**
 * Missing values of each column become its own value: mean, median, a number of the end of its distribution, a category.
 *
 * Source: feature_engine/imputation/base_imputer.py, categorical.py.
 */
export function dictionaryImputer(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const fillers = entriesOf(state, features, 'imputer_dict_').map(([place, value]) => [place, labelOf(value)] as const);
  return columnListTransformer(features, (columns) => {
    for (const [place, filler] of fillers) columns[place] = filled(columns[place] as Column, filler);
    return columns;
  });
}

function filled(column: Column, filler: Label): Column {
  if (isMissing(filler)) return column;
  const number = typeof filler === 'number' ? filler : undefined;
  if (column instanceof Float64Array && number !== undefined) {
    return column.map((value) => (Number.isNaN(value) ? number : value));
  }
  if (column instanceof Float64Array && !column.some(Number.isNaN)) return column;
  return Array.from(column, (value) => (isMissing(value) ? filler : value));
}

/**
 * One more column per variable: 1 where it is missing.
 *
 * Source: feature_engine/imputation/missing_indicator.py.
 */
export function addMissingIndicator(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  return columnListTransformer(features, (columns, rows) => {
    const indicators = Array.from(variables, (place) => {
      const column = columns[place] as Column;
      return Float64Array.from({ length: rows }, (_, i) => (isMissing(column[i]) ? 1 : 0));
    });
    return [...columns, ...indicators];
  });
}
