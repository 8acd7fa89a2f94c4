import { codeProblem } from './code-problem.ts';
import { unescapeString } from './unescape-string.ts';

export type TokenKind =
  | 'name'
  | 'int'
  | 'float'
  | 'imaginary'
  | 'string'
  | 'operator'
  | 'newline'
  | 'indent'
  | 'dedent'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A name, an operator, the digits of a number, or the characters of a string. */
  readonly text: string;
  readonly line: number;
}

const SPACE = /[ \t\r]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'/y;
const OPERATOR = /->|[()[\]{}:,.=-]/y;
const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);

/**
 * Splits serialized code into tokens, with indentation as Python reads it: lines inside brackets
 * belong together, blank lines and comments count for nothing.
 *
 * @param maxTokens more raise `ML_FORMAT_LIMIT`
 * @throws `ML_FORMAT_MALFORMED` naming the line
 */
export function tokenize(code: string, file: string, maxTokens: number): readonly Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let line = 1;
  let at = 0;
  let brackets = 0;
  let lineStart = true;

  const push = (kind: TokenKind, text: string): void => {
    if (tokens.length >= maxTokens) {
      throw codeProblem('ML_FORMAT_LIMIT', { file, line }, `more than ${maxTokens} tokens; raise limits.maxElements`);
    }
    tokens.push({ kind, text, line });
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(code)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };

  while (at < code.length) {
    const start = at;
    match(SPACE);
    const width = at - start;
    const character = code[at];
    if (character === undefined) break;
    if (character === '#') {
      const end = code.indexOf('\n', at);
      at = end === -1 ? code.length : end;
      continue;
    }
    if (character === '\n') {
      at++;
      if (brackets === 0 && !lineStart) push('newline', '');
      if (brackets === 0) lineStart = true;
      line++;
      continue;
    }
    if (lineStart) {
      lineStart = false;
      indent(width);
    }
    const name = match(NAME);
    if (name !== undefined) {
      push('name', name);
      continue;
    }
    const number = match(NUMBER);
    if (number !== undefined) {
      if (code[at] === 'j') {
        at++;
        push('imaginary', number);
      } else push(/[.eE]/.test(number) ? 'float' : 'int', number);
      continue;
    }
    const text = match(STRING);
    if (text !== undefined) {
      push('string', unescapeString(text.slice(1, -1)));
      continue;
    }
    const operator = match(OPERATOR);
    if (operator === undefined) {
      throw codeProblem('ML_FORMAT_MALFORMED', { file, line }, `unexpected character ${JSON.stringify(character)}`);
    }
    if (OPENING.has(operator)) brackets++;
    if (CLOSING.has(operator)) brackets--;
    push('operator', operator);
  }
  if (!lineStart) push('newline', '');
  for (; indents.length > 1; indents.pop()) push('dedent', '');
  push('end', '');
  return tokens;

  function indent(width: number): void {
    const current = indents.at(-1) as number;
    if (width > current) {
      indents.push(width);
      push('indent', '');
      return;
    }
    while ((indents.at(-1) as number) > width) {
      indents.pop();
      push('dedent', '');
    }
    if (indents.at(-1) !== width) {
      throw codeProblem('ML_FORMAT_MALFORMED', { file, line }, 'the indentation matches no outer block');
    }
  }
}
