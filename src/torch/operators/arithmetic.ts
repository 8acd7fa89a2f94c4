import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Scalar } from './call.ts';
import { binary, broadcast, cast, unary, where, compare } from './emit/arithmetic.ts';
import { floorDivide, fmod, remainder, trueDivide, truncate, truncDivide } from './emit/divide.ts';
import { asFloat, asValue, inWideInteger, isFloat, pair, promoted, resultType, termOf } from './emit/promote.ts';
import { numberOr } from './emit/numbers.ts';
import type { OperatorFamily, Outcome } from './operator.ts';

/** Sum, difference, product of two values of one element type. */
function basic(g: GraphBuilder, opType: 'Add' | 'Sub' | 'Mul', a: Value, b: Value): Value {
  if (a.dtype === 'bool' && opType !== 'Sub') return binary(g, opType === 'Add' ? 'Or' : 'And', a, b);
  return inWideInteger(g, [a, b], (x, y) => binary(g, opType, x, y));
}

function scaled(g: GraphBuilder, value: Value, factor: Scalar): Value {
  if (factor.kind !== 'number' && factor.value === 1) return value;
  return basic(g, 'Mul', value, asValue(g, { scalar: factor }, value.dtype));
}

function alphaOf(call: Call): Scalar {
  return call.has('alpha') ? call.scalar('alpha') : { kind: 'int', value: 1 };
}

function add(call: Call): Outcome {
  const [a, b] = pair(call);
  return basic(call.g, 'Add', a, scaled(call.g, b, alphaOf(call)));
}

function sub(call: Call): Outcome {
  const [a, b] = pair(call);
  return basic(call.g, 'Sub', a, scaled(call.g, b, alphaOf(call)));
}

function rsub(call: Call): Outcome {
  const [a, b] = pair(call);
  return basic(call.g, 'Sub', b, scaled(call.g, a, alphaOf(call)));
}

function mul(call: Call): Outcome {
  const [a, b] = pair(call);
  return basic(call.g, 'Mul', a, b);
}

function div(call: Call): Outcome {
  const [a, b] = pair(call);
  const mode = call.overload.endsWith('_mode') && call.has('rounding_mode') ? call.text('rounding_mode') : undefined;
  if (mode === 'trunc') return truncDivide(call.g, a, b);
  if (mode === 'floor') return floorDivide(call.g, a, b);
  return trueDivide(call.g, asFloat(call.g, a), asFloat(call.g, b));
}

function extreme(opType: 'Max' | 'Min'): (call: Call) => Value {
  return (call) => extremeOf(call.g, opType, ...pair(call));
}

/** The larger or smaller of two; NaN where either is. */
export function extremeOf(g: GraphBuilder, opType: 'Max' | 'Min', a: Value, b: Value): Value {
  if (a.dtype === 'bool') return binary(g, opType === 'Max' ? 'Or' : 'And', a, b);
  const found = inWideInteger(g, [a, b], (x, y) => binary(g, opType, x, y));
  if (!isFloat(a.dtype)) return found;
  // a + b is NaN where one of them is, and for opposite infinities, whose extreme is kept.
  const missing = binary(g, 'Or', unary(g, 'IsNaN', a, 'bool'), unary(g, 'IsNaN', b, 'bool'));
  return where(g, missing, g.scalar(Number.NaN, a.dtype), found);
}

/** `fmax` and `fmin`: the number where the other is NaN. */
function extremeNumber(opType: 'Max' | 'Min'): (call: Call) => Value {
  return (call) => {
    const { g } = call;
    const [a, b] = pair(call);
    if (!isFloat(a.dtype)) return extremeOf(g, opType, a, b);
    const nan = (value: Value): Value => unary(g, 'IsNaN', value, 'bool');
    return where(g, nan(a), b, where(g, nan(b), a, binary(g, opType, a, b)));
  };
}

/** `min(max(x, low), high)`; NaN stays NaN. */
function clamp(call: Call): Value {
  const { g } = call;
  const names = ['self', ...['min', 'max'].filter((name) => call.has(name))];
  const [value, ...bounds] = promoted(call, ...names) as [Value, ...Value[]];
  let result = value;
  for (const [i, bound] of bounds.entries())
    result = extremeOf(g, names[i + 1] === 'min' ? 'Max' : 'Min', result, bound);
  return result;
}

