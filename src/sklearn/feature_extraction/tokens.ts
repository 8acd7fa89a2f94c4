import { FormatError } from '../../errors/format-error.ts';
import { translatePattern } from './python-pattern.ts';
import { WORD } from './python-text.ts';

/** What scikit-learn takes unless told otherwise: runs of two or more word characters. */
const DEFAULT_PATTERN = String.raw`(?u)\b\w\w+\b`;

/** The tokens of a text. */
export type Tokenizer = (text: string) => string[];

/**
 * `re.findall(token_pattern, text)`: the matches, or what the one capturing group caught.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a pattern with several groups or syntax that cannot be translated
 */
export function patternTokenizer(pattern: string): Tokenizer {
  if (pattern === DEFAULT_PATTERN) {
    // A run that starts at its first character always ends at a boundary: no look at either side is needed.
    const runs = new RegExp(`[${WORD}]{2,}`, 'gu');
    return (text) => text.match(runs) ?? [];
  }
  const { regexp, groups } = translatePattern(pattern);
  if (groups > 1) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `token_pattern ${JSON.stringify(pattern)} has ${groups} capturing groups; scikit-learn allows one`,
    );
  }
  return (text) => {
    const tokens: string[] = [];
    for (const match of text.matchAll(regexp)) {
      // V8 finds nothing also between the halves of a surrogate pair, where Python has no place.
      if (match[0] === '' && isInsidePair(text, match.index)) continue;
      tokens.push(groups === 0 ? match[0] : (match[1] ?? ''));
    }
    return tokens;
  };
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));
}
