import { int } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { binary, broadcast, cast, unary, where, compare } from './arithmetic.ts';
import { inWideInteger, isFloat } from './promote.ts';

// Division with Python's and C's signs. The engine ends the process when an integer is divided by
// zero, where PyTorch raises: a guard makes the run fail before that.

/** Quotient of floats. */
export function trueDivide(g: GraphBuilder, a: Value, b: Value): Value {
  return binary(g, 'Div', a, b);
}

/** Towards zero. */
export function truncate(g: GraphBuilder, value: Value): Value {
  if (!isFloat(value.dtype)) return value;
  const negative = compare(g, 'Less', value, g.scalar(0, value.dtype));
  return where(g, negative, unary(g, 'Ceil', value), unary(g, 'Floor', value));
}

/** Quotient rounded towards zero. */
export function truncDivide(g: GraphBuilder, a: Value, b: Value): Value {
  if (isFloat(a.dtype)) return truncate(g, trueDivide(g, a, b));
  return inWideInteger(g, [a, b], (x, y) => divideIntegers(g, x, y));
}

/** Quotient rounded down: Python's `//`. */
export function floorDivide(g: GraphBuilder, a: Value, b: Value): Value {
  return isFloat(a.dtype)
    ? floorDivideFloats(g, a, b)
    : inWideInteger(g, [a, b], (x, y) => floorDivideIntegers(g, x, y));
}

/** Remainder with the sign of the divisor: Python's `%`. */
export function remainder(g: GraphBuilder, a: Value, b: Value): Value {
  if (isFloat(a.dtype)) {
    const rest = mod(g, a, b, true);
    return where(g, signsDiffer(g, rest, b), binary(g, 'Add', rest, b), rest);
  }
  return inWideInteger(g, [a, b], (x, y) => mod(g, x, guarded(g, y), false));
}

/** Remainder with the sign of the dividend: C's `fmod`. */
export function fmod(g: GraphBuilder, a: Value, b: Value): Value {
  if (isFloat(a.dtype)) return mod(g, a, b, true);
  return inWideInteger(g, [a, b], (x, y) => mod(g, x, guarded(g, y), true));
}

function mod(g: GraphBuilder, a: Value, b: Value, signOfDividend: boolean): Value {
  const shape = broadcast(a.shape, b.shape);
  return g.op('Mod', [a, b], { fmod: int(signOfDividend ? 1 : 0) }, { dtype: a.dtype, shape });
}

/** Where a remainder that is not zero has another sign than the divisor. */
function signsDiffer(g: GraphBuilder, rest: Value, divisor: Value): Value {
  const zero = g.scalar(0, rest.dtype);
  const negative = (value: Value): Value => compare(g, 'Less', value, zero);
  const uneven = unary(g, 'Not', compare(g, 'Equal', rest, zero));
  return binary(g, 'And', uneven, binary(g, 'Xor', negative(rest), negative(divisor)));
}

/** `div_floor_floating` of c10/util/generic_math.h. */
function floorDivideFloats(g: GraphBuilder, a: Value, b: Value): Value {
  const c = (value: number): Value => g.scalar(value, a.dtype);
  const rest = mod(g, a, b, true);
  const exact = binary(g, 'Div', binary(g, 'Sub', a, rest), b);
  const quotient = where(g, signsDiffer(g, rest, b), binary(g, 'Sub', exact, c(1)), exact);
  const floor = unary(g, 'Floor', quotient);
  const up = compare(g, 'Greater', binary(g, 'Sub', quotient, floor), c(0.5));
  const rounded = where(g, up, binary(g, 'Add', floor, c(1)), floor);
  return where(g, compare(g, 'Equal', b, c(0)), binary(g, 'Div', a, b), rounded);
}

function floorDivideIntegers(g: GraphBuilder, a: Value, b: Value): Value {
  const quotient = divideIntegers(g, a, b);
  const rest = binary(g, 'Sub', a, binary(g, 'Mul', quotient, b));
  return where(g, signsDiffer(g, rest, b), binary(g, 'Sub', quotient, g.scalar(1, a.dtype)), quotient);
}

/** Division by -1 overflows for the least integer, which ends the process like division by zero. */
function divideIntegers(g: GraphBuilder, a: Value, b: Value): Value {
  const one = g.scalar(1, a.dtype);
  const isMinusOne = compare(g, 'Equal', b, g.scalar(-1, a.dtype));
  const divisor = where(g, isMinusOne, one, guarded(g, b));
  return where(g, isMinusOne, unary(g, 'Neg', a), binary(g, 'Div', a, divisor));
}

/** The divisor; the run fails where an element is zero. */
function guarded(g: GraphBuilder, divisor: Value): Value {
  const isZero = cast(g, compare(g, 'Equal', divisor, g.scalar(0, divisor.dtype)), 'int64');
  const one = cast(g, g.ints([1]), divisor.dtype);
  // Index 1 of one element: out of range exactly where the divisor is zero. The product keeps the node alive.
  const check = g.op('Gather', [one, isZero], { axis: int(0) }, { dtype: divisor.dtype, shape: divisor.shape });
  return binary(g, 'Mul', divisor, check);
}
