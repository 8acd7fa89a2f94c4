import type { Limits } from '../../spec/limits.ts';
import type { ClassDefinition, CodeFile, Expression, FunctionDefinition } from './code-ast.ts';
import { codeProblem } from './code-problem.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFunction } from './parse-statement.ts';
import { TokenStream } from './token-stream.ts';
import { tokenize } from './tokenize.ts';

/**
 * Reads one file of serialized code. Nothing is executed: the result is a syntax tree.
 *
 * @param file its name in the archive, for messages
 * @throws `ML_FORMAT_MALFORMED` naming file and line, `ML_FORMAT_LIMIT` for more tokens than `maxElements` or nesting
 *   beyond 200 levels
 */
export function parseCode(code: string, file: string, limits: Pick<Limits, 'maxElements'>): CodeFile {
  const tokens = new TokenStream(tokenize(code, file, limits.maxElements), file);
  const classes = new Map<string, ClassDefinition>();
  const functions = new Map<string, FunctionDefinition>();
  while (tokens.peek().kind !== 'end') {
    if (tokens.is('class')) add(classes, parseClass(tokens), tokens);
    else if (tokens.is('def')) add(functions, parseFunction(tokens), tokens);
    else if (tokens.take('import')) skipImport(tokens);
    else throw tokens.unexpected('a class or a function');
  }
  return { classes, functions };
}

/** Older files name the library of custom operators at the top; nothing follows from it. */
function skipImport(tokens: TokenStream): void {
  while (tokens.peek().kind !== 'newline') tokens.next();
  tokens.next();
}

function add<T extends { readonly name: string; readonly line: number }>(
  table: Map<string, T>,
  definition: T,
  { file }: TokenStream,
): void {
  const { name, line } = definition;
  if (table.has(name)) throw codeProblem('ML_FORMAT_MALFORMED', { file, line }, `${name} is defined twice`);
  table.set(name, definition);
}

function parseClass(tokens: TokenStream): ClassDefinition {
  const { line } = tokens;
  tokens.expect('class');
  const name = tokens.expectKind('name');
  let base: string | undefined;
  if (tokens.take('(')) {
    base = tokens.expectKind('name');
    tokens.expect(')');
  }
  tokens.expect(':');
  tokens.expectKind('newline');
  const attributes = new Map<string, { readonly type: Expression; readonly value: Expression | undefined }>();
  const settings = new Map<string, Expression>();
  const methods = new Map<string, FunctionDefinition>();
  const definition = { line, name, base, attributes, settings, methods };
  if (tokens.peek().kind !== 'indent') return definition;
  tokens.next();
  while (tokens.peek().kind !== 'dedent') {
    if (tokens.is('def')) add(methods, parseFunction(tokens), tokens);
    else if (!tokens.take('pass')) parseMember(tokens, attributes, settings);
    if (tokens.peek().kind === 'newline') tokens.next();
  }
  tokens.next();
  return definition;
}

/** `name : type`, `name : type = value`, `__annotations__["0"] = type` or `setting = value`. */
function parseMember(
  tokens: TokenStream,
  attributes: Map<string, { readonly type: Expression; readonly value: Expression | undefined }>,
  settings: Map<string, Expression>,
): void {
  const target = parseExpression(tokens);
  if (target.kind === 'index' && target.index.kind === 'string') {
    // The way to declare an attribute whose name is no identifier.
    tokens.expect('=');
    attributes.set(target.index.value, { type: parseExpression(tokens), value: undefined });
    return;
  }
  if (target.kind !== 'name') throw tokens.unexpected('an attribute');
  if (tokens.take(':')) {
    const type = parseExpression(tokens);
    attributes.set(target.name, { type, value: tokens.take('=') ? parseExpression(tokens) : undefined });
    return;
  }
  tokens.expect('=');
  settings.set(target.name, parseExpression(tokens));
}
