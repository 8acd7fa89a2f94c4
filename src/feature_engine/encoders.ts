import type { Column } from '../data/column-list.ts';
import { isNode, type PyValue } from '../formats/pickle/nodes.ts';
import { CategoryIndex, unknownCategory } from '../sklearn/base/categories.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';
import { wrapperOf } from '../sklearn/base/wrapper.ts';
import { entriesOf, type Features, featuresOf, requirePresent, variablesOf } from './features.ts';

/**
 * Each category as the number that was learned for it. A category that is not known is missing (`unseen='ignore'`), an
 * error, or a number of the encoder's.
 *
 * Source: feature_engine/encoding/base_encoder.py, `_encode`.
 */
export function dictionaryEncoder(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const unseen = state.optionalString('unseen') ?? (state.optionalString('errors') === 'raise' ? 'raise' : 'ignore');
  const filler = unseen === 'encode' ? state.number('_unseen') : Number.NaN;
  const takesMissing = state.optionalString('missing_values') === 'ignore';
  const variables = variablesOf(state, features);
  const lookups = entriesOf(state, features, 'encoder_dict_').map(([place, value]) => ({
    place,
    ...numbersByCategory(state, value),
  }));
  return columnListTransformer(features, (columns) => {
    if (!takesMissing) requirePresent(features, columns, variables);
    for (const { place, index, numbers } of lookups) {
      const column = columns[place] as Column;
      const out = new Float64Array(column.length);
      for (let i = 0; i < out.length; i++) {
        const at = index.of(column[i]);
        const number = at < 0 ? filler : (numbers[at] as number);
        out[i] = Number.isNaN(number) ? filler : number;
        if (unseen === 'raise' && Number.isNaN(out[i])) throw unknown(features, { place, index }, [column[i], i]);
      }
      columns[place] = out;
    }
    return columns;
  });
}

/** Before 1.8 a pipeline of an ordinal encoder and decision trees; the numbers of the categories since then. */
export function decisionTreeEncoder(state: EstimatorState): Estimator {
  if (state.has('encoder_dict_')) return dictionaryEncoder(state);
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const { transform, ...inner } = wrapperOf(state, 'encoder_');
  if (transform === undefined) throw state.unsupported('an encoder without transform');
  const check = columnListTransformer(features, (columns) => {
    requirePresent(features, columns, variables);
    return columns;
  });
  return { ...inner, ...check, transform: (x) => transform(check.transform?.(x) ?? x) };
}

/**
 * A column of 0 and 1 per category, after the columns that are kept.
 *
 * Source: feature_engine/encoding/one_hot.py.
 */
export function oneHotEncoder(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const categories = new Map(
    entriesOf(state, features, 'encoder_dict_').map(([place, value]) => [place, categoriesOf(state, value)]),
  );
  return columnListTransformer(features, (columns, rows) => {
    requirePresent(features, columns, variables);
    const dummies = Array.from(variables).flatMap((place) => {
      const index = categories.get(place) ?? new CategoryIndex([]);
      const made = index.categories.map(() => new Float64Array(rows));
      const column = columns[place] as Column;
      for (let i = 0; i < rows; i++) {
        const at = index.of(column[i]);
        if (at >= 0) (made[at] as Float64Array)[i] = 1;
      }
      return made;
    });
    return [...columns.filter((_, j) => !variables.includes(j)), ...dummies];
  });
}

/**
 * Categories that are not among the frequent ones become one.
 *
 * Source: feature_engine/encoding/rare_label.py.
 */
export function rareLabelEncoder(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const takesMissing = state.optionalString('missing_values') === 'ignore';
  const rare = labelOf(state.get('replace_with') ?? null);
  const frequent = entriesOf(state, features, 'encoder_dict_').map(
    ([place, value]) => [place, categoriesOf(state, value)] as const,
  );
  // Before 1.6, which brought `missing_values`, numpy made text of the numbers beside a text.
  const numbers = frequent.some(([, index]) => index.categories.some((category) => typeof category === 'number'));
  if (numbers && typeof rare === 'string' && state.get('missing_values') === undefined) {
    throw state.unsupported('text for rare numbers by feature_engine before 1.6');
  }
  return columnListTransformer(features, (columns) => {
    if (!takesMissing) requirePresent(features, columns, variables);
    for (const [place, index] of frequent) {
      const values = Array.from(columns[place] as Column, (value: unknown) =>
        index.of(value) >= 0 || value === null || Number.isNaN(value) ? value : rare,
      );
      columns[place] = values.every((value) => typeof value === 'number') ? Float64Array.from(values) : values;
    }
    return columns;
  });
}

function categoriesOf(state: EstimatorState, value: PyValue): CategoryIndex {
  return new CategoryIndex(state.labelsIn(value, 'encoder_dict_'));
}

function numbersByCategory(
  state: EstimatorState,
  value: PyValue,
): { readonly index: CategoryIndex; readonly numbers: Float64Array } {
  if (!isNode(value) || value.kind !== 'dict') throw state.unsupported('an "encoder_dict_" of another form');
  const numbers = Float64Array.from(value.values().map(labelOf), (number) =>
    number === null ? Number.NaN : Number(number),
  );
  return { index: new CategoryIndex(value.keys().map(labelOf)), numbers };
}

function unknown(
  { className, names }: Features,
  { place, index }: { readonly place: number; readonly index: CategoryIndex },
  [value, row]: readonly [unknown, number],
): Error {
  return unknownCategory(value, row, { column: String(names[place]), categories: index.categories, className });
}
