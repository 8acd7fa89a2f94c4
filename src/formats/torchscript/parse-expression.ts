import type { Expression } from './code-ast.ts';
import type { TokenStream } from './token-stream.ts';

/** One expression; a comma ends it. */
export function parseExpression(tokens: TokenStream): Expression {
  return tokens.nested(() => {
    const { line } = tokens;
    const value = parseUnary(tokens);
    if (!tokens.take('if')) return value;
    const condition = parseExpression(tokens);
    tokens.expect('else');
    return { kind: 'conditional', line, condition, whenTrue: value, whenFalse: parseExpression(tokens) };
  });
}

/** Expressions up to a closing bracket, which is taken; a trailing comma is allowed. */
export function parseItems(tokens: TokenStream, closing: string): { items: readonly Expression[]; comma: boolean } {
  const items: Expression[] = [];
  let comma = false;
  while (!tokens.take(closing)) {
    if (items.length > 0 && !comma) throw tokens.unexpected(`"," or "${closing}"`);
    items.push(parseExpression(tokens));
    comma = tokens.take(',');
  }
  return { items, comma };
}

function parseUnary(tokens: TokenStream): Expression {
  const { line } = tokens;
  if (!tokens.take('-')) return parsePostfix(tokens);
  return tokens.nested(() => ({ kind: 'negative', line, of: parseUnary(tokens) }));
}

function parsePostfix(tokens: TokenStream): Expression {
  let value = parseAtom(tokens);
  for (;;) {
    const { line } = tokens;
    if (tokens.take('.')) value = { kind: 'attribute', line, of: value, name: tokens.expectKind('name') };
    else if (tokens.take('(')) value = parseCall(tokens, value, line);
    else if (tokens.take('[')) value = { kind: 'index', line, of: value, index: parseIndex(tokens) };
    else return value;
  }
}

/** `a[b]`, and `Tuple[a, b]` in types, whose index is a tuple. */
function parseIndex(tokens: TokenStream): Expression {
  const { line } = tokens;
  const { items, comma } = parseItems(tokens, ']');
  const [only] = items;
  return only !== undefined && items.length === 1 && !comma ? only : { kind: 'tuple', line, items };
}

function parseCall(tokens: TokenStream, target: Expression, line: number): Expression {
  const positional: Expression[] = [];
  const named = new Map<string, Expression>();
  let separated = true;
  while (!tokens.take(')')) {
    if (!separated) throw tokens.unexpected('"," or ")"');
    if (tokens.peek().kind === 'name' && tokens.peek(1).text === '=' && tokens.peek(1).kind === 'operator') {
      const name = tokens.next().text;
      tokens.expect('=');
      named.set(name, parseExpression(tokens));
    } else positional.push(parseExpression(tokens));
    separated = tokens.take(',');
  }
  return { kind: 'call', line, target, positional, named };
}

function parseAtom(tokens: TokenStream): Expression {
  const { kind, text, line } = tokens.peek();
  switch (kind) {
    case 'name':
      tokens.next();
      return CONSTANTS.get(text)?.(line) ?? { kind: 'name', line, name: text };
    case 'int': {
      tokens.next();
      const value = Number(text);
      return { kind: 'int', line, value: Number.isSafeInteger(value) ? value : BigInt(text) };
    }
    case 'float':
    case 'imaginary':
      tokens.next();
      return { kind, line, value: Number(text) };
    case 'string': {
      let value = tokens.next().text;
      // Adjacent literals are one string, as in Python.
      while (tokens.peek().kind === 'string') value += tokens.next().text;
      return { kind: 'string', line, value };
    }
    default:
  }
  if (tokens.take('(')) return parseParentheses(tokens, line);
  if (tokens.take('[')) return { kind: 'list', line, items: parseItems(tokens, ']').items };
  if (tokens.take('{')) return { kind: 'dict', line, entries: parseEntries(tokens) };
  throw tokens.unexpected('an expression');
}

const CONSTANTS: ReadonlyMap<string, (line: number) => Expression> = new Map([
  ['True', (line: number): Expression => ({ kind: 'bool', line, value: true })],
  ['False', (line: number): Expression => ({ kind: 'bool', line, value: false })],
  ['None', (line: number): Expression => ({ kind: 'none', line })],
  ['inf', (line: number): Expression => ({ kind: 'float', line, value: Infinity })],
  ['nan', (line: number): Expression => ({ kind: 'float', line, value: Number.NaN })],
  ['infj', (line: number): Expression => ({ kind: 'imaginary', line, value: Infinity })],
  ['nanj', (line: number): Expression => ({ kind: 'imaginary', line, value: Number.NaN })],
]);

/** `(a)` is `a`; `()`, `(a,)` and `(a, b)` are tuples. */
function parseParentheses(tokens: TokenStream, line: number): Expression {
  const { items, comma } = parseItems(tokens, ')');
  const [only] = items;
  return only !== undefined && items.length === 1 && !comma ? only : { kind: 'tuple', line, items };
}

function parseEntries(tokens: TokenStream): readonly (readonly [Expression, Expression])[] {
  const entries: (readonly [Expression, Expression])[] = [];
  let separated = true;
  while (!tokens.take('}')) {
    if (!separated) throw tokens.unexpected('"," or "}"');
    const key = parseExpression(tokens);
    tokens.expect(':');
    entries.push([key, parseExpression(tokens)]);
    separated = tokens.take(',');
  }
  return entries;
}
