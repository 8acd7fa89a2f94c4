/** Punctuation of `lower_and_strip_punctuation`. */
const PUNCTUATION = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g;
const UPPER = /[A-Z]+/g;

/** Standardizations of `TextVectorization`. */
export const STANDARDIZE: ReadonlyMap<unknown, (text: string) => string> = new Map<unknown, (text: string) => string>([
  [null, (text) => text],
  ['lower', lower],
  ['strip_punctuation', (text) => text.replace(PUNCTUATION, '')],
  ['lower_and_strip_punctuation', (text) => lower(text).replace(PUNCTUATION, '')],
]);

/** `tf.strings.lower` without an encoding: letters of ASCII alone. */
function lower(text: string): string {
  return text.replace(UPPER, (letters) => letters.toLowerCase());
}

/** `tf.strings.split` without a separator: runs of ASCII's white space. */
export function splitWhitespace(text: string): readonly string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
}

/** Runs of tokens joined by spaces: all of the first width, then all of the next. */
export function ngrams(tokens: readonly string[], widths: readonly number[]): readonly string[] {
  return widths.flatMap((width) =>
    Array.from({ length: Math.max(tokens.length - width + 1, 0) }, (_, i) => tokens.slice(i, i + width).join(' ')),
  );
}
