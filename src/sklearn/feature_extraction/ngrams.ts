import { collapseSpaces, splitWords } from './python-text.ts';

/** Smallest and largest number of parts of an n-gram. */
export type NgramRange = readonly [min: number, max: number];

/** Tokens and their n-grams, joined by spaces. */
export function wordNgrams(tokens: readonly string[], [min, max]: NgramRange): readonly string[] {
  if (max === 1) return tokens;
  const out: string[] = min === 1 ? [...tokens] : [];
  for (let n = min === 1 ? 2 : min; n <= Math.min(max, tokens.length); n++) {
    for (let i = 0; i + n <= tokens.length; i++) out.push(tokens.slice(i, i + n).join(' '));
  }
  return out;
}

/** Character n-grams of the text, runs of whitespace counted as one space. */
export function charNgrams(text: string, [min, max]: NgramRange): string[] {
  const chars = Characters.of(collapseSpaces(text));
  const out: string[] = [];
  for (let n = min; n <= Math.min(max, chars.length); n++) {
    for (let i = 0; i + n <= chars.length; i++) out.push(chars.slice(i, i + n));
  }
  return out;
}

/** Character n-grams inside words, each word with a space before and after it. */
export function wordBoundaryNgrams(text: string, [min, max]: NgramRange): string[] {
  const out: string[] = [];
  for (const word of splitWords(text)) {
    const chars = Characters.of(` ${word} `);
    for (let n = min; n <= max; n++) {
      // A word shorter than n counts once, as it is.
      if (n >= chars.length) {
        out.push(chars.slice(0, n));
        break;
      }
      for (let i = 0; i + n <= chars.length; i++) out.push(chars.slice(i, i + n));
    }
  }
  return out;
}

/** A text by code points, as Python counts. */
class Characters {
  readonly length: number;
  readonly #text: string;
  readonly #points: readonly string[] | undefined;

  private constructor(text: string) {
    this.#text = text;
    this.#points = /[\ud800-\udfff]/.test(text) ? Array.from(text) : undefined;
    this.length = this.#points?.length ?? text.length;
  }

  static of(text: string): Characters {
    return new Characters(text);
  }

  slice(start: number, end: number): string {
    return this.#points === undefined ? this.#text.slice(start, end) : this.#points.slice(start, end).join('');
  }
}
