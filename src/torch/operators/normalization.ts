import { float } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, unary } from './emit/arithmetic.ts';
import { isFloat } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome } from './operator.ts';
import { meanOf, normOf, varianceOf } from './reduction.ts';

const { rankOf } = shapes;

/** A value per channel, shaped so that it meets dimension one of `rank` dimensions. */
function perChannel(g: GraphBuilder, value: Value, rank: number): Value {
  return shapes.unsqueeze(g, value, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)]);
}

interface Affine {
  readonly weight: Value | undefined;
  readonly bias: Value | undefined;
}

function affineOf(call: Call): Affine {
  return { weight: call.tensorOr('weight'), bias: call.tensorOr('bias') };
}

function applyAffine(g: GraphBuilder, value: Value, { weight, bias }: Affine): Value {
  const scaled = weight === undefined ? value : { ...binary(g, 'Mul', value, weight), shape: value.shape };
  return bias === undefined ? scaled : { ...binary(g, 'Add', scaled, bias), shape: value.shape };
}

interface Normalized {
  readonly value: Value;
  readonly mean: Value;
  /** 1 / sqrt(variance + eps). */
  readonly inverse: Value;
}

/** `(x - mean) / sqrt(var + eps)`: two passes, so that a large mean loses nothing. */
function normalize(g: GraphBuilder, value: Value, axes: readonly number[], eps: number): Normalized {
  const mean = meanOf(g, value, axes, true);
  const variance = varianceOf(g, value, axes, { correction: 0, keep: true });
  const inverse = inverseRoot(g, variance, eps);
  const centred = { ...binary(g, 'Sub', value, mean), shape: value.shape };
  return { value: { ...binary(g, 'Mul', centred, inverse), shape: value.shape }, mean, inverse };
}

function inverseRoot(g: GraphBuilder, variance: Value, eps: number): Value {
  return unary(g, 'Reciprocal', unary(g, 'Sqrt', binary(g, 'Add', variance, g.scalar(eps, variance.dtype))));
}

function ones(g: GraphBuilder, like: Value, value: 0 | 1): Value {
  const [count] = like.shape ?? [];
  if (typeof count !== 'number') throw new TypeError('the number of channels is a constant');
  const data = like.dtype === 'float64' ? new Float64Array(count).fill(value) : new Float32Array(count).fill(value);
  return g.constant({ data, shape: [count], dtype: like.dtype });
}

/** Batch normalization with the statistics of the training, or of the batch where there are none. */
function batchNorm(call: Call): Value {
  const { g } = call;
  const input = call.tensor('input');
  const [mean, variance] = [call.tensorOr('running_mean'), call.tensorOr('running_var')];
  const eps = call.float('eps');
  const training = ['training', 'train'].some((name) => call.has(name) && call.bool(name));
  const affine = affineOf(call);
  if (training || mean === undefined || variance === undefined) {
    if (mean !== undefined) return call.fail('batch normalization of a model that is training; export it in eval mode');
    const rank = rankOf(input);
    const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 1);
    const per = (value: Value | undefined): Value | undefined => value && perChannel(g, value, rank);
    const { value } = normalize(g, input, axes, eps);
    return applyAffine(g, value, { weight: per(affine.weight), bias: per(affine.bias) });
  }
  if (typeof mean.shape?.[0] !== 'number') return scaleChannels(g, input, { mean, variance, eps, affine });
  const inputs = [input, affine.weight ?? ones(g, mean, 1), affine.bias ?? ones(g, mean, 0), mean, variance];
  return g.op('BatchNormalization', inputs, { epsilon: float(eps) }, { shape: input.shape });
}

/** As batch normalization, where the number of channels depends on the input. */
function scaleChannels(
  g: GraphBuilder,
  input: Value,
  { mean, variance, eps, affine }: { mean: Value; variance: Value; eps: number; affine: Affine },
): Value {
  const per = (value: Value): Value => perChannel(g, value, rankOf(input));
  const centred = { ...binary(g, 'Sub', input, per(mean)), shape: input.shape };
  const scaled = { ...binary(g, 'Mul', centred, per(inverseRoot(g, variance, eps))), shape: input.shape };
  const { weight, bias } = affine;
  return applyAffine(g, scaled, { weight: weight && per(weight), bias: bias && per(bias) });
}

/** The results beside the first are those of training. */
function nativeBatchNorm(call: Call): Outcome {
  const { g } = call;
  const result = batchNorm(call);
  const none = g.constant({ data: new Float32Array(0), shape: [0], dtype: 'float32' });
  return [result, none, none, none];
}

function trailingAxes(call: Call, value: Value): readonly number[] {
  const { length } = call.items('normalized_shape');
  const rank = rankOf(value);
  return Array.from({ length }, (_, i) => rank - length + i);
}

function nativeLayerNorm(call: Call): Outcome {
  const input = call.tensor('input');
  const { value, mean, inverse } = normalize(call.g, input, trailingAxes(call, input), call.float('eps'));
  return [applyAffine(call.g, value, affineOf(call)), mean, inverse];
}

function layerNorm(call: Call): Value {
  const input = call.tensor('input');
  const { value } = normalize(call.g, input, trailingAxes(call, input), call.float('eps'));
  return applyAffine(call.g, value, affineOf(call));
}

/** Least positive step above one, which stands in for a missing `eps`. */
const EPSILON = new Map([
  ['float32', 2 ** -23],
  ['float64', 2 ** -52],
]);

