import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { ENGLISH_STOP_WORDS } from './english-stop-words.ts';
import { charNgrams, type NgramRange, wordBoundaryNgrams, wordNgrams } from './ngrams.ts';
import { stripAccentsAscii, stripAccentsUnicode } from './python-text.ts';
import { patternTokenizer } from './tokens.ts';

/** The terms of a text, repeated as often as they occur. */
export type Analyzer = (text: string) => readonly string[];

/** Settings that hold a function of the project where they are not None. */
const FUNCTIONS = ['tokenizer', 'preprocessor'] as const;

/**
 * What a text vectorizer does with a text before counting: lowercase, accents, tokens, stop words, n-grams.
 *
 * Source: sklearn/feature_extraction/text.py, `_VectorizerMixin.build_analyzer`.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for functions of the project (`tokenizer`, `preprocessor`, `analyzer`), and for input
 *   that is not text but files
 */
export function analyzerOf(state: EstimatorState): Analyzer {
  for (const name of FUNCTIONS) {
    if (state.has(name)) throw state.unsupported(`a function as ${name}`, { attribute: name });
  }
  if (typeof state.get('analyzer') !== 'string')
    throw state.unsupported('a function as analyzer', { attribute: 'analyzer' });
  const input = state.optionalString('input') ?? 'content';
  if (input !== 'content') throw state.unsupported(`input="${input}", which reads files: it`);
  const prepare = preprocessorOf(state);
  const range = ngramRange(state);
  const analyzer = state.string('analyzer');
  switch (analyzer) {
    case 'char':
      return (text) => charNgrams(prepare(text), range);
    case 'char_wb':
      return (text) => wordBoundaryNgrams(prepare(text), range);
    case 'word': {
      const tokenize = patternTokenizer(state.string('token_pattern'));
      const stop = stopWords(state);
      if (stop === undefined) return (text) => wordNgrams(tokenize(prepare(text)), range);
      return (text) =>
        wordNgrams(
          tokenize(prepare(text)).filter((token) => !stop.has(token)),
          range,
        );
    }
    default:
      throw state.unsupported(`analyzer="${analyzer}"`);
  }
}

function preprocessorOf(state: EstimatorState): (text: string) => string {
  const lowercase = state.booleanOr('lowercase', true);
  const strip = accentsOf(state);
  if (strip === undefined) return lowercase ? (text) => text.toLowerCase() : (text) => text;
  return lowercase ? (text) => strip(text.toLowerCase()) : strip;
}

function accentsOf(state: EstimatorState): ((text: string) => string) | undefined {
  if (!state.has('strip_accents')) return undefined;
  const accents = state.get('strip_accents');
  if (accents === 'ascii') return stripAccentsAscii;
  const keepDecomposed = !atLeast(state.version, 0, 22);
  if (accents === 'unicode') return (text) => stripAccentsUnicode(text, keepDecomposed);
  if (accents === false) return undefined;
  throw state.unsupported('a function as strip_accents', { attribute: 'strip_accents' });
}

function ngramRange(state: EstimatorState): NgramRange {
  if (!state.has('ngram_range')) return [1, 1];
  const [min, max] = state.ints('ngram_range');
  if (min === undefined || max === undefined || min < 0 || max < min)
    throw state.unsupported(`ngram_range (${min}, ${max})`);
  return [min, max];
}

function stopWords(state: EstimatorState): ReadonlySet<string> | undefined {
  const value = state.get('stop_words');
  if (value === undefined || value === null) return undefined;
  if (value === 'english') return ENGLISH_STOP_WORDS;
  if (typeof value === 'string') throw state.unsupported(`stop_words="${value}"`);
  return new Set(stringsIn(value, state));
}

/** Text in a list, tuple, set or array. */
function stringsIn(value: PyValue, state: EstimatorState): readonly string[] {
  const items = isNode(value) && value.kind === 'set' ? [...value] : state.labelsIn(value, 'stop_words');
  return items.filter((item): item is string => typeof item === 'string');
}
