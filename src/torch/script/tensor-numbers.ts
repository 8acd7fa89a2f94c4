import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { Operand } from '../graph/operand.ts';
import { compute, type NumberOperation } from '../operators/emit/numbers.ts';
import type { Passed } from './call-writer.ts';
import type { ScriptValue } from './script-value.ts';
import { TensorBox } from './tensor-box.ts';

/** Operators that traced code does arithmetic on extents with, and what they do to integers. */
const OPERATIONS: ReadonlyMap<string, NumberOperation> = new Map<string, NumberOperation>([
  ['aten::add', 'add'],
  ['aten::sub', 'sub'],
  ['aten::mul', 'mul'],
  ['aten::floor_divide', 'floordiv'],
  ['aten::remainder', 'mod'],
  ['aten::neg', 'neg'],
]);

/** What the language's operators do to Python's numbers, under the names that exported graphs have for it. */
const ON_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['aten::add', 'python::add'],
  ['aten::sub', 'python::sub'],
  ['aten::mul', 'python::mul'],
  ['aten::div', 'python::truediv'],
  ['aten::floordiv', 'python::floordiv'],
  ['aten::floor_divide', 'python::floordiv'],
  ['aten::remainder', 'python::mod'],
  ['aten::pow', 'python::pow'],
  ['aten::neg', 'python::neg'],
  ['aten::abs', 'python::abs'],
  ['aten::sqrt', 'python::sqrt'],
  ['aten::floor', 'python::floor'],
  ['aten::ceil', 'python::ceil'],
  ['aten::round', 'python::round'],
  ['aten::eq', 'python::eq'],
  ['aten::ne', 'python::ne'],
  ['aten::lt', 'python::lt'],
  ['aten::le', 'python::le'],
  ['aten::gt', 'python::gt'],
  ['aten::ge', 'python::ge'],
  ['aten::__and__', 'python::and_'],
  ['aten::__or__', 'python::or_'],
  ['aten::__not__', 'python::not'],
]);

/** The operator to write: that on numbers where no tensor is among the arguments. */
export function operatorOn(target: string, { positional, named }: Passed): string {
  const other = ON_NUMBERS.get(target);
  return other !== undefined && named.size === 0 && positional.every(isNumber) ? other : target;
}

/**
 * Arithmetic on tensors that were made of extents: traced code writes `torch.mul(NumToTensor(size), 2)` where the
 * program had `size * 2`. Done on the numbers, so that shapes stay known. `undefined` for any other call.
 */
export function computeNumbers(
  g: GraphBuilder,
  target: string,
  { positional, named }: Passed,
): ScriptValue | undefined {
  if (target === 'prim::NumToTensor') {
    const [number] = positional;
    return number !== undefined && isNumber(number) ? boxOf(g, number) : undefined;
  }
  const operation = OPERATIONS.get(target);
  if (operation === undefined || !positional.some(({ kind }) => kind === 'box')) return undefined;
  if (named.size > 0 || positional.length > 2) return undefined;
  const numbers = positional.map(integerOf);
  if (numbers.includes(undefined)) return undefined;
  return boxOf(g, compute(g, operation, numbers as Operand[]));
}

/** The integer that a value stands for, known now or in the graph. */
function integerOf(value: ScriptValue): Operand | undefined {
  const number = value.kind === 'box' ? value.box.number : value;
  if (number?.kind === 'int') return number;
  return number?.kind === 'number' && number.value.dtype === 'int64' ? number : undefined;
}

function isNumber(value: ScriptValue): value is ScriptValue & Operand {
  return ['int', 'float', 'bool', 'number'].includes(value.kind);
}

/** A number as a tensor without dimensions that remembers it. */
function boxOf(g: GraphBuilder, number: Operand): ScriptValue | undefined {
  switch (number.kind) {
    case 'number':
      return { kind: 'box', box: new TensorBox(number.value, undefined, number) };
    case 'int':
      return { kind: 'box', box: new TensorBox(g.scalar(number.value, 'int64'), undefined, number) };
    case 'bool':
      return { kind: 'box', box: new TensorBox(g.scalar(number.value, 'bool'), undefined, number) };
    case 'float':
      return { kind: 'box', box: new TensorBox(g.scalar(number.value, 'float64'), undefined, number) };
    default:
      return undefined;
  }
}
