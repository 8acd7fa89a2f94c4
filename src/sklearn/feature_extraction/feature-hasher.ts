import type { Dataset } from '../../data/dataset.ts';
import { describe } from '../../data/rows.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { hashingOf, type NamedValues } from './feature-hashing.ts';
import { numberIn, rawRows, recordEntries, wrongValue } from './record-values.ts';

/**
 * Records (`input_type="dict"`), lists of pairs of name and value (`"pair"`) or lists of names (`"string"`) to columns
 * by the hash of the name; text as a value makes the name `name=text` and counts 1.
 *
 * Source: sklearn/feature_extraction/_hash.py, `FeatureHasher`.
 */
export function featureHasher(state: EstimatorState): Estimator {
  const hash = hashingOf(state);
  const type = state.optionalString('input_type') ?? 'dict';
  if (type !== 'dict' && type !== 'pair' && type !== 'string') throw state.unsupported(`input_type="${type}"`);
  const { className } = state;
  const read = (value: unknown, row: number): NamedValues => {
    if (type === 'dict') return named(recordEntries(value, row, className), row, className);
    if (!Array.isArray(value)) {
      throw new InputError(
        'ML_INPUT_INVALID',
        `row ${row} is ${describe(value)}; ${className} with input_type="${type}" takes lists`,
        { details: { row } },
      );
    }
    return named(
      value.map((item: unknown) => (type === 'string' ? [item, 1] : pairOf(item))),
      row,
      className,
    );
  };
  return {
    className,
    task: 'transformation',
    width: 1,
    featureNames: undefined,
    takesWholeRows: true,
    transform: (x): Dataset => hash(rawRows(x, className).map(read)),
  };
}

function pairOf(item: unknown): readonly [unknown, unknown] {
  return Array.isArray(item) ? [item[0], item[1]] : [item, undefined];
}

function named(entries: readonly (readonly unknown[])[], row: number, className: string): NamedValues {
  return entries.map(([name, value]) => {
    if (typeof name !== 'string') throw wrongValue('name', name, { row, className });
    if (typeof value === 'string') return [`${name}=${value}`, 1] as const;
    const number = numberIn(value);
    if (number === undefined) throw wrongValue(name, value, { row, className });
    return [name, number] as const;
  });
}
