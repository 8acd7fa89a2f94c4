import { filled } from '../graph/filled.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { float, int } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { reshaped } from '../graph/permute.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { WeightSpec } from '../model/weight-spec.ts';
import { axisInChannelsFirst, axisOf } from './axis-functions.ts';

/** Normalizations by statistics of training (BatchNormalization) or of the input itself. */
export const NORMALIZATION_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  [
    'BatchNormalization',
    {
      masking: 'pass',
      weights: (layer) => [
        ...scaleAndCenter(layer),
        { name: 'moving_mean', trainable: false },
        { name: 'moving_variance', trainable: false },
      ],
      check: checkBatch,
      translate: batch,
      limits: 'batch renormalization and virtual batches are refused',
    },
  ],
  [
    'LayerNormalization',
    {
      masking: 'pass',
      weights: scaleAndCenter,
      check: ({ config }) =>
        config.refuseUnless('rms_scaling', [false], 'which changed its meaning between versions; use RMSNormalization'),
      translate: layerNorm,
      limits: '`rms_scaling` is refused',
    },
  ],
  ['GroupNormalization', { masking: 'pass', weights: scaleAndCenter, translate: group }],
  ['RMSNormalization', { weights: () => [{ name: 'scale' }], translate: rms }],
  ['UnitNormalization', { masking: 'pass', translate: unit }],
]);

function scaleAndCenter({ config }: KerasLayer): readonly WeightSpec[] {
  return [
    ...(config.boolean('scale', true) ? [{ name: 'gamma' }] : []),
    ...(config.boolean('center', true) ? [{ name: 'beta' }] : []),
  ];
}

function checkBatch({ config }: KerasLayer): void {
  config.refuseUnless('renorm', [false], 'whose statistics are not computed here');
  config.refuseUnless('virtual_batch_size', [], 'which computes statistics from the batch');
  if (config.has('axis')) config.integers('axis');
}

/** The axes of a layer, from 0, in order. */
function axesOf({ config, input }: LayerCall, fallback: number): readonly number[] {
  const axes = config.has('axis') ? config.integers('axis') : [fallback];
  const { rank } = input();
  const all = axes.map((axis) => axisOf(axis, rank)).sort((a, b) => a - b);
  if (all.some((axis) => axis < 0 || axis >= rank) || new Set(all).size < all.length)
    throw config.mistyped('axis', `axes of a tensor of rank ${rank}`);
  return all;
}

function numbers(tensor: TensorLike): ArrayLike<number> {
  return tensor.data as ArrayLike<number>;
}

function ofType(values: readonly number[], { dtype }: LayerCall, shape: readonly number[]): TensorLike {
  return { data: dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values), shape, dtype };
}

/** `(x - mean) * gamma / sqrt(variance + epsilon) + beta`, with everything but `x` worked out beforehand, as TensorFlow does. */
function batch(call: LayerCall): KerasTensor {
  const { g, config, weights, dtype } = call;
  if (call.args.training)
    throw call.unsupported('is called with training=True: it would take its statistics from the batch');
  const x = call.input();
  const [axis, ...more] = axesOf(call, -1);
  if (axis === undefined || more.length > 0) throw call.unsupported('normalizes over several axes');
  const extent = x.shape[axis] ?? null;
  const mean = weights.get('moving_mean', [extent]);
  const variance = numbers(weights.get('moving_variance', [extent]));
  const count = mean.shape[0] as number;
  const gamma = config.boolean('scale', true) ? numbers(weights.get('gamma', [count])) : undefined;
  const beta = config.boolean('center', true) ? numbers(weights.get('beta', [count])) : undefined;
  const epsilon = config.number('epsilon', 1e-3);
  const scale = Array.from(
    { length: count },
    (_, i) => (gamma?.[i] ?? 1) / Math.sqrt((variance[i] as number) + epsilon),
  );
  const shift = scale.map((s, i) => (beta?.[i] ?? 0) - (numbers(mean)[i] as number) * s);
  // Where channels come second the engine merges the operator with the convolution before it.
  const channelsSecond = axis === x.rank - 1 ? x.prefersChannelsFirst || x.rank === 2 : axis === 1;
  if (channelsSecond && dtype === 'float32') {
    const value = axis === 1 ? x.plain() : x.channelsFirst();
    const constants = [
      ofType(scale, call, [count]),
      ofType(shift, call, [count]),
      ofType(filled(count, 0), call, [count]),
      ofType(filled(count, 1), call, [count]),
    ].map((tensor) => g.constant(tensor));
    const result = g.op('BatchNormalization', [value, ...constants], { epsilon: float(0) }, { dtype });
    const facts = { shape: x.shape, dtype };
    return axis === 1 ? KerasTensor.of(g, result, facts) : KerasTensor.channelsFirst(g, result, facts);
  }
  const m = new Arithmetic(g, dtype);
  const at = x.prefersChannelsFirst ? axisInChannelsFirst(axis, x.rank) : axis;
  const along = Array.from({ length: x.rank - at }, (_, i) => (i === 0 ? count : 1));
  return x.map((value) =>
    m.add(m.mul(value, g.constant(ofType(scale, call, along))), g.constant(ofType(shift, call, along))),
  );
}

/** Mean and variance over the axes given, the biased variance as TensorFlow's `moments` has it. */
function standardized(m: Arithmetic, value: Value, axes: readonly number[], epsilon: number): Value {
  const { g, dtype } = m;
  const over = g.ints(axes);
  const keep = { keepdims: int(1) };
  const centred = m.sub(value, g.op('ReduceMean', [value, over], keep, { dtype }));
  const variance = g.op('ReduceMean', [m.mul(centred, centred), over], keep, { dtype });
  return m.div(centred, m.op('Sqrt', [m.add(variance, epsilon)]));
}

