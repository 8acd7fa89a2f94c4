import { FormatError } from '../errors/format-error.ts';

/**
 * JSON as XGBoost writes it: besides standard JSON the bare words `NaN` (given as `null`), `Infinity` and `-Infinity`.
 *
 * @throws `ML_FORMAT_MALFORMED`
 */
export function parseJsonText(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  } catch (error) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `${bytes.length} bytes of JSON are more than a string can hold; save the model as .ubj`,
      {
        cause: error,
      },
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    // Most files have no bare words, so they are looked for only now.
  }
  try {
    return JSON.parse(withoutBareWords(text));
  } catch (error) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `XGBoost model: the JSON cannot be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['NaN', 'null'],
  ['nan', 'null'],
  ['Infinity', '1e999'],
  ['inf', '1e999'],
]);

/** Replaces the bare words outside of strings by what JSON can say. `-NaN` loses its sign. */
function withoutBareWords(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    const word = char === 'N' || char === 'I' || char === 'n' || char === 'i' ? wordAt(text, at) : undefined;
    if (word === undefined) {
      at += 1;
      continue;
    }
    const replacement = WORDS.get(word) as string;
    const end = replacement === 'null' && text[at - 1] === '-' ? at - 1 : at;
    parts.push(text.slice(from, end), replacement);
    at += word.length;
    from = at;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

function wordAt(text: string, at: number): string | undefined {
  for (const word of WORDS.keys()) if (text.startsWith(word, at)) return word;
  return undefined;
}

/** The index after the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}
