import { FormatError } from '../../errors/format-error.ts';
import { malformed } from './parse-context.ts';

/** Characters of one JSON text; the largest architectures take a few megabytes. */
const MAX_JSON_CHARACTERS = 64 * 1024 * 1024;

/** Lists and objects in each other: some four per model in a model, and what reads them calls itself. */
const MAX_JSON_NESTING = 1000;

/**
 * JSON as Python writes it: `NaN` and infinities may stand where numbers do; they become `null`.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT`
 */
export function parseJson(text: string, what: string): unknown {
  if (text.length > MAX_JSON_CHARACTERS) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `Keras model: ${what} has ${text.length} characters, more than ${MAX_JSON_CHARACTERS}`,
      {
        details: { limit: MAX_JSON_CHARACTERS },
      },
    );
  }
  if (nestedDeeper(text, MAX_JSON_NESTING)) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `Keras model: ${what} nests lists and objects more than ${MAX_JSON_NESTING} deep`,
      { details: { limit: MAX_JSON_NESTING } },
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = withoutNonFinite(text);
    if (bare !== text) return parseJson(bare, what);
    throw malformed(`${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Whether brackets outside of texts are open at more than `limit` places at once. */
function nestedDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfText(text, i);
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

/** Where the quote that ends a text stands; the end of all where there is none. */
function endOfText(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i;
    if (code === BACKSLASH) i += 1;
  }
  return text.length;
}

/**
 * The text with `null` for the numbers that JSON has no words for, outside of texts. Cut by hand: a regular expression
 * that skips texts runs out of stack on long ones.
 */
function withoutNonFinite(text: string): string {
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const quote = text.indexOf('"', from);
    const outside = text.slice(from, quote < 0 ? undefined : quote);
    parts.push(outside.replaceAll(/-?\b(?:NaN|Infinity)\b/g, 'null'));
    if (quote < 0) break;
    from = endOfText(text, quote) + 1;
    parts.push(text.slice(quote, from));
  }
  return parts.join('');
}

/** UTF-8 text of bytes from a file. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
