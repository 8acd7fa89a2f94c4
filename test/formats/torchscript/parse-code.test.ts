import { describe, expect, it } from 'vitest';
import type { CodeFile, Statement } from '../../../src/formats/torchscript/code-ast.ts';
import { parseCode } from '../../../src/formats/torchscript/parse-code.ts';

const LIMITS = { maxElements: 100_000 };

function parse(code: string): CodeFile {
  return parseCode(code, 'code/test.py', LIMITS);
}

function bodyOf(...lines: string[]): readonly Statement[] {
  const code = `def f(x: Tensor) -> Tensor:\n${lines.map((line) => `  ${line}\n`).join('')}`;
  return parse(code).functions.get('f')?.body ?? [];
}

function valueOf(expression: string): unknown {
  const [statement] = bodyOf(`return ${expression}`);
  return withoutLines(statement?.kind === 'return' ? statement.value : undefined);
}

function withoutLines(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'line') return undefined;
      if (inner instanceof Map) return Object.fromEntries(inner);
      return typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner;
    }),
  );
}

const x = { kind: 'name', name: 'x' };
const int = (value: number): unknown => ({ kind: 'int', value });

describe('parseCode', () => {
  it('reads a module with its attributes, settings and methods', () => {
    const code = [
      'class Net(Module):',
      '  __parameters__ = ["weight", ]',
      '  weight : Tensor',
      '  __annotations__["0"] = __torch__.torch.nn.Linear',
      '  width : Final[int] = 8',
      '  def forward(self: __torch__.Net,',
      '    x: Tensor,',
      '    scale: float=2.) -> Tensor:',
      '    return torch.mul(x, scale)',
      '  def __len__(self: __torch__.Net) -> int:',
      '    return 1',
      'class Pair(NamedTuple):',
      '  left : Tensor',
      '',
      'def helper(x: Tensor) -> Tensor:',
      '  return x',
      '',
    ].join('\n');
    const { classes, functions } = parse(code);
    const net = classes.get('Net');
    expect(net?.base).toBe('Module');
    expect([...(net?.attributes.keys() ?? [])]).toEqual(['weight', '0', 'width']);
    expect(net?.attributes.get('width')?.value).toMatchObject({ kind: 'int', value: 8 });
    expect([...(net?.methods.keys() ?? [])]).toEqual(['forward', '__len__']);
    expect(net?.methods.get('forward')?.parameters.map(({ name }) => name)).toEqual(['self', 'x', 'scale']);
    expect(classes.get('Pair')?.base).toBe('NamedTuple');
    expect([...functions.keys()]).toEqual(['helper']);
  });

  it.each<[string, unknown]>([
    ['3', int(3)],
    ['9223372036854775807', undefined],
    ['-1', { kind: 'negative', of: int(1) }],
    ['0.10000000000000001', { kind: 'float', value: 0.1 }],
    ['1.0000000000000001e-05', { kind: 'float', value: 1e-5 }],
    ['2.', { kind: 'float', value: 2 }],
    ['-inf', { kind: 'negative', of: { kind: 'float', value: 'Infinity' } }],
    ['nan', { kind: 'float', value: 'NaN' }],
    ['2.j', { kind: 'imaginary', value: 2 }],
    ['None', { kind: 'none' }],
    ['True', { kind: 'bool', value: true }],
    ['(x)', x],
    ['(x, )', { kind: 'tuple', items: [x] }],
    ['()', { kind: 'tuple', items: [] }],
    ['x, x', { kind: 'tuple', items: [x, x] }],
    ['[x, 1]', { kind: 'list', items: [x, int(1)] }],
    ['{"a": x}', { kind: 'dict', entries: [[{ kind: 'string', value: 'a' }, x]] }],
    ['(x)[0]', { kind: 'index', of: x, index: int(0) }],
    ['1 if x else 2', { kind: 'conditional', condition: x, whenTrue: int(1), whenFalse: int(2) }],
    ['"a\\n\\"b\\" \\\'c\\\'"', { kind: 'string', value: 'a\n"b" \'c\'' }],
    ['"\\303\\251 \\x41"', { kind: 'string', value: '\u00e9 A' }],
    [
      '(x).forward(x, n=1, )',
      {
        kind: 'call',
        target: { kind: 'attribute', of: x, name: 'forward' },
        positional: [x],
        named: { n: int(1) },
      },
    ],
  ])('reads the expression %s', (text, expected) => {
    if (expected === undefined) {
      const [statement] = bodyOf(`return ${text}`);
      expect(statement).toMatchObject({ value: { kind: 'int', value: 9223372036854775807n } });
    } else expect(valueOf(text)).toEqual(expected);
  });

  it('reads every kind of statement', () => {
    const statements = bodyOf(
      'a, b, = x',
      'c : Optional[Tensor] = None',
      '_0, d = 1, (2, 3)',
      'if torch.eq(c, 1):',
      '  pass',
      'elif c:',
      '  a = 1',
      'else:',
      '  ops.prim.RaiseException("no")',
      'for i in range(3):',
      '  a = i',
      'while True:',
      '  a = 2',
      'with torch.no_grad():',
      '  a = 3',
      'self.count = 5',
      'return',
    );
    expect(statements.map(({ kind }) => kind)).toEqual([
      'assign',
      'assign',
      'assign',
      'if',
      'for',
      'while',
      'with',
      'assign',
      'return',
    ]);
    expect(statements[0]).toMatchObject({ unpacks: true, targets: [{ name: 'a' }, { name: 'b' }] });
    expect(statements[3]).toMatchObject({ whenFalse: [{ kind: 'if', whenFalse: [{ kind: 'expression' }] }] });
  });

  it.each([
    ['a name too few', 'def f(:\n  pass\n', /line 1: expected a name/],
    ['no body', 'def f():\n', /expected a indent/],
    ['a statement at the top', 'x = 1\n', /line 1: expected a class or a function/],
    ['an unknown character', 'def f():\n  return x @ y\n', /line 2: unexpected character "@"/],
    ['an unfinished string', 'def f():\n  return "x\n', /line 2: unexpected character/],
    ['a broken indentation', 'def f():\n    pass\n  pass\n', /line 3: the indentation matches no outer block/],
    ['two functions of one name', 'def f():\n  pass\ndef f():\n  pass\n', /f is defined twice/],
    ['brackets that are not closed', 'def f():\n  return (x\n', /expected/],
  ])('refuses %s, with its line', (_, code, message) => {
    expect(() => parse(code)).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_MALFORMED', message: expect.stringMatching(message) as string }),
    );
  });

  it('bounds nesting and length', () => {
    const limit = expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }) as Error;
    expect(() => parse(`def f():\n  return ${'('.repeat(10_000)}x\n`)).toThrow(limit);
    expect(() => parse(`def f():\n  return ${'-'.repeat(10_000)}x\n`)).toThrow(limit);
    expect(() => parse(`def f():\n  return [${'1, '.repeat(100_000)}]\n`)).toThrow(limit);
  });
});
