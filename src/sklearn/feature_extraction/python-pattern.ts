import { FormatError } from '../../errors/format-error.ts';
import { readClass, type PatternReader, readEscape } from './pattern-parts.ts';
import { WORD } from './python-text.ts';

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;
const START = String.raw`(?<![\s\S])`;
const END = String.raw`(?![\s\S])`;

/** A Python pattern as a JavaScript one. */
export interface TranslatedPattern {
  /** With the flags `g` and `u`. */
  readonly regexp: RegExp;
  /** Capturing groups. */
  readonly groups: number;
}

/** What a part of a pattern does, as far as it matters outside of it. */
interface Part {
  readonly source: string;
  readonly canBeEmpty: boolean;
}

/**
 * Translates a pattern of Python's `re` for `str` into a JavaScript one that finds the same matches: `\w`, `\d`, `\s`
 * and `\b` have Python's Unicode meaning, or the ASCII one under `(?a)`.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for syntax that has no counterpart, naming it: other flags than `a`, `m`, `s` and
 *   `u`, conditionals, atomic groups and possessive quantifiers, `\N{...}`, and patterns with alternatives, lazy
 *   quantifiers or `\B` that can match nothing, after which the two languages go on differently
 */
export function translatePattern(pattern: string): TranslatedPattern {
  if (pattern.length > MAX_LENGTH) throw unsupportedPattern(pattern, `one of more than ${MAX_LENGTH} characters`);
  const translator = new Translator(pattern);
  const { source, canBeEmpty } = translator.whole();
  if (canBeEmpty && translator.hasChoice) throw unsupportedPattern(pattern, 'a choice that can match nothing');
  try {
    return { regexp: new RegExp(source, 'gu'), groups: translator.groups };
  } catch {
    throw unsupportedPattern(pattern, 'its syntax');
  }
}

