import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';
import { compareCodePoints } from './python-text.ts';

/** Columns by term. */
export interface Vocabulary {
  readonly columns: ReadonlyMap<string, number>;
  readonly size: number;
}

/**
 * `vocabulary_`, or the fixed `vocabulary` of a vectorizer that never needed fitting.
 *
 * @throws `ML_FORMAT_NOT_FITTED`, `ML_FORMAT_UNSUPPORTED`
 */
export function vocabularyOf(state: EstimatorState): Vocabulary {
  const fitted = state.get('vocabulary_');
  if (isNode(fitted) && fitted.kind === 'dict') return fromPairs([...fitted], state);
  const given = fitted === undefined || fitted === null ? state.get('vocabulary') : fitted;
  if (isNode(given)) {
    if (given.kind === 'dict') return fromPairs([...given], state);
    if (given.kind === 'set') return fromTerms(termsIn([...given]).sort(compareCodePoints));
    return fromTerms(termsIn(state.labelsIn(given, 'vocabulary')));
  }
  // Says that the vectorizer was never fitted.
  state.part('vocabulary_');
  throw state.unsupported('a vocabulary that is no dictionary');
}

function fromPairs(pairs: readonly (readonly [PyValue, PyValue])[], state: EstimatorState): Vocabulary {
  const columns = new Map<string, number>();
  for (const [term, value] of pairs) {
    const column = Number(labelOf(value));
    if (!(Number.isInteger(column) && column >= 0 && column < pairs.length))
      throw state.unsupported(`column ${column} of a vocabulary of ${pairs.length} terms`);
    const [text] = termsIn([term]);
    if (text !== undefined) columns.set(text, column);
  }
  return { columns, size: pairs.length };
}

function fromTerms(terms: readonly string[]): Vocabulary {
  return { columns: new Map(terms.map((term, column) => [term, column])), size: terms.length };
}

/** The terms that a text can contain: keys of other types never occur in one. */
function termsIn(values: readonly PyValue[]): string[] {
  return values.map((value) => labelOf(value)).filter((term): term is string => typeof term === 'string');
}