function pow(call: Call): Value {
  const { g } = call;
  const terms = [termOf(call, 'self'), termOf(call, 'exponent')] as const;
  const dtype = resultType(terms);
  const base = asValue(g, terms[0], dtype);
  const [, exponent] = terms;
  if ('scalar' in exponent && exponent.scalar.kind !== 'number') {
    const { value } = exponent.scalar;
    const times = (a: Value, b: Value): Value => basic(g, 'Mul', a, b);
    if (value === 1) return base;
    if (value === 2) return times(base, base);
    if (value === 3) return times(times(base, base), base);
    if (value === 0.5) return unary(g, 'Sqrt', base);
    if (isFloat(dtype) && value === -1) return unary(g, 'Reciprocal', base);
    if (isFloat(dtype) && value === -0.5) return unary(g, 'Reciprocal', unary(g, 'Sqrt', base));
    if (isFloat(dtype) && value === -2) return unary(g, 'Reciprocal', times(base, base));
    if (!isFloat(dtype) && value < 0) return call.fail('integers to a negative power');
  }
  const power = asValue(g, exponent, dtype);
  return inWideInteger(g, [base, power], (x, y) => binary(g, 'Pow', x, y));
}

/** `self + value * a * b` and `self + value * a / b`. */
function addcmul(divide: boolean): (call: Call) => Value {
  return (call) => {
    const { g } = call;
    const [self, a, b] = promoted(call, 'self', 'tensor1', 'tensor2') as [Value, Value, Value];
    const factor = call.scalar('value');
    const product = divide ? trueDivide(g, scaled(g, a, factor), b) : basic(g, 'Mul', scaled(g, a, factor), b);
    return basic(g, 'Add', self, product);
  };
}

function lerp(call: Call): Value {
  const { g } = call;
  const [self, end, weight] = promoted(call, 'self', 'end', 'weight') as [Value, Value, Value];
  const span = binary(g, 'Sub', end, self);
  // The formula that loses nothing at the near end, as PyTorch chooses it.
  const one = g.scalar(1, weight.dtype);
  const near = binary(g, 'Add', self, binary(g, 'Mul', weight, span));
  const far = binary(g, 'Sub', end, binary(g, 'Mul', span, binary(g, 'Sub', one, weight)));
  return where(g, compare(g, 'Less', unary(g, 'Abs', weight), g.scalar(0.5, weight.dtype)), near, far);
}

function atan2(call: Call): Value {
  const { g } = call;
  const [y, x] = pair(call).map((value) => asFloat(g, value)) as [Value, Value];
  const c = (value: number): Value => g.scalar(value, y.dtype);
  const zero = c(0);
  const negative = (value: Value): Value => compare(g, 'Less', value, zero);
  // The sign of zero counts: 1 / -0 is negative.
  const signOf = (value: Value): Value => {
    const isZero = compare(g, 'Equal', value, zero);
    return where(g, isZero, negative(unary(g, 'Reciprocal', value)), negative(value));
  };
  const shape = broadcast(y.shape, x.shape);
  const infinite = binary(g, 'And', unary(g, 'IsInf', y, 'bool'), unary(g, 'IsInf', x, 'bool'));
  const zeros = binary(g, 'And', compare(g, 'Equal', y, zero), compare(g, 'Equal', x, zero));
  const angle = unary(g, 'Atan', binary(g, 'Div', unary(g, 'Abs', y), unary(g, 'Abs', x)));
  const first = where(g, zeros, zero, where(g, infinite, c(Math.PI / 4), angle));
  const upper = where(g, signOf(x), binary(g, 'Sub', c(Math.PI), first), first);
  const full = where(g, signOf(y), unary(g, 'Neg', upper), upper);
  const missing = binary(g, 'Or', unary(g, 'IsNaN', y, 'bool'), unary(g, 'IsNaN', x, 'bool'));
  return { ...where(g, missing, c(Number.NaN), full), shape };
}

