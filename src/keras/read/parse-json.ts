import { FormatError } from '../../errors/format-error.ts';
import { malformed } from './parse-context.ts';

/** Characters of one JSON text; the largest architectures take a few megabytes. */
const MAX_JSON_CHARACTERS = 64 * 1024 * 1024;

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
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = text.replace(
      /("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g,
      (_, literal: string | undefined) => literal ?? 'null',
    );
    if (bare !== text) return parseJson(bare, what);
    throw malformed(`${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** UTF-8 text of bytes from a file. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
