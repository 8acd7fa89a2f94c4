import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { NumberOperand, Operand } from '../../graph/operand.ts';
import type { Dim } from '../call.ts';
import type { Translate } from '../operator.ts';
import { UnsupportedCall } from '../unsupported.ts';
import { binary, cast, unary, compare } from './arithmetic.ts';
import { floorDivide, remainder, truncate } from './divide.ts';
import { dimScalar } from './shapes.ts';

// Python's numbers: computed here where they are known, in int64 and float64 in the graph where
// they depend on extents of the input.

/** Operations on Python numbers. */
export type NumberOperation =
  | 'add'
  | 'sub'
  | 'mul'
  | 'truediv'
  | 'floordiv'
  | 'mod'
  | 'pow'
  | 'neg'
  | 'min'
  | 'max'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'and'
  | 'or'
  | 'not'
  | 'floor'
  | 'ceil'
  | 'trunc'
  | 'round'
  | 'abs'
  | 'sqrt'
  | 'float'
  | 'int'
  | 'bool';

type Known = { readonly kind: 'int' | 'float' | 'bool'; readonly value: number };

/** An operator that Python numbers go through as well as tensors. */
export function numberOr(operation: NumberOperation, tensors?: Translate): Translate {
  return (call) => {
    const operands = call.operands();
    if (tensors !== undefined && operands.some(({ kind }) => kind === 'tensor' || kind === 'list'))
      return tensors(call);
    return compute(call.g, operation, operands);
  };
}

/** The result of an operation on numbers. */
export function compute(g: GraphBuilder, operation: NumberOperation, operands: readonly Operand[]): Operand {
  const known = operands.map(knownNumber);
  if (known.every((number) => number !== undefined)) return fold(operation, known);
  return emit(g, operation, operands);
}

/** Integer arithmetic on extents. */
export function dimOf(g: GraphBuilder, operation: NumberOperation, ...dims: readonly Dim[]): Dim {
  const operands = dims.map((dim): Operand => (typeof dim === 'number' ? { kind: 'int', value: dim } : dim));
  const result = compute(g, operation, operands);
  return result.kind === 'number' ? result : (result as Known).value;
}

function knownNumber(operand: Operand): Known | undefined {
  if (operand.kind === 'int' || operand.kind === 'float' || operand.kind === 'bool') {
    return { kind: operand.kind, value: Number(operand.value) };
  }
  if (operand.kind === 'number') return undefined;
  throw new UnsupportedCall(`a number is ${operand.kind}`);
}

const COMPARISONS = new Map<NumberOperation, (a: number, b: number) => boolean>([
  ['eq', (a, b) => a === b],
  ['ne', (a, b) => a !== b],
  ['lt', (a, b) => a < b],
  ['le', (a, b) => a <= b],
  ['gt', (a, b) => a > b],
  ['ge', (a, b) => a >= b],
  ['and', (a, b) => a !== 0 && b !== 0],
  ['or', (a, b) => a !== 0 || b !== 0],
  ['not', (a) => a === 0],
  ['bool', (a) => a !== 0],
]);

const INTEGRAL: ReadonlySet<NumberOperation> = new Set<NumberOperation>(['floor', 'ceil', 'trunc', 'round', 'int']);

function fold(operation: NumberOperation, [first, second]: readonly (Known | undefined)[]): Operand {
  const [a, b] = [first?.value ?? 0, second?.value ?? 0];
  const comparison = COMPARISONS.get(operation);
  if (comparison !== undefined) return { kind: 'bool', value: comparison(a, b) };
  const value = foldNumber(operation, a, b);
  const float =
    operation === 'truediv' ||
    operation === 'sqrt' ||
    operation === 'float' ||
    first?.kind === 'float' ||
    second?.kind === 'float';
  if (float && !INTEGRAL.has(operation)) return { kind: 'float', value };
  if (!Number.isSafeInteger(value)) throw new UnsupportedCall(`the number ${value} is no exact integer`);
  return { kind: 'int', value };
}

function foldNumber(operation: NumberOperation, a: number, b: number): number {
  switch (operation) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'truediv':
      return a / b;
    case 'floordiv':
      return Math.floor(a / b);
    case 'mod':
      return a - b * Math.floor(a / b);
    case 'pow':
      return a ** b;
    case 'neg':
      return 0 - a;
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
    case 'floor':
      return Math.floor(a);
    case 'ceil':
      return Math.ceil(a);
    case 'trunc':
    case 'int':
      return Math.trunc(a);
    case 'round':
      return Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a);
    case 'abs':
      return Math.abs(a);
    case 'sqrt':
      return Math.sqrt(a);
    default:
      return a;
  }
}

