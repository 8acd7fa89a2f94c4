import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, cast, unary, where, compare } from './emit/arithmetic.ts';
import { compute, numberOr } from './emit/numbers.ts';
import { asFloat, asValue, inWideInteger, isFloat } from './emit/promote.ts';
import type { OperatorFamily, Translate } from './operator.ts';

type OfValue = (g: GraphBuilder, value: Value) => Value;

const op = (opType: string): Translate => floats((g, value) => unary(g, opType, value));

/** A function over floats; integers become float32, as in PyTorch. */
function floats(write: OfValue): Translate {
  return (call) => write(call.g, asFloat(call.g, call.tensor('self')));
}

const c = (g: GraphBuilder, number: number, { dtype }: Value): Value => g.scalar(number, dtype);
const times = (g: GraphBuilder, value: Value, factor: number): Value => binary(g, 'Mul', value, c(g, factor, value));
const plus = (g: GraphBuilder, value: Value, term: number): Value => binary(g, 'Add', value, c(g, term, value));

/** Computes in float64: what is lost next to 1 in float32 stays. */
function inDouble(write: OfValue): Translate {
  return floats((g, value) => cast(g, write(g, cast(g, value, 'float64')), value.dtype));
}

/** `log(1 + x)` for small x too: W. Kahan's correction of the sum's rounding. */
function log1p(g: GraphBuilder, x: Value): Value {
  const sum = plus(g, x, 1);
  const log = unary(g, 'Log', sum);
  const corrected = binary(g, 'Mul', log, binary(g, 'Div', x, plus(g, sum, -1)));
  const same = compare(g, 'Equal', sum, c(g, 1, x));
  return where(g, same, x, where(g, unary(g, 'IsInf', sum, 'bool'), log, corrected));
}

/** `exp(x) - 1` for small x too. */
export function expm1(g: GraphBuilder, x: Value): Value {
  const small = compare(g, 'Less', unary(g, 'Abs', x), c(g, 1e-5, x));
  const series = binary(g, 'Add', x, times(g, binary(g, 'Mul', x, x), 0.5));
  return where(g, small, series, plus(g, unary(g, 'Exp', x), -1));
}

/** `1 - erf(x)`: of float32, the only type that the engine knows the function for. */
function erfc(g: GraphBuilder, x: Value): Value {
  const erf = cast(g, unary(g, 'Erf', cast(g, x, 'float32')), 'float64');
  return plus(g, times(g, erf, -1), 1);
}

/** An operator that keeps integers as they are. */
function rounding(opType: string): Translate {
  return (call) => {
    const value = call.tensor('self');
    return isFloat(value.dtype) ? unary(call.g, opType, value) : value;
  };
}

function round(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const decimals = call.has('decimals') ? call.int('decimals') : 0;
  if (!isFloat(value.dtype)) return decimals < 0 ? call.fail('negative decimals of integers') : value;
  if (decimals === 0) return unary(g, 'Round', value);
  const factor = 10 ** Math.abs(decimals);
  const scale = (x: Value, up: boolean): Value => binary(g, up ? 'Mul' : 'Div', x, c(g, factor, value));
  return scale(unary(g, 'Round', scale(value, decimals > 0)), decimals < 0);
}

function sign(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  if (value.dtype === 'bool') return value;
  if (!isFloat(value.dtype)) return inWideInteger(g, [value], (x) => unary(g, 'Sign', x));
  const [zero, one] = [c(g, 0, value), c(g, 1, value)];
  const positive = where(g, compare(g, 'Greater', value, zero), one, zero);
  return where(g, compare(g, 'Less', value, zero), c(g, -1, value), positive);
}

function abs(call: Call): Value {
  const value = call.tensor('self');
  return inWideInteger(call.g, [value], (x) => unary(call.g, 'Abs', x));
}

function nanToNum(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  if (!isFloat(value.dtype)) return value;
  const largest = value.dtype === 'float64' ? Number.MAX_VALUE : 3.4028234663852886e38;
  const bound = (name: string, fallback: number): Value => c(g, call.floatOr(name) ?? fallback, value);
  const zero = c(g, 0, value);
  const infinite = unary(g, 'IsInf', value, 'bool');
  const positive = compare(g, 'Greater', value, zero);
  const ends = where(g, positive, bound('posinf', largest), bound('neginf', -largest));
  const finite = where(g, infinite, ends, value);
  return where(g, unary(g, 'IsNaN', value, 'bool'), bound('nan', 0), finite);
}

function isTest(write: OfValue, integers: boolean): Translate {
  return (call) => {
    const value = call.tensor('self');
    if (isFloat(value.dtype)) return write(call.g, value);
    const wide = cast(call.g, value, 'int64');
    const same = compare(call.g, 'Equal', wide, wide);
    return integers ? same : unary(call.g, 'Not', same);
  };
}

