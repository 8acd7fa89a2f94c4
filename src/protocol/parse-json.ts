import { isUtf8 } from 'node:buffer';
import { ProtocolError } from '../errors/protocol-error.ts';

/** Integers from this many digits on may not be exact as numbers. */
const LONG_INTEGER = /\d{16}/;
// Python's json writes NaN and Infinity as bare words. What stands after a digit, a point or an exponent is the rest
// of a number.
const UNCOMMON = /(?<![\d.eE+-])-?(?:NaN|Infinity|\d{16,}(?![\d.eE]))/g;

/**
 * JSON as the peers of the protocol write it: integers too long for a number, beside 64-bit tensors, become texts of
 * digits; so do Python's `NaN` and `Infinity`.
 *
 * @throws `ML_PROTOCOL_MALFORMED`
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new ProtocolError('ML_PROTOCOL_MALFORMED', 'the JSON is not valid UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (text.includes('INT64') && LONG_INTEGER.test(text)) return parse(quoteUncommon(text));
  try {
    return JSON.parse(text);
  } catch {
    return parse(quoteUncommon(text));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('ML_PROTOCOL_MALFORMED', `the body is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Puts uncommon numbers into quotes; what is in quotes already stays as it is. */
function quoteUncommon(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    parts.push(text.slice(at, end).replace(UNCOMMON, '"$&"'));
    at = quote < 0 ? text.length : endOfString(text, quote);
    parts.push(text.slice(end, at));
  }
  return parts.join('');
}

/** Behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}
