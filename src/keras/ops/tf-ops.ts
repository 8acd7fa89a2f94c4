import type { ArgumentValue } from '../graph/call-arguments.ts';
import type { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import type { LayerConfig } from '../model/layer-config.ts';
import { OPERATIONS } from './keras-ops.ts';
import { OpArguments } from './op-arguments.ts';

/** TensorFlow's functions: the operation, and its parameters in TensorFlow's order and by its names (`ours=theirs`). */
const FUNCTIONS: Readonly<Record<string, string>> = {
  '__operators__.add': 'add x y',
  '__operators__.getitem': 'getitem x key=slice_spec',
  add: 'add x y',
  subtract: 'subtract x y',
  multiply: 'multiply x y',
  divide: 'divide x y',
  'math.add': 'add x y',
  'math.subtract': 'subtract x y',
  'math.multiply': 'multiply x y',
  'math.divide': 'divide x y',
  'math.truediv': 'divide x y',
  'math.divide_no_nan': 'divide_no_nan x y',
  'math.floordiv': 'floor_divide x y',
  'math.pow': 'power x y',
  pow: 'power x y',
  'math.maximum': 'maximum x y',
  maximum: 'maximum x y',
  'math.minimum': 'minimum x y',
  minimum: 'minimum x y',
  'math.squared_difference': 'squared_difference x y',
  'math.equal': 'equal x y',
  'math.not_equal': 'not_equal x y',
  'math.greater': 'greater x y',
  'math.greater_equal': 'greater_equal x y',
  'math.less': 'less x y',
  'math.less_equal': 'less_equal x y',
  'math.logical_and': 'logical_and x y',
  'math.logical_or': 'logical_or x y',
  'math.logical_not': 'logical_not x',
  where: 'where condition x y',
  clip_by_value: 'clip x=t low=clip_value_min high=clip_value_max',
  cast: 'cast x dtype',
  identity: 'identity x=input',
  stop_gradient: 'identity x=input',
  'math.negative': 'neg x',
  'math.abs': 'abs x',
  abs: 'abs x',
  'math.sign': 'sign x',
  'math.exp': 'exp x',
  exp: 'exp x',
  'math.expm1': 'expm1 x',
  'math.log': 'log x',
  'math.log1p': 'log1p x',
  'math.sqrt': 'sqrt x',
  sqrt: 'sqrt x',
  'math.rsqrt': 'rsqrt x',
  'math.square': 'square x',
  square: 'square x',
  'math.sin': 'sin x',
  'math.cos': 'cos x',
  'math.tan': 'tan x',
  'math.tanh': 'tanh x',
  tanh: 'tanh x',
  'math.floor': 'floor x',
  'math.ceil': 'ceil x',
  'math.round': 'round x',
  'math.erf': 'erf x',
  'math.reciprocal': 'reciprocal x',
  'math.is_nan': 'is_nan x',
  'math.sigmoid': 'sigmoid x',
  'math.softplus': 'softplus x=features',
  'math.log_sigmoid': 'log_sigmoid x',
  'nn.relu': 'relu x=features',
  'nn.relu6': 'relu6 x=features',
  'nn.sigmoid': 'sigmoid x',
  'nn.tanh': 'tanh x',
  'nn.leaky_relu': 'leaky_relu x=features negative_slope=alpha',
  'nn.elu': 'elu x=features',
  'nn.selu': 'selu x=features',
  'nn.softplus': 'softplus x=features',
  'nn.softsign': 'softsign x=features',
  'nn.silu': 'silu x=features',
  'nn.swish': 'silu x=features',
  'nn.gelu': 'gelu x=features approximate',
  'nn.softmax': 'softmax x=logits axis',
  'nn.log_softmax': 'log_softmax x=logits axis',
  'nn.l2_normalize': 'l2_normalize x axis epsilon',
  'math.l2_normalize': 'l2_normalize x axis epsilon',
  'linalg.l2_normalize': 'l2_normalize x axis epsilon',
  'keras.activations.relu': 'relu x negative_slope=alpha max_value threshold',
  'keras.activations.sigmoid': 'sigmoid x',
  'keras.activations.tanh': 'tanh x',
  'keras.activations.softmax': 'softmax x axis',
  'keras.activations.swish': 'silu x',
  'keras.activations.gelu': 'gelu x approximate',
  'keras.activations.hard_sigmoid': 'hard_sigmoid x',
  'math.reduce_mean': 'mean x=input_tensor axis keepdims',
  reduce_mean: 'mean x=input_tensor axis keepdims',
  'math.reduce_sum': 'sum x=input_tensor axis keepdims',
  reduce_sum: 'sum x=input_tensor axis keepdims',
  'math.reduce_max': 'max x=input_tensor axis keepdims',
  'math.reduce_min': 'min x=input_tensor axis keepdims',
  'math.reduce_prod': 'prod x=input_tensor axis keepdims',
  'math.reduce_std': 'std x=input_tensor axis keepdims',
  'math.reduce_variance': 'var x=input_tensor axis keepdims',
  'math.reduce_all': 'all x=input_tensor axis keepdims',
  'math.reduce_any': 'any x=input_tensor axis keepdims',
  'math.reduce_logsumexp': 'logsumexp x=input_tensor axis keepdims',
  'math.argmax': 'argmax x=input axis dtype=output_type',
  'math.argmin': 'argmin x=input axis dtype=output_type',
  'math.cumsum': 'cumsum x axis',
  reshape: 'reshape x=tensor shape',
  shape: 'shape x=input dtype=out_type',
  transpose: 'transpose x=a axes=perm',
  expand_dims: 'expand_dims x=input axis',
  squeeze: 'squeeze x=input axis',
  concat: 'concat values axis',
  stack: 'stack values axis',
  split: 'split x=value sections=num_or_size_splits axis',
  unstack: 'unstack x=value axis',
  tile: 'tile x=input repeats=multiples',
  pad: 'pad x=tensor widths=paddings mode value=constant_values',
  'linalg.matmul': 'matmul x=a y=b transpose_x=transpose_a transpose_y=transpose_b',
  matmul: 'matmul x=a y=b transpose_x=transpose_a transpose_y=transpose_b',
  gather: 'take x=params indices axis',
  one_hot: 'one_hot x=indices classes=depth axis dtype',
  zeros_like: 'zeros_like x=input',
  ones_like: 'ones_like x=input',
  'image.resize': 'resize x=images size method',
  'nn.depth_to_space': 'depth_to_space x=input block_size',
};

/** Arguments that change nothing here, with the values that they may have. */
const NEUTRAL: ReadonlyMap<string, readonly unknown[]> = new Map<string, readonly unknown[]>([
  ['num', []],
  ['validate_indices', []],
  ['batch_dims', [0]],
  ['on_value', []],
  ['off_value', []],
  ['exclusive', [false]],
  ['reverse', [false]],
  ['preserve_aspect_ratio', [false]],
  ['antialias', [false]],
  ['data_format', ['NHWC']],
  ['conjugate', [false]],
  ['adjoint_a', [false]],
  ['adjoint_b', [false]],
  ['a_is_sparse', [false]],
  ['b_is_sparse', [false]],
]);

const TF_OP: LayerType = {
  keepsTypes: true,
  check: ({ config }) => void lineOf(config),
  translate: write,
  limits: 'functions of TensorFlow on tensors; those that compute with text, state or files are refused by name',
};

/** Functions of TensorFlow that a Functional model of Keras 2 calls directly. */
export const TF_OPS: ReadonlyMap<string, LayerType> = new Map([
  ['TFOpLambda', TF_OP],
  ['SlicingOpLambda', TF_OP],
]);

/** The functions that are known, for the table of what is supported. */
export function tensorflowFunctions(): readonly string[] {
  return Object.keys(FUNCTIONS).sort();
}

function lineOf(config: LayerConfig): string {
  const name = config.string('function');
  // Functions that TensorFlow 2 took over from 1 are stored under their old name.
  const current = name.replace(/^compat\.v1\./, '');
  if (Object.hasOwn(FUNCTIONS, current)) return FUNCTIONS[current] as string;
  throw config.unsupported(
    `calls tf.${name}, which is not computed here; replace it by Keras layers, or export the model as ONNX or SavedModel`,
  );
}

function write({ g, config, layer, first, args, unsupported }: LayerCall): KerasTensor | readonly KerasTensor[] {
  const [name = '', ...parts] = lineOf(config).split(' ');
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw unsupported('is not computed here');
  const parameters = parts.map((part) => part.split('=') as [string, string?]);
  const values = new Map<string, ArgumentValue>();
  const given = first === undefined ? [] : [first, ...args.positional];
  for (const [i, value] of given.entries()) {
    const parameter = parameters[i];
    if (parameter === undefined) throw unsupported(`is called with ${given.length} arguments`);
    values.set(parameter[0], value);
  }
  for (const [key, value] of args.named) {
    const parameter = parameters.find(([ours, theirs = ours]) => theirs === key || ours === key);
    if (parameter !== undefined) values.set(parameter[0], value);
    else checkNeutral(key, value, config);
  }
  return operation.write(new OpArguments({ g, config, generation: layer.generation }, values));
}

function checkNeutral(key: string, value: ArgumentValue, config: LayerConfig): void {
  const plain = typeof value === 'object' && 'constant' in value ? value.constant : value;
  const allowed = NEUTRAL.get(key);
  if (key === 'name' || plain === null || (allowed !== undefined && allowed.includes(plain))) return;
  throw config.unsupported(`is called with ${key}, which is not computed here`);
}
