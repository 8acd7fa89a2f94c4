import type { Column } from '../data/column-list.ts';
import { isNode } from '../formats/pickle/nodes.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';
import { aggregateOf } from './aggregates.ts';
import { arithmeticOf } from './arithmetic.ts';
import { entriesOf, type Features, featuresOf, finiteIn, invalidAt, numbersIn, variablesOf } from './features.ts';

/**
 * Sine and cosine of each variable as a part of its period.
 *
 * Source: feature_engine/creation/cyclical_features.py.
 */
export function cyclicalFeatures(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const periods = new Map(
    entriesOf(state, features, 'max_values_').map(([place, value]) => [place, Number(labelOf(value))]),
  );
  return columnListTransformer(features, (columns) => {
    for (const place of variables) finiteIn(features, columns, place);
    const waves = Array.from(variables).flatMap((place) => {
      const factor = (2 * Math.PI) / (periods.get(place) ?? Number.NaN);
      const values = numbersIn(features, columns, place);
      return [values.map((value) => Math.sin(value * factor)), values.map((value) => Math.cos(value * factor))];
    });
    return [...kept(state, columns, variables), ...waves];
  });
}

/**
 * Sums, means and the like of several variables.
 *
 * Source: feature_engine/creation/math_features.py, pandas `DataFrame.agg(axis=1)`.
 */
export function mathFeatures(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features, 'variables');
  const value = state.get('func');
  const names = typeof value === 'string' ? [value] : isNode(value) && value.kind === 'list' ? value.items : [value];
  const functions = names.map((name) => {
    const found = typeof name === 'string' ? aggregateOf(name) : undefined;
    if (found === undefined)
      throw state.unsupported(`func=${typeof name === 'string' ? `"${name}"` : 'a Python function'}`);
    return found;
  });
  const check = checkOf(state, features);
  return columnListTransformer(features, (columns, rows) => {
    check(columns, variables);
    const parts = Array.from(variables, (place) => numbersIn(features, columns, place));
    const made = functions.map((aggregate) =>
      Float64Array.from({ length: rows }, (_, i) =>
        aggregate(parts.map((part) => part[i] as number).filter((one) => !Number.isNaN(one))),
      ),
    );
    return [...kept(state, columns, variables), ...made];
  });
}

/**
 * Each variable combined with each reference by arithmetic.
 *
 * Source: feature_engine/creation/relative_features.py.
 */
export function relativeFeatures(state: EstimatorState): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features, 'variables');
  const references = variablesOf(state, features, 'reference');
  const filler = state.optionalNumber('fill_value');
  const operations = state.strings('func').map((name) => {
    const operation = arithmeticOf(name);
    if (operation === undefined) throw state.unsupported(`func="${name}"`);
    return operation;
  });
  const check = checkOf(state, features);
  return columnListTransformer(features, (columns) => {
    check(columns, variables);
    check(columns, references);
    const made = operations.flatMap(({ apply, divides }) =>
      Array.from(references).flatMap((reference) => {
        const others = numbersIn(features, columns, reference);
        const row = divides && filler === undefined ? others.indexOf(0) : -1;
        if (row >= 0) throw invalidAt(features, { row, place: reference, value: 0, why: 'divides nothing' });
        return Array.from(variables, (place) =>
          numbersIn(features, columns, place).map((value, i) => {
            const other = others[i] as number;
            return divides && other === 0 ? (filler ?? Number.NaN) : apply(value, other);
          }),
        );
      }),
    );
    return [...kept(state, columns, [...variables, ...references]), ...made];
  });
}

function checkOf(state: EstimatorState, features: Features): (columns: Column[], places: Int32Array) => void {
  if (state.optionalString('missing_values') === 'ignore') return () => undefined;
  return (columns, places) => {
    for (const place of places) finiteIn(features, columns, place);
  };
}

function kept(state: EstimatorState, columns: readonly Column[], places: ArrayLike<number>): readonly Column[] {
  if (!state.booleanOr('drop_original', false)) return columns;
  const dropped = new Set(Array.from(places));
  return columns.filter((_, j) => !dropped.has(j));
}
