import { int } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { extremeOf } from './arithmetic.ts';
import { convert } from './conversion.ts';
import { binary, cast, unary, where, compare } from './emit/arithmetic.ts';
import { asFloat, isFloat } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Translate } from './operator.ts';
import { expm1 } from './pointwise.ts';

const c = (g: GraphBuilder, number: number, { dtype }: Value): Value => g.scalar(number, dtype);
const times = (g: GraphBuilder, value: Value, factor: number): Value => binary(g, 'Mul', value, c(g, factor, value));
const plus = (g: GraphBuilder, value: Value, term: number): Value => binary(g, 'Add', value, c(g, term, value));
const test = (g: GraphBuilder, opType: string, value: Value, number: number): Value =>
  compare(g, opType, value, c(g, number, value));

function floats(write: (g: GraphBuilder, value: Value, call: Call) => Value): Translate {
  return (call) => write(call.g, asFloat(call.g, call.tensor('self')), call);
}

/** NaN stays NaN, in integers too. */
function relu(call: Call): Value {
  const value = call.tensor('self');
  return isFloat(value.dtype)
    ? unary(call.g, 'Relu', value)
    : extremeOf(call.g, 'Max', value, cast(call.g, call.g.scalar(0, 'int64'), value.dtype));
}

/** A value kept between two numbers; NaN stays NaN. */
export function between(g: GraphBuilder, value: Value, low: number, high: number): Value {
  return g.op('Clip', [value, c(g, low, value), c(g, high, value)], {}, { shape: value.shape });
}

function hardtanh(call: Call): Value {
  const value = call.tensor('self');
  const [low, high] = [call.float('min_val'), call.float('max_val')];
  if (isFloat(value.dtype)) return between(call.g, value, low, high);
  return convert(call, between(call.g, cast(call.g, value, 'float64'), low, high), value.dtype);
}

function leakyRelu(g: GraphBuilder, value: Value, slope: number): Value {
  return where(g, test(g, 'Greater', value, 0), value, times(g, value, slope));
}

/** `scale * (x > 0 ? x : alpha * (exp(x * inputScale) - 1))`. */
function exponentialLinear(
  g: GraphBuilder,
  value: Value,
  [alpha, scale, inputScale]: readonly [number, number, number],
): Value {
  const curve = times(g, expm1(g, inputScale === 1 ? value : times(g, value, inputScale)), alpha * scale);
  return where(g, test(g, 'LessOrEqual', value, 0), curve, scale === 1 ? value : times(g, value, scale));
}

function rrelu(g: GraphBuilder, x: Value, call: Call): Value {
  if (call.bool('training')) return call.fail('rrelu of a model that is training; export it in eval mode');
  return leakyRelu(g, x, (call.float('lower') + call.float('upper')) / 2);
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

function gelu(g: GraphBuilder, x: Value, call: Call): Value {
  const half = times(g, x, 0.5);
  if (call.has('approximate') && call.text('approximate') === 'tanh') {
    const cube = binary(g, 'Mul', binary(g, 'Mul', x, x), x);
    const inner = times(g, binary(g, 'Add', x, times(g, cube, 0.044715)), Math.sqrt(2 / Math.PI));
    return binary(g, 'Mul', half, plus(g, unary(g, 'Tanh', inner), 1));
  }
  return binary(g, 'Mul', half, plus(g, unary(g, 'Erf', times(g, x, Math.SQRT1_2)), 1));
}

function silu(g: GraphBuilder, x: Value): Value {
  return binary(g, 'Mul', x, unary(g, 'Sigmoid', x));
}

function softplus(g: GraphBuilder, x: Value, beta: number, threshold: number): Value {
  const scaled = beta === 1 ? x : times(g, x, beta);
  const soft = unary(g, 'Softplus', scaled);
  return where(g, test(g, 'Greater', scaled, threshold), x, beta === 1 ? soft : times(g, soft, 1 / beta));
}

function mish(g: GraphBuilder, x: Value): Value {
  return binary(g, 'Mul', x, unary(g, 'Tanh', unary(g, 'Softplus', x)));
}

/** `min(max(x + 3, 0), 6) / 6`. */
function hardsigmoid(g: GraphBuilder, x: Value): Value {
  return binary(g, 'Div', between(g, plus(g, x, 3), 0, 6), c(g, 6, x));
}

function hardswish(g: GraphBuilder, x: Value): Value {
  return binary(g, 'Div', binary(g, 'Mul', x, between(g, plus(g, x, 3), 0, 6)), c(g, 6, x));
}

function softshrink(g: GraphBuilder, x: Value, call: Call): Value {
  const lambda = call.float('lambd');
  const middle = times(g, x, 0);
  const low = where(g, test(g, 'Less', x, -lambda), plus(g, x, lambda), middle);
  return where(g, test(g, 'Greater', x, lambda), plus(g, x, -lambda), low);
}

function hardshrink(g: GraphBuilder, x: Value, call: Call): Value {
  const lambda = call.float('lambd');
  const inside = binary(g, 'And', test(g, 'GreaterOrEqual', x, -lambda), test(g, 'LessOrEqual', x, lambda));
  return where(g, inside, c(g, 0, x), x);
}

function threshold(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  return where(g, test(g, 'LessOrEqual', value, call.float('threshold')), c(g, call.float('value'), value), value);
}

function prelu(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const weight = call.tensor('weight');
  const rank = shapes.rankOf(value);
  const perChannel = call.node.target === 'aten::prelu' && shapes.rankOf(weight) === 1 && rank > 2;
  const slope = perChannel
    ? shapes.unsqueeze(g, weight, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)])
    : weight;
  const scaled = binary(g, 'Mul', value, slope);
  return { ...where(g, test(g, 'Greater', value, 0), value, scaled), shape: value.shape };
}

