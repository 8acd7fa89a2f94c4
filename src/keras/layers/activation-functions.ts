import { float, text } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { Arithmetic } from '../graph/arithmetic.ts';
import type { KerasGeneration } from '../model/keras-layer.ts';

/** A parameter of an activation by its Keras 3 name. */
export type Parameters = Readonly<Record<string, number | boolean | null | undefined>>;

/** An elementwise function. */
export interface ElementwiseFunction {
  /** Parameters that the function has, with the defaults of `keras.activations`. */
  readonly defaults?: Parameters;
  readonly write: (m: Arithmetic, x: Value, parameters: Parameters, generation: KerasGeneration) => Value;
}

const number = (parameters: Parameters, name: string): number => Number(parameters[name] ?? 0);

const simple = (write: (m: Arithmetic, x: Value) => Value): ElementwiseFunction => ({ write });

/** `keras.activations` and `keras.ops.nn`, as their TensorFlow versions compute them. */
export const ELEMENTWISE_FUNCTIONS: ReadonlyMap<string, ElementwiseFunction> = new Map<string, ElementwiseFunction>([
  ['linear', simple((_, x) => x)],
  ['relu', { defaults: { negative_slope: 0, max_value: null, threshold: 0 }, write: relu }],
  ['relu6', simple((m, x) => m.clip(x, 0, 6))],
  [
    'leaky_relu',
    { defaults: { negative_slope: 0.2 }, write: (m, x, p) => relu(m, x, { ...p, max_value: null, threshold: 0 }) },
  ],
  ['elu', { defaults: { alpha: 1 }, write: (m, x, p) => elu(m, x, number(p, 'alpha')) }],
  ['selu', simple(selu)],
  ['celu', { defaults: { alpha: 1 }, write: (m, x, p) => celu(m, x, number(p, 'alpha')) }],
  ['softplus', simple(softplus)],
  ['softsign', simple((m, x) => m.div(x, m.add(m.op('Abs', [x]), 1)))],
  ['sigmoid', simple(sigmoid)],
  ['log_sigmoid', simple((m, x) => m.op('Neg', [softplus(m, m.op('Neg', [x]))]))],
  ['sparse_sigmoid', simple((m, x) => m.clip(m.mul(m.add(x, 1), 0.5), 0, 1))],
  ['tanh', simple((m, x) => m.op('Tanh', [x]))],
  ['tanh_shrink', simple((m, x) => m.sub(x, m.op('Tanh', [x])))],
  ['hard_tanh', simple((m, x) => m.clip(x, -1, 1))],
  ['exponential', simple((m, x) => m.op('Exp', [x]))],
  ['silu', simple((m, x) => m.mul(x, sigmoid(m, x)))],
  ['mish', simple((m, x) => m.mul(x, m.op('Tanh', [softplus(m, x)])))],
  ['gelu', { defaults: { approximate: false }, write: gelu }],
  ['hard_sigmoid', { write: hardSigmoid }],
  ['hard_silu', { write: (m, x) => m.mul(x, hardSigmoid(m, x, {}, 3)) }],
  ['squareplus', { defaults: { b: 4 }, write: (m, x, p) => squareplus(m, x, number(p, 'b')) }],
  ['soft_shrink', { defaults: { threshold: 0.5 }, write: (m, x, p) => softShrink(m, x, number(p, 'threshold')) }],
  [
    'hard_shrink',
    {
      defaults: { threshold: 0.5 },
      write: (m, x, p) => m.where(m.compare('Greater', m.op('Abs', [x]), number(p, 'threshold')), x, 0),
    },
  ],
  ['sparse_plus', simple(sparsePlus)],
  [
    'threshold',
    {
      defaults: { threshold: 0, default_value: 0 },
      write: (m, x, p) => m.where(m.compare('Greater', x, number(p, 'threshold')), x, number(p, 'default_value')),
    },
  ],
]);

/** Other spellings of the same functions. */
export const FUNCTION_ALIASES: ReadonlyMap<string, string> = new Map([
  ['swish', 'silu'],
  ['hard_swish', 'hard_silu'],
  ['exp', 'exponential'],
]);

