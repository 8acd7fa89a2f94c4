import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, cast, unary, where, compare } from './emit/arithmetic.ts';
import { type NumberOperation, numberOr } from './emit/numbers.ts';
import { asValue, isFloat, pair, resultType, termOf, wideInteger } from './emit/promote.ts';
import type { OperatorFamily, Translate } from './operator.ts';

/** Both sides in a type that the engine compares. */
function comparable(g: GraphBuilder, [a, b]: readonly [Value, Value], ordered: boolean): readonly [Value, Value] {
  const dtype = a.dtype === 'bool' && ordered ? 'int32' : wideInteger(a.dtype);
  return [cast(g, a, dtype), cast(g, b, dtype)];
}

function comparing(opType: string, number: NumberOperation): Translate {
  return numberOr(number, (call) => {
    const { g } = call;
    const negated = opType === 'NotEqual';
    const [a, b] = comparable(g, pair(call), opType !== 'Equal' && !negated);
    const result = compare(g, negated ? 'Equal' : opType, a, b);
    return negated ? unary(g, 'Not', result) : result;
  });
}

/** Whether each element is not zero; NaN is not. */
export function truth(g: GraphBuilder, value: Value): Value {
  if (value.dtype === 'bool') return value;
  const wide = cast(g, value, wideInteger(value.dtype));
  return unary(g, 'Not', compare(g, 'Equal', wide, g.scalar(0, wide.dtype)));
}

function logical(opType: string): Translate {
  return (call) => {
    const { g } = call;
    return binary(g, opType, truth(g, call.tensor('self')), truth(g, call.tensor('other')));
  };
}

function bitwise(name: 'And' | 'Or' | 'Xor'): Translate {
  return (call) => {
    const [a, b] = pair(call);
    if (isFloat(a.dtype)) return call.fail('bits of floating-point numbers');
    return binary(call.g, a.dtype === 'bool' ? name : `Bitwise${name}`, a, b);
  };
}

function not(call: Call): Value {
  const value = call.tensor('self');
  if (isFloat(value.dtype)) return call.fail('bits of floating-point numbers');
  return unary(call.g, value.dtype === 'bool' ? 'Not' : 'BitwiseNot', value);
}

function whereOf(call: Call): Value {
  const { g } = call;
  if (!call.has('self')) return call.fail('where of a condition alone gives as many values as the input says');
  const terms = [termOf(call, 'self'), termOf(call, 'other')] as const;
  const dtype = resultType(terms);
  const [a, b] = terms.map((term) => asValue(g, term, dtype)) as [Value, Value];
  return select(g, truth(g, call.tensor('condition')), a, b);
}

/** `condition ? a : b` in a type that the engine chooses from. */
export function select(g: GraphBuilder, condition: Value, a: Value, b: Value): Value {
  const { dtype } = a;
  const wide = wideInteger(dtype);
  return cast(g, where(g, condition, cast(g, a, wide), cast(g, b, wide)), dtype);
}

function isclose(call: Call): Value {
  const { g } = call;
  const [a, b] = pair(call);
  const float = isFloat(a.dtype) ? a.dtype : 'float64';
  const [x, y] = [cast(g, a, float), cast(g, b, float)];
  const allowed = binary(
    g,
    'Add',
    g.scalar(call.float('atol'), float),
    unary(g, 'Abs', binary(g, 'Mul', g.scalar(call.float('rtol'), float), y)),
  );
  const distance = unary(g, 'Abs', binary(g, 'Sub', x, y));
  const finite = unary(g, 'Not', unary(g, 'IsInf', distance, 'bool'));
  const near = binary(g, 'And', compare(g, 'LessOrEqual', distance, allowed), finite);
  const close = binary(g, 'Or', compare(g, 'Equal', x, y), near);
  if (!call.bool('equal_nan')) return close;
  const missing = binary(g, 'And', unary(g, 'IsNaN', x, 'bool'), unary(g, 'IsNaN', y, 'bool'));
  return binary(g, 'Or', close, missing);
}

/** Comparisons, logic, bits, choices. */
export const comparison: OperatorFamily = {
  eq: comparing('Equal', 'eq'),
  ne: comparing('NotEqual', 'ne'),
  not_equal: comparing('NotEqual', 'ne'),
  lt: comparing('Less', 'lt'),
  less: comparing('Less', 'lt'),
  le: comparing('LessOrEqual', 'le'),
  less_equal: comparing('LessOrEqual', 'le'),
  gt: comparing('Greater', 'gt'),
  greater: comparing('Greater', 'gt'),
  ge: comparing('GreaterOrEqual', 'ge'),
  greater_equal: comparing('GreaterOrEqual', 'ge'),
  logical_and: logical('And'),
  logical_or: logical('Or'),
  logical_xor: logical('Xor'),
  logical_not: (call) => unary(call.g, 'Not', truth(call.g, call.tensor('self'))),
  bitwise_and: bitwise('And'),
  bitwise_or: bitwise('Or'),
  bitwise_xor: bitwise('Xor'),
  bitwise_not: not,
  __and__: numberOr('and', bitwise('And')),
  __or__: numberOr('or', bitwise('Or')),
  __xor__: bitwise('Xor'),
  where: whereOf,
  isclose,
};
