import { InputError } from '../errors/input-error.ts';
import type { TensorLike } from '../spec/tensor.ts';

/** A StringNormalizer that was cut from the graph, to be done on what an input is fed. */
export interface StringStep {
  /** Name of the graph's input. */
  readonly input: string;
  readonly caseChange: 'LOWER' | 'UPPER' | 'NONE';
  readonly stopwords: readonly string[];
  /** Whether stop words are compared as they are written. */
  readonly caseSensitive: boolean;
  /** Whether the graph reshaped the texts to one dimension before: then any shape is taken. */
  readonly flattened: boolean;
}

/**
 * What ONNX's StringNormalizer gives: the texts without the stop words, in upper or lower case.
 * Where no text is left, the result is one empty text.
 *
 * Case follows Unicode's full mappings, as Python's `str.lower` and ONNX's reference do;
 * onnxruntime maps letter by letter, which differs for a few letters such as `ß` in upper case.
 *
 * @param tensor strings of shape `[C]` or `[1, C]`, of any shape for a `flattened` step
 * @returns strings of the same rank; texts are removed along the dimension that varies
 * @throws `ML_INPUT_DTYPE` for values that are no strings, `ML_INPUT_SHAPE` for another shape and for no texts
 */
export function applyStringNormalizer(tensor: TensorLike, step: StringStep): TensorLike {
  const { input, stopwords, caseSensitive, flattened } = step;
  const texts = textsOf(tensor, input);
  const axis = removalAxis(tensor.shape, flattened);
  if (axis === undefined || texts.length === 0) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `input ${JSON.stringify(input)} goes into a StringNormalizer, which takes texts of shape [C] or [1, C] with C of 1 or more, got [${tensor.shape.join(', ')}]`,
      { details: { input, shape: tensor.shape } },
    );
  }
  const change = CHANGES.get(step.caseChange) ?? same;
  if (stopwords.length === 0) return { data: texts.map(change), shape: tensor.shape, dtype: 'string' };

  const fold = caseSensitive ? same : lower;
  const stop = new Set(stopwords.map(fold));
  const kept = texts.filter((text) => !stop.has(fold(text))).map(change);
  const data = kept.length === 0 ? [''] : kept;
  // A flattened step's shape is [N] or all ones but for one dimension: `removalAxis` saw to it.
  return { data, shape: tensor.shape.map((extent, i) => (i === axis ? data.length : extent)), dtype: 'string' };
}

const same = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();
const CHANGES: ReadonlyMap<string, (text: string) => string> = new Map([
  ['LOWER', lower],
  ['UPPER', (text: string): string => text.toUpperCase()],
]);

/** The dimension along which texts may be removed; `undefined` for a shape that the operator does not take. */
function removalAxis(shape: readonly number[], flattened: boolean): number | undefined {
  if (shape.length === 1) return 0;
  if (shape.length === 2 && shape[0] === 1) return 1;
  return flattened ? shape.findIndex((extent) => extent !== 1) : undefined;
}

function textsOf(tensor: TensorLike, input: string): readonly string[] {
  const { data, dtype } = tensor;
  if (Array.isArray(data) && data.every((value) => typeof value === 'string')) return data;
  throw new InputError(
    'ML_INPUT_DTYPE',
    `input ${JSON.stringify(input)} must hold strings only, its dtype is ${dtype}`,
    {
      details: { input, dtype },
    },
  );
}
