// Operands that protocols 0 and 1 write as text. Only what Python writes is read: readers differ on the rest.
import { PyBytes, type PyValue } from './nodes.ts';
import { malformed, overLimit } from './problems.ts';

/** Decimal digits, after Python's own limit on them. `suffix` is the `L` of long integers. */
export function parseInteger(text: string, maxDigits: number, offset: number): number | bigint {
  if (text.length > maxDigits + 2)
    throw overLimit('maxIntegerDigits', maxDigits, `an integer of ${text.length} digits`, offset);
  if (!/^-?\d+$/.test(text)) throw malformed(`${show(text)} is no integer`, offset);
  if (text.replace('-', '').length > maxDigits) {
    throw overLimit('maxIntegerDigits', maxDigits, `an integer of ${text.length} digits`, offset);
  }
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : BigInt(text);
}

/** A float as `repr` writes it. */
export function parseFloatText(text: string, offset: number): number {
  if (/^-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(text) && text.length <= 400) return Number(text);
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  if (text === 'nan' || text === '-nan') return Number.NaN;
  throw malformed(`${show(text)} is no float`, offset);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** The quoted string of STRING, as `repr` of Python 2 writes it. */
export function parseQuoted(text: string, offset: number): PyValue {
  const quote = text.charAt(0);
  if (text.length < 2 || (quote !== "'" && quote !== '"') || !text.endsWith(quote)) {
    throw malformed('a string has no quotes', offset);
  }
  const parts: string[] = [];
  const escape = /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/y;
  const end = text.length - 1;
  for (let i = 1; i < end; ) {
    const slash = text.indexOf('\\', i);
    const plainEnd = slash < 0 || slash > end ? end : slash;
    parts.push(text.slice(i, plainEnd));
    if (plainEnd === end) break;
    escape.lastIndex = plainEnd;
    const match = escape.exec(text);
    const [whole = '', hex, octal, letter] = match ?? [];
    if (match === null || plainEnd + whole.length > end) throw malformed('an escape in a string is cut off', offset);
    if (hex !== undefined) parts.push(String.fromCharCode(Number.parseInt(hex, 16)));
    else if (octal !== undefined) parts.push(String.fromCharCode(Number.parseInt(octal, 8) & 0xff));
    else {
      const character = ESCAPES.get(letter ?? '');
      if (character === undefined) throw malformed(`a string has the escape ${show(whole)}`, offset);
      parts.push(character);
    }
    i = plainEnd + whole.length;
  }
  return python2String(parts.join(''));
}

/** The raw-unicode-escape text of UNICODE. */
export function parseRawUnicode(text: string, offset: number): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\+(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[uU])?/g,
    (match: string, short?: string, long?: string) => {
      const slashes = match.length - match.replace(/^\\+/, '').length;
      // An even number of backslashes stands for itself: the last one is not the start of an escape.
      if (slashes % 2 === 0 || match.length === slashes) return match;
      const code = Number.parseInt(short ?? long ?? 'x', 16);
      if (!(code <= 0x10ffff)) throw malformed(`text has the escape ${show(match)}`, offset);
      return match.slice(0, slashes - 1) + String.fromCodePoint(code);
    },
  );
}

/**
 * A `str` of Python 2, given as one character per byte. Text where it is ASCII, as CPython reads it by default;
 * bytes otherwise, which CPython refuses and numpy data of that time needs.
 */
export function python2String(latin1: string): PyValue {
  // oxlint-disable-next-line no-control-regex -- the range is what ASCII is
  return /^[\x00-\x7f]*$/.test(latin1) ? latin1 : new PyBytes(Buffer.from(latin1, 'latin1'));
}

/** A little-endian two's complement integer of any length. */
export function decodeLong(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  let hex = '';
  for (let i = bytes.length - 1; i >= 0; i--) hex += (bytes[i] as number).toString(16).padStart(2, '0');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
