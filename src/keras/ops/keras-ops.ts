import type { ArgumentValue } from '../graph/call-arguments.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import type { KerasTensor } from '../graph/keras-tensor.ts';
import { ELEMENTWISE_OPS } from './elementwise-ops.ts';
import { OpArguments } from './op-arguments.ts';
import type { Operation } from './operation.ts';
import { REDUCTION_OPS } from './reduction-ops.ts';
import { SHAPE_OPS } from './shape-ops.ts';

/** Every operation by its name here. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([...ELEMENTWISE_OPS, ...REDUCTION_OPS, ...SHAPE_OPS]);

/**
 * The classes of `keras.ops`: the operation, then where its parameters are: in the call by position,
 * and in the configuration by the names after the colon (`=`: another name there).
 */
const CLASSES: Readonly<Record<string, string>> = {
  Absolute: 'abs x',
  Abs: 'abs x',
  Add: 'add x y',
  Subtract: 'subtract x y',
  Multiply: 'multiply x y',
  Divide: 'divide x y',
  TrueDivide: 'divide x y',
  DivideNoNan: 'divide_no_nan x y',
  FloorDivide: 'floor_divide x y',
  Power: 'power x y',
  Maximum: 'maximum x y',
  Minimum: 'minimum x y',
  Equal: 'equal x y',
  NotEqual: 'not_equal x y',
  Greater: 'greater x y',
  GreaterEqual: 'greater_equal x y',
  Less: 'less x y',
  LessEqual: 'less_equal x y',
  LogicalAnd: 'logical_and x y',
  LogicalOr: 'logical_or x y',
  LogicalXor: 'logical_xor x y',
  LogicalNot: 'logical_not x',
  Where: 'where condition x y',
  Clip: 'clip x : low=x_min high=x_max',
  Cast: 'cast x : dtype',
  StopGradient: 'identity x',
  Copy: 'identity x',
  ConvertToTensor: 'identity x',
  Negative: 'neg x',
  Sign: 'sign x',
  Exp: 'exp x',
  Expm1: 'expm1 x',
  Log: 'log x',
  Log1p: 'log1p x',
  Sqrt: 'sqrt x',
  Rsqrt: 'rsqrt x',
  Square: 'square x',
  Sin: 'sin x',
  Cos: 'cos x',
  Tan: 'tan x',
  Arcsin: 'asin x',
  Arccos: 'acos x',
  Arctan: 'atan x',
  Sinh: 'sinh x',
  Cosh: 'cosh x',
  Tanh: 'tanh x',
  Floor: 'floor x',
  Ceil: 'ceil x',
  Round: 'round x',
  Erf: 'erf x',
  Reciprocal: 'reciprocal x',
  Isnan: 'is_nan x',
  Relu: 'relu x',
  ReLU: 'relu x : negative_slope max_value threshold',
  Relu6: 'relu6 x',
  Sigmoid: 'sigmoid x',
  SparseSigmoid: 'sparse_sigmoid x',
  Softplus: 'softplus x',
  Softsign: 'softsign x',
  SoftShrink: 'soft_shrink x : threshold',
  SparsePlus: 'sparse_plus x',
  Silu: 'silu x',
  Mish: 'mish x',
  Squareplus: 'squareplus x : b',
  LogSigmoid: 'log_sigmoid x',
  LeakyRelu: 'leaky_relu x : negative_slope',
  HardSigmoid: 'hard_sigmoid x',
  HardSilu: 'hard_silu x',
  Elu: 'elu x : alpha',
  Selu: 'selu x',
  Gelu: 'gelu x : approximate',
  Celu: 'celu x : alpha',
  Glu: 'glu x : axis',
  TanhShrink: 'tanh_shrink x',
  HardTanh: 'hard_tanh x',
  HardShrink: 'hard_shrink x : threshold',
  Threshold: 'threshold x : threshold=threshold_value threshold default_value=value default_value',
  Softmax: 'softmax x : axis',
  LogSoftmax: 'log_softmax x : axis',
  Sparsemax: 'sparsemax x : axis',
  Mean: 'mean x : axis keepdims',
  Sum: 'sum x : axis keepdims',
  Max: 'max x : axis keepdims',
  Min: 'min x : axis keepdims',
  Amax: 'max x : axis keepdims',
  Amin: 'min x : axis keepdims',
  Prod: 'prod x : axis keepdims',
  Var: 'var x : axis keepdims',
  Std: 'std x : axis keepdims',
  All: 'all x : axis keepdims',
  Any: 'any x : axis keepdims',
  Logsumexp: 'logsumexp x : axis keepdims',
  Argmax: 'argmax x : axis keepdims',
  Argmin: 'argmin x : axis keepdims',
  Normalize: 'l2_normalize x : axis epsilon',
  Reshape: 'reshape x : shape=newshape',
  Transpose: 'transpose x : axes',
  ExpandDims: 'expand_dims x : axis',
  Squeeze: 'squeeze x : axis',
  Concatenate: 'concat values : axis',
  Stack: 'stack values : axis',
  Split: 'split x : sections=indices_or_sections axis',
  Unstack: 'unstack x : axis',
  Tile: 'tile x : repeats',
  GetItem: 'getitem x key',
  Pad: 'pad x value : widths=pad_width mode',
  Matmul: 'matmul x y',
  Take: 'take x indices : axis',
  OneHot: 'one_hot x : classes=num_classes axis dtype',
  ZerosLike: 'zeros_like x',
  OnesLike: 'ones_like x',
  Cumsum: 'cumsum x : axis',
  Resize: 'resize x : size method=interpolation',
};