/** A weight over some axes, in a shape that broadcasts over all of them. */
function broadcast(tensor: TensorLike, axes: readonly number[], rank: number): TensorLike {
  const shape = filled(rank, 1);
  for (const [i, axis] of axes.entries()) shape[axis] = tensor.shape[i] as number;
  return reshaped(tensor, shape);
}

function layerNorm(call: LayerCall): KerasTensor {
  const { g, config, weights, dtype } = call;
  const x = call.input();
  const axes = axesOf(call, -1);
  const shape = axes.map((axis) => x.shape[axis] ?? null);
  const epsilon = config.number('epsilon', 1e-3);
  const gamma = config.boolean('scale', true) ? weights.get('gamma', shape) : undefined;
  const beta = config.boolean('center', true) ? weights.get('beta', shape) : undefined;
  const facts = { shape: x.shape, dtype };
  const trailing = axes.every((axis, i) => axis === x.rank - axes.length + i);
  const extents = shape.every((extent) => extent !== null) ? shape : gamma?.shape;
  if (trailing && extents !== undefined && dtype === 'float32') {
    const count = extents.reduce((product, n) => product * n, 1);
    const scale = gamma ?? ofType(filled(count, 1), call, extents);
    const inputs = [x.plain(), g.constant(scale, 'gamma'), beta === undefined ? undefined : g.constant(beta, 'beta')];
    const attributes = { axis: int(axes[0] as number), epsilon: float(epsilon) };
    return KerasTensor.of(g, g.op('LayerNormalization', inputs, attributes, { dtype }), facts);
  }
  const m = new Arithmetic(g, dtype);
  return KerasTensor.of(
    g,
    scaled(m, standardized(m, x.plain(), axes, epsilon), { gamma, beta, axes, rank: x.rank }),
    facts,
  );
}

interface Scaling {
  readonly gamma: TensorLike | undefined;
  readonly beta: TensorLike | undefined;
  readonly axes: readonly number[];
  readonly rank: number;
}

function scaled(m: Arithmetic, value: Value, { gamma, beta, axes, rank }: Scaling): Value {
  const grown = gamma === undefined ? value : m.mul(value, m.g.constant(broadcast(gamma, axes, rank), 'gamma'));
  return beta === undefined ? grown : m.add(grown, m.g.constant(broadcast(beta, axes, rank), 'beta'));
}

/** Statistics per group of neighbouring channels, over everything else but the batch. */
function group(call: LayerCall): KerasTensor {
  const { g, config, weights, dtype } = call;
  const x = call.input();
  const [axis, ...more] = axesOf(call, -1);
  if (axis === undefined || more.length > 0) throw config.mistyped('axis', 'one axis');
  const extent = x.shape[axis] ?? null;
  const stated = config.integer('groups', { fallback: 32 });
  const gamma = config.boolean('scale', true) ? weights.get('gamma', [extent]) : undefined;
  const beta = config.boolean('center', true) ? weights.get('beta', [extent]) : undefined;
  const channels = extent ?? gamma?.shape[0] ?? beta?.shape[0];
  if (channels === undefined) throw call.unsupported('normalizes an unknown number of channels');
  const groups = stated === -1 ? channels : stated;
  if (groups < 1 || channels % groups !== 0) throw config.mistyped('groups', `a divisor of ${channels} channels`);
  const m = new Arithmetic(g, dtype);
  const last = axis === x.rank - 1 && x.rank > 2;
  // Channels come second either way, so that a group is one run of values.
  if (!last && axis !== 1)
    throw call.unsupported(`normalizes groups along axis ${axis}; the last and the first after the batch are done`);
  const value = last ? x.channelsFirst() : x.plain();
  const runs = g.op('Reshape', [value, g.ints([0, groups, -1])], {}, { dtype });
  const standard = standardized(m, runs, [2], config.number('epsilon', 1e-3));
  const back = g.op('Reshape', [standard, g.op('Shape', [value], {}, { dtype: 'int64' })], {}, { dtype });
  const result = scaled(m, back, { gamma, beta, axes: [1], rank: x.rank });
  const facts = { shape: x.shape, dtype };
  return last ? KerasTensor.channelsFirst(g, result, facts) : KerasTensor.of(g, result, facts);
}

/** Divided by the root of the mean square. */
function rms(call: LayerCall): KerasTensor {
  const { g, config, weights, dtype } = call;
  const x = call.input();
  const axes = axesOf(call, -1);
  const m = new Arithmetic(g, dtype);
  const value = x.plain();
  const square = g.op('ReduceMean', [m.mul(value, value), g.ints(axes)], { keepdims: int(1) }, { dtype });
  const result = m.div(value, m.op('Sqrt', [m.add(square, config.number('epsilon', 1e-6))]));
  const scale = weights.get(
    'scale',
    axes.map((axis) => x.shape[axis] ?? null),
  );
  return KerasTensor.of(g, scaled(m, result, { gamma: scale, beta: undefined, axes, rank: x.rank }), {
    shape: x.shape,
    dtype,
  });
}

/** Divided by the Euclidean norm. Keras 2 bounds its square from below by 1e-12, Keras 3 the norm. */
function unit(call: LayerCall): KerasTensor {
  const { g, layer, dtype } = call;
  const x = call.input();
  const m = new Arithmetic(g, dtype);
  const value = x.plain();
  const square = g.op('ReduceSum', [m.mul(value, value), g.ints(axesOf(call, -1))], { keepdims: int(1) }, { dtype });
  const least = layer.generation === 2 ? 1e-12 : 1e-24;
  return KerasTensor.of(g, m.div(value, m.op('Sqrt', [m.op('Max', [square, least])])), { shape: x.shape, dtype });
}