/** `keras.activations.relu`, all its parameters. */
function relu(m: Arithmetic, x: Value, p: Parameters): Value {
  const slope = number(p, 'negative_slope');
  const threshold = number(p, 'threshold');
  const { max_value: max } = p;
  const limited = max !== null && max !== undefined;
  if (slope !== 0 && !limited && threshold === 0 && m.dtype === 'float32') {
    return m.op('LeakyRelu', [x], { alpha: float(slope) });
  }
  let positive = threshold === 0 ? m.op('Relu', [x]) : m.where(m.compare('Greater', x, threshold), x, 0);
  if (limited) positive = m.clip(positive, 0, Number(max));
  if (slope === 0) return positive;
  const negative = m.op('Relu', [threshold === 0 ? m.op('Neg', [x]) : m.sub(threshold, x)]);
  return m.sub(positive, m.mul(negative, slope));
}

/** ONNX has the activations for float64 only in part; the formula serves where it lacks them. */
function elu(m: Arithmetic, x: Value, alpha: number): Value {
  if (m.dtype === 'float32') return m.op('Elu', [x], { alpha: float(alpha) });
  return m.where(m.compare('Greater', x, 0), x, m.mul(m.sub(m.op('Exp', [x]), 1), alpha));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

function selu(m: Arithmetic, x: Value): Value {
  return m.mul(elu(m, x, SELU_ALPHA), SELU_SCALE);
}

function celu(m: Arithmetic, x: Value, alpha: number): Value {
  return m.add(m.op('Relu', [x]), elu(m, m.div(m.clip(x, undefined, 0), alpha), alpha));
}

function sigmoid(m: Arithmetic, x: Value): Value {
  return m.op('Sigmoid', [x]);
}

function softplus(m: Arithmetic, x: Value): Value {
  if (m.dtype === 'float32') return m.op('Softplus', [x]);
  const tail = m.op('Log', [m.add(m.op('Exp', [m.op('Neg', [m.op('Abs', [x])])]), 1)]);
  return m.add(m.op('Relu', [x]), tail);
}

function gelu(m: Arithmetic, x: Value, { approximate }: Parameters): Value {
  if (m.dtype === 'float32') return m.op('Gelu', [x], { approximate: text(approximate === true ? 'tanh' : 'none') });
  if (approximate === true) {
    const cube = m.mul(m.mul(m.mul(x, x), x), 0.044715);
    const inside = m.mul(m.add(x, cube), Math.sqrt(2 / Math.PI));
    return m.mul(m.mul(x, 0.5), m.add(m.op('Tanh', [inside]), 1));
  }
  return m.mul(m.mul(x, 0.5), m.add(m.op('Erf', [m.mul(x, Math.SQRT1_2)]), 1));
}

/** Keras 2: `0.2 x + 0.5`; Keras 3: `relu6(x + 3) / 6`; both between 0 and 1. */
function hardSigmoid(m: Arithmetic, x: Value, _: Parameters, generation: KerasGeneration): Value {
  if (generation === 2) return m.clip(m.add(m.mul(x, 0.2), 0.5), 0, 1);
  return m.div(m.clip(m.add(x, 3), 0, 6), 6);
}

function squareplus(m: Arithmetic, x: Value, b: number): Value {
  return m.div(m.add(x, m.op('Sqrt', [m.add(m.mul(x, x), b)])), 2);
}

function softShrink(m: Arithmetic, x: Value, threshold: number): Value {
  const below = m.where(m.compare('Less', x, -threshold), m.add(x, threshold), 0);
  return m.where(m.compare('Greater', x, threshold), m.sub(x, threshold), below);
}

function sparsePlus(m: Arithmetic, x: Value): Value {
  const shifted = m.add(x, 1);
  const middle = m.where(m.compare('Less', x, 1), m.mul(m.mul(shifted, shifted), 0.25), x);
  return m.where(m.compare('LessOrEqual', x, -1), 0, middle);
}