/** Parameters of `keras.ops` that would change what is computed here if they had another value. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  sparse: [false],
  order: [2],
  decimals: [0],
  antialias: [false],
  data_format: ['channels_last'],
  crop_to_aspect_ratio: [false],
  pad_to_aspect_ratio: [false],
  initial: [],
  where: [],
};

/** Operations of Keras 3, as layers of a Functional model. */
export const KERAS_OPS: ReadonlyMap<string, LayerType> = new Map(
  Object.entries(CLASSES).map(([className, line]) => [`ops.${className}`, layerType(line)] as const),
);

function layerType(line: string): LayerType {
  const [call = '', configured = ''] = line.split(' : ');
  const [name = '', ...positional] = call.split(' ');
  const entries = configured.split(' ').filter((part) => part !== '');
  return {
    keepsTypes: true,
    check: ({ config }) => {
      for (const [key, allowed] of Object.entries(NEUTRAL))
        config.refuseUnless(key, allowed, 'which is not computed here');
    },
    translate: (given) => write(given, name, { positional, entries }),
  };
}

function write(
  { g, config, layer, first, args, unsupported }: LayerCall,
  name: string,
  { positional, entries }: { readonly positional: readonly string[]; readonly entries: readonly string[] },
): KerasTensor | readonly KerasTensor[] {
  const found = OPERATIONS.get(name);
  if (found === undefined) throw unsupported('is not computed here');
  const values = new Map<string, ArgumentValue>();
  for (const entry of entries) {
    const [parameter = '', key = parameter] = entry.split('=');
    const value = config.raw(key);
    if (value !== undefined && value !== null) values.set(parameter, { constant: value });
  }
  const given = first === undefined ? [] : [first, ...args.positional];
  if (given.length > positional.length) throw unsupported(`is called with ${given.length} arguments`);
  for (const [i, value] of given.entries()) values.set(positional[i] as string, value);
  for (const [key, value] of args.named) values.set(SPELLINGS[key] ?? key, value);
  return found.write(new OpArguments({ g, config, generation: layer.generation }, values));
}

/** Names of arguments in calls of `keras.ops`. */
const SPELLINGS: Readonly<Record<string, string>> = { x1: 'x', x2: 'y', xs: 'values', constant_values: 'value' };
