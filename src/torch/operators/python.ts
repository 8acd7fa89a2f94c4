import { list, type Operand } from '../graph/operand.ts';
import type { Call } from './call.ts';
import { compute, type NumberOperation } from './emit/numbers.ts';
import type { OperatorFamily, Translate } from './operator.ts';

function number(operation: NumberOperation): Translate {
  return (call) => compute(call.g, operation, call.operands());
}

/** One result of several. */
function getitem(call: Call): Operand {
  const items = call.items('a');
  const index = call.int('b');
  return items[index < 0 ? index + items.length : index] ?? call.fail(`item ${index} of ${items.length}`);
}

function sum(call: Call): Operand {
  return call
    .items('a')
    .reduce<Operand>((total, item) => compute(call.g, 'add', [total, item]), { kind: 'int', value: 0 });
}

/** `condition ? a : b` of numbers, where the condition is known. */
function ite(call: Call): Operand {
  return call.bool('a') ? call.arg('b') : call.arg('c');
}

/** Python's operators on numbers and lists, as exported graphs call them (`_operator.mul`, `math.ceil`, `torch.sym_max`). */
export const python: OperatorFamily = {
  add: number('add'),
  sub: number('sub'),
  mul: number('mul'),
  truediv: number('truediv'),
  floordiv: number('floordiv'),
  mod: number('mod'),
  pow: number('pow'),
  neg: number('neg'),
  pos: (call) => call.arg('a'),
  abs: number('abs'),
  min: number('min'),
  max: number('max'),
  eq: number('eq'),
  ne: number('ne'),
  lt: number('lt'),
  le: number('le'),
  gt: number('gt'),
  ge: number('ge'),
  and_: number('and'),
  or_: number('or'),
  not: number('not'),
  floor: number('floor'),
  ceil: number('ceil'),
  trunc: number('trunc'),
  round: number('round'),
  sqrt: number('sqrt'),
  float: number('float'),
  int: number('int'),
  bool: number('bool'),
  sum,
  ite,
  getitem,
  list: (call) => list(call.items('a')),
};
