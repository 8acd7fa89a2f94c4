import { type Dataset, toDense } from '../../data/dataset.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';
import { CsrRows } from './csr-rows.ts';
import { isFloat32 } from './float-type.ts';
import { numberIn, rawRows, recordEntries, wrongValue } from './record-values.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/**
 * Records to columns: a number goes to the column of its name, text to the column `name=text` as 1, a list of texts to
 * one column each. What is not in the vocabulary is left out; missing is NaN.
 *
 * Source: sklearn/feature_extraction/_dict_vectorizer.py, `DictVectorizer.transform`.
 */
export function dictVectorizer(state: EstimatorState): Estimator {
  const { columns, size } = withNumbers(state, vocabularyOf(state));
  const separator = state.optionalString('separator') ?? '=';
  const sparse = state.booleanOr('sparse', true);
  const round = isFloat32(state.get('dtype')) ? Math.fround : (value: number): number => value;
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: 1,
    featureNames: undefined,
    takesWholeRows: true,
    transform(x): Dataset {
      const out = new CsrRows(size);
      for (const [row, record] of rawRows(x, className).entries()) {
        for (const [name, value] of recordEntries(record, row, className)) {
          for (const [feature, number] of featuresOf(name, value, { row, className, separator })) {
            const column = columns.get(feature);
            if (column !== undefined) out.add(column, round(number));
          }
        }
        out.endRow();
      }
      return sparse ? out.matrix() : toDense(out.matrix());
    },
  };
}

/** A feature that is a number in Python goes by its text: records in JavaScript have no other keys. */
function withNumbers(state: EstimatorState, { columns, size }: Vocabulary): Vocabulary {
  const vocabulary = state.get('vocabulary_');
  if (columns.size === size || !isNode(vocabulary) || vocabulary.kind !== 'dict') return { columns, size };
  const all = new Map(columns);
  for (const [key, column] of vocabulary) {
    const label = labelOf(key);
    if (typeof label === 'string') continue;
    const text = String(label);
    if (typeof label !== 'number' || all.has(text)) throw state.unsupported(`a feature that is named by ${text}`);
    all.set(text, Number(labelOf(column)));
  }
  return { columns: all, size };
}

function featuresOf(
  name: string,
  value: unknown,
  context: { readonly row: number; readonly className: string; readonly separator: string },
): readonly (readonly [feature: string, value: number])[] {
  if (typeof value === 'string') return [[name + context.separator + value, 1]];
  if (value === null || value === undefined) return [[name, Number.NaN]];
  const number = numberIn(value);
  if (number !== undefined) return [[name, number]];
  if (!(Array.isArray(value) || value instanceof Set)) throw wrongValue(name, value, context);
  return Array.from(value, (item: unknown) => {
    if (typeof item !== 'string') throw wrongValue(name, item, context);
    return [name + context.separator + item, 1] as const;
  });
}
