import type { FormatError } from '../../errors/format-error.ts';
import { codeProblem } from './code-problem.ts';
import type { Token, TokenKind } from './tokenize.ts';

/** Nesting of expressions and blocks. The writer repeats an `else` per level of an `elif`, so that real files nest deep. */
const MAX_DEPTH = 200;

/** Tokens with a place to stand at. */
export class TokenStream {
  readonly file: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], file: string) {
    this.#tokens = tokens;
    this.file = file;
  }

  /** The token `ahead` places further; the end where there is none. */
  peek(ahead = 0): Token {
    return (this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)) as Token;
  }

  get line(): number {
    return this.peek().line;
  }

  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** Whether the next token is this operator or keyword. */
  is(text: string): boolean {
    const { kind, text: own } = this.peek();
    return own === text && (kind === 'operator' || kind === 'name');
  }

  /** Takes the next token if it is this operator or keyword. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`"${text}"`);
  }

  expectKind(kind: TokenKind): string {
    if (this.peek().kind !== kind) throw this.unexpected(`a ${kind}`);
    return this.next().text;
  }

  /** Goes one level down while `read` runs. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw codeProblem('ML_FORMAT_LIMIT', this.#place(), `nested more than ${MAX_DEPTH} levels deep`);
    }
    const result = read();
    this.#depth--;
    return result;
  }

  unexpected(wanted: string): FormatError {
    const { kind, text } = this.peek();
    const got = text === '' ? kind : JSON.stringify(text.slice(0, 40));
    return codeProblem('ML_FORMAT_MALFORMED', this.#place(), `expected ${wanted}, got ${got}`);
  }

  #place(): { readonly file: string; readonly line: number } {
    return { file: this.file, line: this.line };
  }
}