function glu(g: GraphBuilder, value: Value, call: Call): Value {
  const axis = shapes.axisOf(call.int('dim'), shapes.rankOf(value));
  const extent = value.shape?.[axis];
  if (typeof extent !== 'number') return call.fail('glu along an extent that depends on the input');
  const half = (start: number): Value => shapes.slice(g, value, axis, { start, end: start + extent / 2 });
  return binary(g, 'Mul', half(0), unary(g, 'Sigmoid', half(extent / 2)));
}

function softmaxOf(opType: 'Softmax' | 'LogSoftmax'): Translate {
  return (call) => {
    const self = call.tensor('self');
    const value = call.has('dtype') ? convert(call, self, call.dtype() ?? self.dtype) : asFloat(call.g, self);
    return softmax(call.g, value, call.int('dim'), opType);
  };
}

/** Softmax along a dimension. */
export function softmax(
  g: GraphBuilder,
  value: Value,
  dim: number,
  opType: 'Softmax' | 'LogSoftmax' = 'Softmax',
): Value {
  if (value.shape === undefined) return g.op(opType, [value], { axis: int(dim) });
  const { length: rank } = value.shape;
  if (rank === 0) return shapes.squeeze(g, softmax(g, shapes.unsqueeze(g, value, [0]), 0, opType), [0]);
  return g.op(opType, [value], { axis: int(shapes.axisOf(dim, rank)) }, { shape: value.shape });
}

/** Activation functions. */
export const activation: OperatorFamily = {
  relu,
  relu6: (call) => between(call.g, call.tensor('self'), 0, 6),
  hardtanh,
  leaky_relu: floats((g, x, call) => leakyRelu(g, x, call.float('negative_slope'))),
  rrelu: floats(rrelu),
  rrelu_with_noise: floats(rrelu),
  rrelu_with_noise_functional: (call) => {
    const value = asFloat(call.g, call.tensor('self'));
    return [rrelu(call.g, value, call), call.tensor('noise')];
  },
  elu: floats((g, x, call) =>
    exponentialLinear(g, x, [call.float('alpha'), call.float('scale'), call.float('input_scale')]),
  ),
  selu: floats((g, x) => exponentialLinear(g, x, [SELU_ALPHA, SELU_SCALE, 1])),
  celu: floats((g, x, call) => exponentialLinear(g, x, [call.float('alpha'), 1, 1 / call.float('alpha')])),
  gelu: floats(gelu),
  silu: floats(silu),
  mish: floats(mish),
  hardsigmoid: floats(hardsigmoid),
  hardswish: floats(hardswish),
  softplus: floats((g, x, call) => softplus(g, x, call.float('beta'), call.float('threshold'))),
  log_sigmoid: floats((g, x) => unary(g, 'Neg', unary(g, 'Softplus', unary(g, 'Neg', x)))),
  log_sigmoid_forward: (call) => {
    const x = call.tensor('self');
    return [unary(call.g, 'Neg', unary(call.g, 'Softplus', unary(call.g, 'Neg', x))), x];
  },
  softshrink: floats(softshrink),
  hardshrink: floats(hardshrink),
  threshold,
  prelu,
  _prelu_kernel: prelu,
  glu: floats(glu),
  softmax: softmaxOf('Softmax'),
  _softmax: softmaxOf('Softmax'),
  special_softmax: softmaxOf('Softmax'),
  _safe_softmax: (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const value = call.has('dtype') ? convert(call, self, call.dtype() ?? self.dtype) : self;
    return safeSoftmax(g, value, call.int('dim'));
  },
  log_softmax: softmaxOf('LogSoftmax'),
  _log_softmax: softmaxOf('LogSoftmax'),
  special_log_softmax: softmaxOf('LogSoftmax'),
};

/** Softmax that gives zeros where every element is negative infinity, as attention needs it. */
export function safeSoftmax(g: GraphBuilder, value: Value, dim: number): Value {
  const axis = shapes.axisOf(dim, shapes.rankOf(value));
  const best = g.op(
    'ReduceMax',
    [value, g.ints([axis])],
    {},
    { shape: value.shape?.map((e, i) => (i === axis ? 1 : e)) },
  );
  const masked = test(g, 'Equal', best, Number.NEGATIVE_INFINITY);
  return { ...where(g, masked, c(g, 0, value), softmax(g, value, dim)), shape: value.shape };
}