const isNaN: OfValue = (g, value) => unary(g, 'IsNaN', value, 'bool');
const isInf: OfValue = (g, value) => unary(g, 'IsInf', value, 'bool');
const isSigned =
  (opType: string): OfValue =>
  (g, value) =>
    binary(g, 'And', isInf(g, value), compare(g, opType, value, c(g, 0, value)));

/** `log(x / (1 - x))`, of x clamped to [eps, 1 - eps] where it is given. */
function logit(call: Call): Value {
  const { g } = call;
  const eps = call.floatOr('eps');
  let x = asFloat(g, call.tensor('self'));
  if (eps !== undefined) {
    const low = compare(g, 'Less', x, c(g, eps, x));
    const high = compare(g, 'Greater', x, c(g, 1 - eps, x));
    x = where(g, low, c(g, eps, x), where(g, high, c(g, 1 - eps, x), x));
  }
  return unary(g, 'Log', binary(g, 'Div', x, plus(g, times(g, x, -1), 1)));
}

function sinc(g: GraphBuilder, x: Value): Value {
  const angle = times(g, x, Math.PI);
  const isZero = compare(g, 'Equal', x, c(g, 0, x));
  return where(g, isZero, c(g, 1, x), binary(g, 'Div', unary(g, 'Sin', angle), angle));
}

/** Functions of one tensor, element by element. */
export const pointwise: OperatorFamily = {
  abs: numberOr('abs', abs),
  absolute: abs,
  exp: op('Exp'),
  exp2: inDouble((g, x) => unary(g, 'Exp', times(g, x, Math.LN2))),
  expm1: inDouble(expm1),
  special_expm1: inDouble(expm1),
  log: op('Log'),
  log1p: inDouble(log1p),
  special_log1p: inDouble(log1p),
  log2: inDouble((g, x) => times(g, unary(g, 'Log', x), Math.LOG2E)),
  log10: inDouble((g, x) => times(g, unary(g, 'Log', x), Math.LOG10E)),
  sqrt: op('Sqrt'),
  rsqrt: floats((g, x) => unary(g, 'Reciprocal', unary(g, 'Sqrt', x))),
  reciprocal: op('Reciprocal'),
  sin: op('Sin'),
  cos: op('Cos'),
  tan: op('Tan'),
  asin: op('Asin'),
  arcsin: op('Asin'),
  acos: op('Acos'),
  arccos: op('Acos'),
  atan: op('Atan'),
  arctan: op('Atan'),
  sinh: op('Sinh'),
  cosh: op('Cosh'),
  tanh: op('Tanh'),
  asinh: op('Asinh'),
  arcsinh: op('Asinh'),
  acosh: op('Acosh'),
  arccosh: op('Acosh'),
  atanh: op('Atanh'),
  arctanh: op('Atanh'),
  erf: op('Erf'),
  special_erf: op('Erf'),
  erfc: inDouble(erfc),
  special_erfc: inDouble(erfc),
  sigmoid: op('Sigmoid'),
  special_expit: op('Sigmoid'),
  logit,
  special_logit: logit,
  sinc: floats(sinc),
  special_sinc: floats(sinc),
  deg2rad: floats((g, x) => times(g, x, Math.PI / 180)),
  rad2deg: floats((g, x) => times(g, x, 180 / Math.PI)),
  sign,
  sgn: sign,
  floor: (call) =>
    call.operands()[0]?.kind === 'tensor' ? rounding('Floor')(call) : compute(call.g, 'floor', call.operands()),
  ceil: (call) =>
    call.operands()[0]?.kind === 'tensor' ? rounding('Ceil')(call) : compute(call.g, 'ceil', call.operands()),
  round,
  isnan: isTest(isNaN, false),
  isinf: isTest(isInf, false),
  isposinf: isTest(isSigned('Greater'), false),
  isneginf: isTest(isSigned('Less'), false),
  isfinite: isTest((g, x) => unary(g, 'Not', binary(g, 'Or', isNaN(g, x), isInf(g, x))), true),
  signbit: (call) => {
    const value = call.tensor('self');
    const zero = asValue(call.g, { scalar: { kind: 'int', value: 0 } }, value.dtype);
    const negative = compare(call.g, 'Less', value, zero);
    if (!isFloat(value.dtype)) return negative;
    const isZero = compare(call.g, 'Equal', value, zero);
    return where(call.g, isZero, compare(call.g, 'Less', unary(call.g, 'Reciprocal', value), zero), negative);
  },
  nan_to_num: nanToNum,
};
