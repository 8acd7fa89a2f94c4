import { text } from '../../onnx/builder/attributes.ts';
import type { Extent, GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, broadcast } from './emit/arithmetic.ts';
import { asValue, inWideInteger, isFloat } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Translate } from './operator.ts';
import { reduce } from './reduction.ts';

const { rankOf } = shapes;

/**
 * Matrix product with numpy's rules for vectors and stacks. Vectors go in as matrices: onnxruntime 1.30 gives wrong
 * sums where it fuses the transposition of a matrix into its product with a vector.
 */
export function product(g: GraphBuilder, a: Value, b: Value): Value {
  const [row, column] = [a.shape?.length === 1, b.shape?.length === 1];
  const left = row ? shapes.unsqueeze(g, a, [0]) : a;
  const right = column ? shapes.unsqueeze(g, b, [1]) : b;
  const whole = inWideInteger(g, [left, right], (x, y) =>
    g.op('MatMul', [x, y], {}, { shape: productShape(left.shape, right.shape) }),
  );
  const rank = whole.shape?.length ?? 0;
  const added = [...(row ? [rank - 2] : []), ...(column ? [rank - 1] : [])];
  return shapes.squeeze(g, whole, added);
}

function productShape(
  a: readonly Extent[] | undefined,
  b: readonly Extent[] | undefined,
): readonly Extent[] | undefined {
  if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return undefined;
  return [...(broadcast(a.slice(0, -2), b.slice(0, -2)) ?? []), a.at(-2) as Extent, b.at(-1) as Extent];
}

function matmul(a: string, b: string): Translate {
  return (call) => product(call.g, call.tensor(a), call.tensor(b));
}

function linear(call: Call): Value {
  const { g } = call;
  const [input, weight] = [call.tensor('input'), call.tensor('weight')];
  const bias = call.tensorOr('bias');
  if (rankOf(weight) === 1) {
    const dot = product(g, input, weight);
    return bias === undefined ? dot : binary(g, 'Add', dot, bias);
  }
  const result = product(g, input, shapes.transpose(g, weight, [1, 0]));
  return bias === undefined ? result : { ...binary(g, 'Add', result, bias), shape: result.shape };
}

/** `beta * self + alpha * (a @ b)`. */
function addProduct(a: string, b: string, sum = false): Translate {
  return (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const whole = product(g, call.tensor(a), call.tensor(b));
    const found = sum ? reduce(g, 'ReduceSum', whole, { axes: [0], keep: false }) : whole;
    const scale = (value: Value, name: string): Value => {
      const factor = call.scalar(name);
      if (factor.kind !== 'number' && factor.value === 1) return value;
      return binary(g, 'Mul', value, asValue(g, { scalar: factor }, value.dtype));
    };
    // A factor of zero leaves NaN and infinities out.
    const beta = call.scalar('beta');
    if (beta.kind !== 'number' && beta.value === 0) return scale(found, 'alpha');
    return binary(g, 'Add', scale(self, 'beta'), scale(found, 'alpha'));
  };
}

function outer(self: string, other: string): Translate {
  return (call) => {
    const [a, b] = [call.tensor(self), call.tensor(other)];
    return binary(call.g, 'Mul', shapes.unsqueeze(call.g, a, [1]), shapes.unsqueeze(call.g, b, [0]));
  };
}

function einsum(call: Call): Value {
  const { g } = call;
  const equation = call.text('equation').replaceAll(' ', '');
  const values = call.tensors('tensors');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  if (/[A-Z]/.test(equation)) return call.fail('einsum with capital letters');
  const output = right ?? implicitOutput(terms);
  const sizes = new Map<string, Extent>();
  for (const [i, term] of terms.entries()) {
    const { shape } = values[i] ?? {};
    if (shape === undefined || term.includes('.')) continue;
    for (const [axis, letter] of Array.from(term).entries()) {
      const extent = shape[axis] ?? null;
      const seen = sizes.get(letter);
      if (seen === undefined || seen === 1 || seen === null) sizes.set(letter, extent);
    }
  }
  const shape = output.includes('.') ? undefined : Array.from(output, (letter) => sizes.get(letter) ?? null);
  const write = (...all: readonly Value[]): Value =>
    g.op('Einsum', all, { equation: text(`${left}->${output}`) }, { shape });
  return isFloat((values[0] as Value).dtype) ? write(...values) : inWideInteger(g, values, write);
}