function hypot(call: Call): Value {
  const { g } = call;
  const [a, b] = pair(call).map((value) => unary(g, 'Abs', value)) as [Value, Value];
  const high = extremeOf(g, 'Max', a, b);
  const low = extremeOf(g, 'Min', a, b);
  const ratio = binary(g, 'Div', low, high);
  const length = binary(
    g,
    'Mul',
    high,
    unary(g, 'Sqrt', binary(g, 'Add', g.scalar(1, a.dtype), binary(g, 'Mul', ratio, ratio))),
  );
  // 0 / 0 and inf / inf.
  const plain = binary(g, 'Or', compare(g, 'Equal', high, g.scalar(0, a.dtype)), unary(g, 'IsInf', high, 'bool'));
  return where(g, plain, high, length);
}

/** `x * log(y)`, 0 where x is 0. */
function xlogy(call: Call): Value {
  const { g } = call;
  const [x, y] = pair(call).map((value) => asFloat(g, value)) as [Value, Value];
  const product = binary(g, 'Mul', x, unary(g, 'Log', y));
  const zero = g.scalar(0, x.dtype);
  const isZero = compare(g, 'Equal', x, zero);
  const missing = unary(g, 'IsNaN', y, 'bool');
  return where(g, binary(g, 'And', isZero, unary(g, 'Not', missing)), zero, product);
}

function logaddexp(call: Call): Value {
  const { g } = call;
  const [a, b] = pair(call).map((value) => asFloat(g, value)) as [Value, Value];
  const high = extremeOf(g, 'Max', a, b);
  const distance = unary(g, 'Neg', unary(g, 'Abs', binary(g, 'Sub', a, b)));
  const sum = binary(
    g,
    'Add',
    high,
    unary(g, 'Log', binary(g, 'Add', g.scalar(1, a.dtype), unary(g, 'Exp', distance))),
  );
  // Equal infinities.
  const same = binary(g, 'And', compare(g, 'Equal', a, b), unary(g, 'IsInf', a, 'bool'));
  return where(g, same, a, sum);
}

function shift(left: boolean): (call: Call) => Value {
  return (call) => {
    const { g } = call;
    const [a, b] = pair(call);
    const two = cast(g, g.scalar(2, 'int64'), a.dtype);
    const factor = inWideInteger(g, [two, b], (x, y) => binary(g, 'Pow', x, y));
    return left ? basic(g, 'Mul', a, factor) : floorDivide(g, a, factor);
  };
}

/** Arithmetic over two or three tensors or numbers. */
export const arithmetic: OperatorFamily = {
  add: numberOr('add', add),
  sub: numberOr('sub', sub),
  subtract: sub,
  rsub,
  mul: numberOr('mul', mul),
  multiply: mul,
  div: numberOr('truediv', div),
  divide: div,
  true_divide: div,
  floor_divide: (call) => floorDivide(call.g, ...pair(call)),
  floordiv: numberOr('floordiv'),
  remainder: numberOr('mod', (call) => remainder(call.g, ...pair(call))),
  fmod: (call) => fmod(call.g, ...pair(call)),
  maximum: extreme('Max'),
  minimum: extreme('Min'),
  fmax: extremeNumber('Max'),
  fmin: extremeNumber('Min'),
  clamp,
  clip: clamp,
  clamp_min: clamp,
  clamp_max: clamp,
  pow: numberOr('pow', pow),
  float_power: (call) => {
    const { g } = call;
    const [a, b] = promoted(call, 'self', 'exponent').map((value) => cast(g, value, 'float64')) as [Value, Value];
    return binary(g, 'Pow', a, b);
  },
  addcmul: addcmul(false),
  addcdiv: addcmul(true),
  lerp,
  atan2,
  arctan2: atan2,
  hypot,
  xlogy,
  special_xlogy: xlogy,
  logaddexp,
  bitwise_left_shift: shift(true),
  bitwise_right_shift: shift(false),
  __lshift__: shift(true),
  __rshift__: shift(false),
  trunc: (call) => truncate(call.g, call.tensor('self')),
  fix: (call) => truncate(call.g, call.tensor('self')),
  frac: (call) => {
    const value = call.tensor('self');
    return binary(call.g, 'Sub', value, truncate(call.g, value));
  },
  neg: numberOr('neg', (call) => {
    return inWideInteger(call.g, [call.tensor('self')], (x) => unary(call.g, 'Neg', x));
  }),
  negative: (call) => inWideInteger(call.g, [call.tensor('self')], (x) => unary(call.g, 'Neg', x)),
  square: (call) => basic(call.g, 'Mul', call.tensor('self'), call.tensor('self')),
};
