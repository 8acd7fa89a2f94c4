import type { Expression, Parameter, Statement, FunctionDefinition } from './code-ast.ts';
import { parseExpression } from './parse-expression.ts';
import type { TokenStream } from './token-stream.ts';

/** `def name(parameters) -> type:` and its body. */
export function parseFunction(tokens: TokenStream): FunctionDefinition {
  const { line } = tokens;
  tokens.expect('def');
  const name = tokens.expectKind('name');
  tokens.expect('(');
  const parameters: Parameter[] = [];
  let separated = true;
  while (!tokens.take(')')) {
    if (!separated) throw tokens.unexpected('"," or ")"');
    parameters.push({
      name: tokens.expectKind('name'),
      type: tokens.take(':') ? parseExpression(tokens) : undefined,
      default: tokens.take('=') ? parseExpression(tokens) : undefined,
    });
    separated = tokens.take(',');
  }
  const returns = tokens.take('->') ? parseExpression(tokens) : undefined;
  return { line, name, parameters, returns, body: parseBlock(tokens) };
}

/** `:` and the indented statements after it. */
export function parseBlock(tokens: TokenStream): readonly Statement[] {
  tokens.expect(':');
  tokens.expectKind('newline');
  tokens.expectKind('indent');
  const statements: Statement[] = [];
  tokens.nested(() => {
    while (tokens.peek().kind !== 'dedent') statements.push(parseStatement(tokens));
  });
  tokens.next();
  return statements;
}

function parseStatement(tokens: TokenStream): Statement {
  const { line } = tokens;
  const keyword = tokens.peek().kind === 'name' ? tokens.peek().text : '';
  switch (keyword) {
    case 'if':
      tokens.next();
      return parseIf(tokens, line);
    case 'while': {
      tokens.next();
      const condition = parseExpression(tokens);
      return { kind: 'while', line, condition, body: parseBlock(tokens) };
    }
    case 'for': {
      tokens.next();
      const { targets } = parseTargets(tokens);
      tokens.expect('in');
      const over = parseExpression(tokens);
      return { kind: 'for', line, targets, over, body: parseBlock(tokens) };
    }
    case 'with': {
      tokens.next();
      const context = parseExpression(tokens);
      return { kind: 'with', line, context, body: parseBlock(tokens) };
    }
    default:
      return parseLine(tokens, keyword, line);
  }
}

function parseIf(tokens: TokenStream, line: number): Statement {
  const condition = parseExpression(tokens);
  const whenTrue = parseBlock(tokens);
  const elseLine = tokens.line;
  if (tokens.take('elif')) return { kind: 'if', line, condition, whenTrue, whenFalse: [parseIf(tokens, elseLine)] };
  return { kind: 'if', line, condition, whenTrue, whenFalse: tokens.take('else') ? parseBlock(tokens) : [] };
}

/** A statement that ends with its line. */
function parseLine(tokens: TokenStream, keyword: string, line: number): Statement {
  const statement = simpleStatement(tokens, keyword, line);
  tokens.expectKind('newline');
  return statement;
}

function simpleStatement(tokens: TokenStream, keyword: string, line: number): Statement {
  if (keyword === 'pass') {
    tokens.next();
    return { kind: 'pass', line };
  }
  if (keyword === 'return') {
    tokens.next();
    return { kind: 'return', line, value: tokens.peek().kind === 'newline' ? undefined : parseValues(tokens) };
  }
  const { targets, unpacks } = parseTargets(tokens);
  const type = tokens.take(':') ? parseExpression(tokens) : undefined;
  if (tokens.take('=')) return { kind: 'assign', line, targets, unpacks, type, value: parseValues(tokens) };
  const [value] = targets;
  if (value === undefined || unpacks || type !== undefined) throw tokens.unexpected('"="');
  return { kind: 'expression', line, value };
}

/** `a`, `a, b` or `a, b,`: more than one, or a trailing comma, makes a tuple of them. */
function parseTargets(tokens: TokenStream): { targets: readonly Expression[]; unpacks: boolean } {
  const targets = [parseExpression(tokens)];
  let unpacks = false;
  while (tokens.take(',')) {
    unpacks = true;
    if (tokens.is('=') || tokens.is('in') || tokens.peek().kind === 'newline') break;
    targets.push(parseExpression(tokens));
  }
  return { targets, unpacks };
}

/** The right side of an assignment: several values are a tuple. */
function parseValues(tokens: TokenStream): Expression {
  const { line } = tokens;
  const { targets, unpacks } = parseTargets(tokens);
  return unpacks ? { kind: 'tuple', line, items: targets } : (targets[0] as Expression);
}
