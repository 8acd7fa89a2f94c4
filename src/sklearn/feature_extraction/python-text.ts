import { COMBINING } from './combining-characters.ts';

// Python's text semantics where JavaScript's differ. `str.lower` is `toLowerCase`: both apply Unicode's full mapping
// with the final sigma.

/** What `\w` matches in a Python `str` pattern, for use inside a class. */
export const WORD: string = String.raw`\p{L}\p{N}_`;
/** What `\d` matches. */
export const DIGIT: string = String.raw`\p{Nd}`;
/** What `\s` matches and `str.split()` splits at: not JavaScript's `\s`. */
export const SPACE: string = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;

const SPACES = new RegExp(`[${SPACE}]+`, 'u');
const SPACE_RUNS = new RegExp(`[${SPACE}]{2,}`, 'gu');
const NOT_ASCII = /[^\0-\x7f]/;
const ALL_NOT_ASCII = /[^\0-\x7f]+/g;

/** `text.split()`: the parts between whitespace, none of them empty. */
export function splitWords(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== '');
}

/** Each run of two and more whitespace characters as one space; a single one stays what it is. */
export function collapseSpaces(text: string): string {
  return text.replace(SPACE_RUNS, ' ');
}

/** `strip_accents_ascii`: decomposed, and what is not ASCII left out. */
export function stripAccentsAscii(text: string): string {
  return text.normalize('NFKD').replace(ALL_NOT_ASCII, '');
}

/**
 * `strip_accents_unicode`: decomposed, without combining characters.
 *
 * @param keepDecomposed before scikit-learn 0.22 text that was decomposed already stayed as it was
 */
export function stripAccentsUnicode(text: string, keepDecomposed: boolean): string {
  if (!NOT_ASCII.test(text)) return text;
  const decomposed = text.normalize('NFKD');
  return keepDecomposed && decomposed === text ? text : decomposed.replace(COMBINING, '');
}

/** Order of Python strings: by code point, where JavaScript's is by UTF-16 unit. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above all others.
    const high = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
    return high(x) - high(y);
  }
  return a.length - b.length;
}