const OPERATORS: Partial<Record<NumberOperation, string>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  min: 'Min',
  max: 'Max',
  eq: 'Equal',
  lt: 'Less',
  le: 'LessOrEqual',
  gt: 'Greater',
  ge: 'GreaterOrEqual',
};

function emit(g: GraphBuilder, operation: NumberOperation, operands: readonly Operand[]): Operand {
  const result = emitValue(
    g,
    operation,
    operands.map((operand) => numberValue(g, operand)),
  );
  const [a, b] = operands;
  const symbol = result.dtype === 'int64' ? symbolOf(operation, a, b) : undefined;
  return { kind: 'number', value: result, ...(symbol === undefined ? {} : { symbol }) };
}

/** A name for the result that equal computations share. */
function symbolOf(operation: NumberOperation, a: Operand | undefined, b: Operand | undefined): string | undefined {
  const name = (operand: Operand | undefined): string | undefined => {
    if (operand?.kind === 'int') return String(operand.value);
    return operand?.kind === 'number' ? operand.symbol : undefined;
  };
  const [x, y] = [name(a), b === undefined ? '' : name(b)];
  return x === undefined || y === undefined ? undefined : `${operation}(${x},${y})`;
}

function emitValue(g: GraphBuilder, operation: NumberOperation, values: readonly Value[]): Value {
  const [first, second] = values as [Value, Value | undefined];
  if (second === undefined) return emitUnary(g, operation, first);
  const dtype =
    first.dtype === 'float64' || second.dtype === 'float64' || operation === 'truediv' ? 'float64' : 'int64';
  const logical = operation === 'and' || operation === 'or';
  const [a, b] = [cast(g, first, logical ? 'bool' : dtype), cast(g, second, logical ? 'bool' : dtype)];
  const opType = OPERATORS[operation];
  if (opType !== undefined) return (COMPARISONS.has(operation) ? compare : binary)(g, opType, a, b);
  switch (operation) {
    case 'truediv':
      return binary(g, 'Div', a, b);
    case 'floordiv':
      return floorDivide(g, a, b);
    case 'mod':
      return remainder(g, a, b);
    case 'pow':
      return binary(g, 'Pow', a, b);
    case 'ne':
      return unary(g, 'Not', compare(g, 'Equal', a, b));
    case 'and':
    case 'or':
      return binary(g, operation === 'and' ? 'And' : 'Or', a, b);
    default:
      throw new UnsupportedCall(`${operation} of numbers that depend on the input`);
  }
}

function emitUnary(g: GraphBuilder, operation: NumberOperation, value: Value): Value {
  const whole = value.dtype !== 'float64';
  switch (operation) {
    case 'neg':
      return unary(g, 'Neg', value);
    case 'abs':
      return unary(g, 'Abs', value);
    case 'sqrt':
      return unary(g, 'Sqrt', cast(g, value, 'float64'));
    case 'float':
      return cast(g, value, 'float64');
    case 'floor':
      return whole ? value : cast(g, unary(g, 'Floor', value), 'int64');
    case 'ceil':
      return whole ? value : cast(g, unary(g, 'Ceil', value), 'int64');
    case 'round':
      return whole ? value : cast(g, unary(g, 'Round', value), 'int64');
    case 'trunc':
    case 'int':
      return whole ? cast(g, value, 'int64') : cast(g, truncate(g, value), 'int64');
    case 'bool':
      return cast(g, value, 'bool');
    case 'not':
      return unary(g, 'Not', cast(g, value, 'bool'));
    default:
      throw new UnsupportedCall(`${operation} of a number that depends on the input`);
  }
}

function numberValue(g: GraphBuilder, operand: Operand): Value {
  if (operand.kind === 'number') return operand.value;
  if (operand.kind === 'int') return dimScalar(g, Number(operand.value));
  if (operand.kind === 'float') return g.scalar(operand.value, 'float64');
  if (operand.kind === 'bool') return g.scalar(operand.value, 'bool');
  throw new UnsupportedCall(`a number is ${operand.kind}`);
}

/** A number of the graph as an operand. */
export function numberOf(value: Value): NumberOperand {
  return { kind: 'number', value };
}