/** Letters that occur once, in alphabetical order, after the dots. */
function implicitOutput(terms: readonly string[]): string {
  const letters = terms.join('').replaceAll('.', '');
  const once = [...new Set(letters)].filter((letter) => letters.split(letter).length === 2);
  return (terms.some((term) => term.includes('...')) ? '...' : '') + once.toSorted().join('');
}

function tensordot(call: Call): Value {
  const { g } = call;
  const [a, b] = [call.tensor('self'), call.tensor('other')];
  const [own, other] = [
    shapes.axesOf(call.ints('dims_self'), rankOf(a)),
    shapes.axesOf(call.ints('dims_other'), rankOf(b)),
  ];
  const freeOf = (value: Value, axes: readonly number[]): number[] =>
    Array.from({ length: rankOf(value) }, (_, i) => i).filter((i) => !axes.includes(i));
  const [freeA, freeB] = [freeOf(a, own), freeOf(b, other)];
  const letters = (count: number, from: number): string[] =>
    Array.from({ length: count }, (_, i) => String.fromCodePoint(97 + from + i));
  const namesA = letters(rankOf(a), 0);
  const namesB = letters(rankOf(b), rankOf(a));
  for (const [i, axis] of other.entries()) namesB[axis] = namesA[own[i] as number] as string;
  const output = [...freeA.map((i) => namesA[i]), ...freeB.map((i) => namesB[i])].join('');
  const shape = [...freeA.map((i) => a.shape?.[i] ?? null), ...freeB.map((i) => b.shape?.[i] ?? null)];
  const equation = `${namesA.join('')},${namesB.join('')}->${output}`;
  return g.op('Einsum', [a, b], { equation: text(equation) }, { shape });
}

function bilinear(call: Call): Value {
  const { g } = call;
  const [x, y, weight] = [call.tensor('input1'), call.tensor('input2'), call.tensor('weight')];
  const bias = call.tensorOr('bias');
  const lead = (x.shape ?? []).slice(0, -1);
  const shape = [...lead, weight.shape?.[0] ?? null];
  const result = g.op('Einsum', [x, weight, y], { equation: text('...i,oij,...j->...o') }, { shape });
  return bias === undefined ? result : { ...binary(g, 'Add', result, bias), shape };
}

function cross(call: Call): Value {
  const { g } = call;
  const [a, b] = [call.tensor('self'), call.tensor('other')];
  const rank = rankOf(a);
  const found = (a.shape ?? []).indexOf(3);
  const axis = call.has('dim') ? shapes.axisOf(call.int('dim'), rank) : found;
  const rolled = (value: Value, order: readonly number[]): Value =>
    g.op('Gather', [value, g.ints(order)], { axis: { int: axis } }, { shape: value.shape });
  const term = (x: Value, y: Value): Value => binary(g, 'Mul', rolled(x, [1, 2, 0]), rolled(y, [2, 0, 1]));
  return binary(g, 'Sub', term(a, b), term(b, a));
}

/** Products of matrices and vectors. */
export const matrix: OperatorFamily = {
  matmul: matmul('self', 'other'),
  linalg_matmul: matmul('self', 'other'),
  __matmul__: matmul('self', 'other'),
  mm: matmul('self', 'mat2'),
  bmm: matmul('self', 'mat2'),
  mv: matmul('self', 'vec'),
  dot: matmul('self', 'tensor'),
  vdot: matmul('self', 'other'),
  inner: (call) => {
    const [a, b] = [call.tensor('self'), call.tensor('other')];
    if (rankOf(a) === 0 || rankOf(b) === 0) return binary(call.g, 'Mul', a, b);
    if (rankOf(b) > 2) return call.fail('inner of more than two dimensions');
    return product(call.g, a, rankOf(b) === 1 ? b : shapes.swap(call.g, b, -2, -1));
  },
  outer: outer('self', 'vec2'),
  ger: outer('self', 'vec2'),
  linear,
  addmm: addProduct('mat1', 'mat2'),
  baddbmm: addProduct('batch1', 'batch2'),
  addbmm: addProduct('batch1', 'batch2', true),
  addmv: addProduct('mat', 'vec'),
  einsum,
  tensordot,
  bilinear,
  cross,
  linalg_cross: cross,
};