/** @param what the syntax that is not supported */
function unsupportedPattern(pattern: string, what: string): FormatError {
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}...` : pattern;
  return new FormatError('ML_FORMAT_UNSUPPORTED', `token_pattern ${JSON.stringify(shown)}: ${what} is not supported`, {
    details: { pattern: shown },
  });
}

class Translator implements PatternReader {
  readonly chars: readonly string[];
  at = 0;
  ascii = false;
  groups = 0;
  /** Whether there is what makes the languages differ after a match of nothing. */
  hasChoice = false;
  readonly #pattern: string;
  readonly #names = new Map<string, number>();
  #multiline = false;
  #dotAll = false;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.chars = Array.from(pattern);
  }

  whole(): Part {
    const part = this.#alternatives();
    if (this.at < this.chars.length) throw this.unsupported('an unbalanced parenthesis');
    return part;
  }

  unsupported(what: string): FormatError {
    return unsupportedPattern(this.#pattern, what);
  }

  take(text: string): boolean {
    const expected = Array.from(text);
    if (!expected.every((char, i) => this.chars[this.at + i] === char)) return false;
    this.at += expected.length;
    return true;
  }

  #alternatives(): Part {
    if (++this.#depth > MAX_DEPTH) throw this.unsupported(`nesting deeper than ${MAX_DEPTH}`);
    let { source, canBeEmpty } = this.#sequence();
    while (this.take('|')) {
      this.hasChoice = true;
      const next = this.#sequence();
      source += `|${next.source}`;
      canBeEmpty ||= next.canBeEmpty;
    }
    this.#depth -= 1;
    return { source, canBeEmpty };
  }

  #sequence(): Part {
    let source = '';
    let canBeEmpty = true;
    for (
      let char = this.chars[this.at];
      char !== undefined && char !== '|' && char !== ')';
      char = this.chars[this.at]
    ) {
      const part = this.#quantified();
      source += part.source;
      canBeEmpty &&= part.canBeEmpty;
    }
    return { source, canBeEmpty };
  }

  #quantified(): Part {
    const atom = this.#atom();
    const quantifier = this.#quantifier();
    if (quantifier === undefined) return atom;
    const { text, min } = quantifier;
    // What matches nothing at all can be repeated in Python and not in JavaScript.
    return { source: `(?:${atom.source})${text}`, canBeEmpty: atom.canBeEmpty || min === 0 };
  }

  #quantifier(): { readonly text: string; readonly min: number } | undefined {
    let text: string;
    let min: number;
    if (this.take('*')) [text, min] = ['*', 0];
    else if (this.take('+')) [text, min] = ['+', 1];
    else if (this.take('?')) [text, min] = ['?', 0];
    else {
      const match = /^\{(\d*)(?:(,)(\d*))?\}/.exec(this.chars.slice(this.at, this.at + 30).join(''));
      if (match === null || match[0] === '{}') return undefined;
      const [whole, low = '', comma = '', high = ''] = match;
      min = low === '' ? 0 : Number(low);
      text = `{${min}${comma}${high}}`;
      this.at += whole.length;
    }
    if (this.take('?')) {
      this.hasChoice = true;
      text += '?';
    } else if (this.chars[this.at] === '+') {
      throw this.unsupported('a possessive quantifier');
    }
    return { text, min };
  }

  #atom(): Part {
    const char = this.chars[this.at++] as string;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return { source: readClass(this), canBeEmpty: false };
      case '\\':
        return this.#escape();
      case '.':
        return { source: this.#dotAll ? String.raw`[\s\S]` : String.raw`[^\n]`, canBeEmpty: false };
      case '^':
        return { source: this.#multiline ? String.raw`(?<![^\n])` : START, canBeEmpty: true };
      case '$':
        return { source: this.#multiline ? String.raw`(?![^\n])` : String.raw`(?=\n?${END})`, canBeEmpty: true };
      default:
        return { source: literal(char), canBeEmpty: false };
    }
  }

  #escape(): Part {
    const char = this.chars[this.at] ?? '';
    const word = this.ascii ? 'A-Za-z0-9_' : WORD;
    const assertions = new Map([
      ['A', START],
      ['Z', END],
      ['b', `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`],
      ['B', `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`],
    ]);
    const assertion = assertions.get(char);
    if (assertion !== undefined) {
      this.at += 1;
      // What `\\B` says of a text without characters depends on the version of Python.
      if (char === 'B') this.hasChoice = true;
      return { source: assertion, canBeEmpty: true };
    }
    const reference = /^[1-9]\d?(?!\d)/.exec(this.chars.slice(this.at, this.at + 3).join(''));
    if (reference !== null) {
      this.at += reference[0].length;
      return this.#reference(Number(reference[0]));
    }
    const escaped = readEscape(this);
    if (escaped.kind === 'literal') return { source: literal(escaped.char), canBeEmpty: false };
    return { source: `[${escaped.negated ? '^' : ''}${escaped.ranges}]`, canBeEmpty: false };
  }

  #reference(group: number): Part {
    if (group > this.groups) throw this.unsupported(`a reference to group ${group} before it`);
    return { source: `(?:\\${group})`, canBeEmpty: true };
  }

  #group(): Part {
    if (!this.take('?')) return this.#captured();
    if (this.take(':')) return this.#enclosed('(?:');
    for (const look of ['=', '!', '<=', '<!']) {
      if (this.take(look)) return { source: this.#enclosed(`(?${look}`).source, canBeEmpty: true };
    }
    if (this.take('#')) return this.#comment();
    if (this.take('P<')) return this.#captured(this.#until('>'));
    if (this.take('P=')) {
      const name = this.#until(')');
      const group = this.#names.get(name);
      if (group === undefined) throw this.unsupported(`a reference to group "${name}" before it`);
      return this.#reference(group);
    }
    return this.#flags();
  }

  #captured(name?: string): Part {
    this.groups += 1;
    if (name !== undefined) this.#names.set(name, this.groups);
    return this.#enclosed('(');
  }

  #enclosed(open: string): Part {
    const { source, canBeEmpty } = this.#alternatives();
    if (!this.take(')')) throw this.unsupported('a missing parenthesis');
    return { source: `${open}${source})`, canBeEmpty };
  }

  #comment(): Part {
    this.#until(')');
    return { source: '', canBeEmpty: true };
  }

  /** Flags for the whole pattern, which Python allows at its start. */
  #flags(): Part {
    const start = this.at - 2;
    const flags = this.#until(')');
    if (start !== 0 && !/^(?:\(\?[a-z]+\))+$/.test(this.chars.slice(0, start).join('')))
      throw this.unsupported(`"(?${flags})" inside`);
    for (const flag of flags) {
      if (flag === 'a') this.ascii = true;
      else if (flag === 'm') this.#multiline = true;
      else if (flag === 's') this.#dotAll = true;
      else if (flag !== 'u') throw this.unsupported(`"(?${flags})"`);
    }
    return { source: '', canBeEmpty: true };
  }

  #until(end: string): string {
    const close = this.chars.indexOf(end, this.at);
    if (close < 0) throw this.unsupported(`a missing "${end}"`);
    const text = this.chars.slice(this.at, close).join('');
    this.at = close + 1;
    return text;
  }
}

/** A character as itself in a pattern with the flag `u`. */
function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