function rmsNorm(call: Call): Value {
  const { g } = call;
  const input = call.tensor('input');
  const eps = call.floatOr('eps') ?? EPSILON.get(input.dtype) ?? 2 ** -23;
  const square = meanOf(g, binary(g, 'Mul', input, input), trailingAxes(call, input), true);
  const scaled = { ...binary(g, 'Mul', input, inverseRoot(g, square, eps)), shape: input.shape };
  return applyAffine(g, scaled, { weight: call.tensorOr('weight'), bias: undefined });
}

interface Grouped {
  readonly input: Value;
  readonly groups: number;
  readonly eps: number;
}

/** Normalized over the channels of a group and all positions. */
function groupNormOf(call: Call, { input, groups, eps }: Grouped): Normalized {
  const { g } = call;
  const rank = rankOf(input);
  const dims = shapes.dimsOf(g, input);
  const batch = dims[0] ?? 1;
  const channels = dims[1] ?? 1;
  if (typeof channels !== 'number') return call.fail('a number of channels that depends on the input');
  const grouped = shapes.reshape(g, input, [batch, groups, -1]);
  const { value, mean, inverse } = normalize(g, grouped, [2], eps);
  const back = shapes.reshape(g, value, dims);
  const affine = affineOf(call);
  const per = (one: Value | undefined): Value | undefined => one && perChannel(g, one, rank);
  return {
    value: applyAffine(g, back, { weight: per(affine.weight), bias: per(affine.bias) }),
    mean: shapes.squeeze(g, mean, [2]),
    inverse: shapes.squeeze(g, inverse, [2]),
  };
}

function groupNorm(call: Call): Value {
  return groupNormOf(call, { input: call.tensor('input'), groups: call.int('num_groups'), eps: call.float('eps') })
    .value;
}

function nativeGroupNorm(call: Call): Outcome {
  const { value, mean, inverse } = groupNormOf(call, {
    input: call.tensor('input'),
    groups: call.int('group'),
    eps: call.float('eps'),
  });
  return [value, mean, inverse];
}

function instanceNorm(call: Call): Value {
  const { g } = call;
  const input = call.tensor('input');
  const rank = rankOf(input);
  if (!call.bool('use_input_stats')) return batchNorm(call);
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const { value } = normalize(g, input, axes, call.float('eps'));
  const affine = affineOf(call);
  const per = (one: Value | undefined): Value | undefined => one && perChannel(g, one, rank);
  return applyAffine(g, value, { weight: per(affine.weight), bias: per(affine.bias) });
}

/** A weight given as direction and length. */
function weightNorm(call: Call): Value {
  const { g } = call;
  const [v, length] = [call.tensor('v'), call.tensor('g')];
  const dim = call.int('dim');
  const kept = dim === -1 ? -1 : shapes.axisOf(dim, rankOf(v));
  const axes = Array.from({ length: rankOf(v) }, (_, i) => i).filter((i) => i !== kept);
  const norm = normOf(g, v, 2, { axes, keep: true });
  return { ...binary(g, 'Mul', v, binary(g, 'Div', length, norm)), shape: v.shape };
}

function cosineSimilarity(call: Call): Value {
  const { g } = call;
  const [a, b] = [call.tensor('x1'), call.tensor('x2')];
  if (!isFloat(a.dtype)) return call.fail('cosine similarity of integers');
  const rank = Math.max(rankOf(a), rankOf(b));
  const axis = shapes.axisOf(call.int('dim'), rank);
  const full = (value: Value): Value =>
    shapes.unsqueeze(
      g,
      value,
      Array.from({ length: rank - rankOf(value) }, (_, i) => i),
    );
  const [x, y] = [full(a), full(b)];
  const unit = (value: Value): Value => {
    const norm = normOf(g, value, 2, { axes: [axis], keep: true });
    const safe = binary(g, 'Max', norm, g.scalar(call.float('eps'), value.dtype));
    return { ...binary(g, 'Div', value, safe), shape: value.shape };
  };
  const product = binary(g, 'Mul', unit(x), unit(y));
  const shape = product.shape?.filter((_, i) => i !== axis);
  return g.op('ReduceSum', [product, g.ints([axis])], { keepdims: { int: 0 } }, { shape });
}

function pairwiseDistance(call: Call): Value {
  const { g } = call;
  const difference = binary(g, 'Sub', call.tensor('x1'), call.tensor('x2'));
  const shifted = binary(g, 'Add', difference, g.scalar(call.float('eps'), difference.dtype));
  const value = { ...shifted, shape: difference.shape };
  return normOf(g, value, call.float('p'), { axes: [rankOf(value) - 1], keep: call.bool('keepdim') });
}

/** Normalization layers, and measures that are made of norms. */
export const normalization: OperatorFamily = {
  batch_norm: batchNorm,
  native_batch_norm: nativeBatchNorm,
  _native_batch_norm_legit: nativeBatchNorm,
  _native_batch_norm_legit_no_training: nativeBatchNorm,
  _batch_norm_no_update: nativeBatchNorm,
  cudnn_batch_norm: nativeBatchNorm,
  layer_norm: layerNorm,
  native_layer_norm: nativeLayerNorm,
  rms_norm: rmsNorm,
  group_norm: groupNorm,
  native_group_norm: nativeGroupNorm,
  instance_norm: instanceNorm,
  _weight_norm: weightNorm,
  _weight_norm_interface: (call) => [weightNorm(call), call.tensor('g')],
  cosine_similarity: cosineSimilarity,
  pairwise_distance: pairwiseDistance,
};
