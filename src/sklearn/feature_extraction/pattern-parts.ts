import type { FormatError } from '../../errors/format-error.ts';
import { DIGIT, SPACE, WORD } from './python-text.ts';

/** The place in a pattern that is being read. */
export interface PatternReader {
  readonly chars: readonly string[];
  at: number;
  readonly ascii: boolean;
  take(text: string): boolean;
  unsupported(what: string): FormatError;
}

/** What a backslash sequence stands for. */
export type Escape =
  | { readonly kind: 'literal'; readonly char: string }
  /** `ranges` is for use inside a class. */
  | { readonly kind: 'set'; readonly ranges: string; readonly negated: boolean };

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
]);
const SETS: ReadonlyMap<string, string> = new Map([
  ['w', WORD],
  ['d', DIGIT],
  ['s', SPACE],
]);
const ASCII_SETS: ReadonlyMap<string, string> = new Map([
  ['w', 'A-Za-z0-9_'],
  ['d', '0-9'],
  ['s', String.raw`\t-\r\x20`],
]);
const HEX_LENGTH: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** Reads what follows a backslash, except assertions and references to groups. */
export function readEscape(reader: PatternReader): Escape {
  const char = reader.chars[reader.at++];
  if (char === undefined) throw reader.unsupported('a backslash at the end');
  const set = (reader.ascii ? ASCII_SETS : SETS).get(char.toLowerCase());
  if (set !== undefined) return { kind: 'set', ranges: set, negated: char !== char.toLowerCase() };
  const control = CONTROLS.get(char);
  if (control !== undefined) return { kind: 'literal', char: control };
  const digits = HEX_LENGTH.get(char);
  if (digits !== undefined) return hexEscape(reader, digits);
  if (/[0-7]/.test(char)) return octalEscape(reader);
  if (/[A-Za-z0-9]/.test(char)) throw reader.unsupported(`"\\${char}"`);
  return { kind: 'literal', char };
}

function hexEscape(reader: PatternReader, digits: number): Escape {
  const hex = reader.chars.slice(reader.at, reader.at + digits).join('');
  const code = Number.parseInt(hex, 16);
  if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits || code > 0x10_ff_ff)
    throw reader.unsupported(`an escape "${hex}"`);
  reader.at += digits;
  return { kind: 'literal', char: String.fromCodePoint(code) };
}

function octalEscape(reader: PatternReader): Escape {
  const octal = /^[0-7]{1,3}/.exec(reader.chars.slice(reader.at - 1, reader.at + 2).join('')) as RegExpExecArray;
  reader.at += octal[0].length - 1;
  return { kind: 'literal', char: String.fromCodePoint(Number.parseInt(octal[0], 8)) };
}

/** Reads a class after its opening bracket. */
export function readClass(reader: PatternReader): string {
  const negated = reader.take('^');
  let inside = '';
  // A negated set cannot stand inside a class; it stands beside it.
  const beside: string[] = [];
  for (let first = true; ; first = false) {
    if (reader.at >= reader.chars.length) throw reader.unsupported('a missing bracket');
    if (!first && reader.take(']')) break;
    const low = classItem(reader);
    if (low.kind === 'set') {
      if (low.negated) beside.push(`[^${low.ranges}]`);
      else inside += low.ranges;
      continue;
    }
    const isRange = reader.chars[reader.at] === '-' && reader.chars[reader.at + 1] !== ']';
    if (!isRange) {
      inside += codeOf(low.char);
      continue;
    }
    reader.at += 1;
    if (reader.at >= reader.chars.length) throw reader.unsupported('a missing bracket');
    const high = classItem(reader);
    if (high.kind === 'set') throw reader.unsupported('a range that ends with a set');
    inside += `${codeOf(low.char)}-${codeOf(high.char)}`;
  }
  if (beside.length === 0) return `[${negated ? '^' : ''}${inside}]`;
  const any = (inside === '' ? beside : [`[${inside}]`, ...beside]).join('|');
  return negated ? String.raw`(?:(?!${any})[\s\S])` : `(?:${any})`;
}

function classItem(reader: PatternReader): Escape {
  const char = reader.chars[reader.at++] as string;
  if (char !== '\\') return { kind: 'literal', char };
  if (reader.take('b')) return { kind: 'literal', char: '\b' };
  return readEscape(reader);
}

function codeOf(char: string): string {
  return `\\u{${(char.codePointAt(0) as number).toString(16)}}`;
}
