import { filled } from '../graph/filled.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { int, ints } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { permuted, reshaped } from '../graph/permute.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { LayerConfig } from '../model/layer-config.ts';
import type { WeightSpec } from '../model/weight-spec.ts';
import { applyActivation, readActivation } from './activation.ts';
import { kernelAndBias } from './dense.ts';
import { dataFormat, type SpatialTensor, spatialInput, spatialOutput } from './spatial.ts';
import { type Padding, placeWindow, split, type Window } from './window.ts';

/** Convolutions of one to three axes: plain, depthwise, separable and transposed. */
export const CONVOLUTION_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ...[1, 2, 3].flatMap((axes) => [
    [
      `Conv${axes}D`,
      { weights: kernelAndBias, check: checkOf(axes), translate: (call: LayerCall) => conv(call, axes) },
    ] as const,
    [
      `Conv${axes}DTranspose`,
      { weights: kernelAndBias, check: checkOf(axes), translate: (call: LayerCall) => transposed(call, axes) },
    ] as const,
  ]),
  ...[1, 2].flatMap((axes) => [
    [
      `DepthwiseConv${axes}D`,
      { weights: depthwiseSpecs, check: checkOf(axes), translate: (call: LayerCall) => depthwise(call, axes) },
    ] as const,
    [
      `SeparableConv${axes}D`,
      { weights: separableSpecs, check: checkOf(axes), translate: (call: LayerCall) => separable(call, axes) },
    ] as const,
  ]),
]);

function checkOf(axes: number): (layer: KerasLayer) => void {
  return ({ config, generation }) => {
    readActivation(config, 'activation', generation);
    dataFormat(config);
    windowOf(config, axes);
    config.refuseUnless('lora_rank', [], 'low-rank weights are not added here; merge them before saving');
  };
}

function biasSpec(config: LayerConfig): readonly WeightSpec[] {
  return config.boolean('use_bias', true) ? [{ name: 'bias' }] : [];
}

function depthwiseSpecs({ config }: KerasLayer): readonly WeightSpec[] {
  return [{ name: 'depthwise_kernel', formerly: ['kernel'] }, ...biasSpec(config)];
}

function separableSpecs({ config }: KerasLayer): readonly WeightSpec[] {
  return [{ name: 'depthwise_kernel' }, { name: 'pointwise_kernel' }, ...biasSpec(config)];
}

function windowOf(config: LayerConfig, axes: number): Window {
  const positive = (key: string, fallback?: readonly number[]): readonly number[] => {
    const list = config.integers(key, { count: axes, ...(fallback === undefined ? {} : { fallback }) });
    if (list.some((n) => n < 1)) throw config.mistyped(key, 'whole numbers of at least 1');
    return list;
  };
  const one = filled(axes, 1);
  const padding = config.choice('padding', axes === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same'], 'valid');
  if (padding === 'causal' && dataFormat(config) === 'channels_first') {
    throw config.unsupported('has padding="causal" with channels first, which Keras does not compute either');
  }
  return {
    kernel: positive('kernel_size'),
    strides: positive('strides', one),
    dilations: positive('dilation_rate', one),
    padding: padding satisfies Padding,
  };
}

function spatialOf(call: LayerCall, axes: number): SpatialTensor & { readonly channels: number } {
  const x = spatialInput(call.input(), axes, call.config);
  const { channels } = x;
  if (channels === null) throw call.config.malformed('is called on a tensor of an unknown number of channels');
  return { ...x, channels };
}

function biasOf({ g, config, weights }: LayerCall, filters: number): Value | undefined {
  return config.boolean('use_bias', true) ? g.constant(weights.get('bias', [filters]), 'bias') : undefined;
}

function finished(call: LayerCall, value: Value, x: Omit<SpatialTensor, 'value'>): KerasTensor {
  const { g, config, layer } = call;
  return applyActivation(g, spatialOutput(g, value, x), readActivation(config, 'activation', layer.generation));
}

/** Spatial axes of a kernel behind the two others: `[...k, in, out]` as `[out, in, ...k]`. */
function outInFirst(kernel: TensorLike, axes: number): TensorLike {
  return permuted(kernel, [axes + 1, axes, ...Array.from({ length: axes }, (_, i) => i)]);
}

function conv(call: LayerCall, axes: number): KerasTensor {
  const { g, config, weights, dtype } = call;
  const x = spatialOf(call, axes);
  const filters = config.integer('filters', { least: 1 });
  const groups = config.integer('groups', { least: 1, fallback: 1 });
  if (x.channels % groups !== 0 || filters % groups !== 0)
    throw config.mistyped('groups', 'a divisor of channels and filters');
  const window = windowOf(config, axes);
  const kernel = weights.get('kernel', [...window.kernel, x.channels / groups, filters]);
  const placed = placeWindow(g, x, window);
  const inputs = [placed.value, g.constant(outInFirst(kernel, axes), 'kernel'), biasOf(call, filters)];
  const value = g.op('Conv', inputs, { ...placed.attributes, group: int(groups) }, { dtype });
  return finished(call, value, { ...x, channels: filters, extents: placed.extents });
}

/** A filter per channel, or several: output `c * multiplier + m`. */
function depthwiseValue(
  call: LayerCall,
  axes: number,
  x: SpatialTensor & { readonly channels: number },
  bias: Value | undefined,
): {
  readonly value: Value;
  readonly channels: number;
  readonly extents: readonly (number | null)[];
} {
  const { g, config, weights, dtype } = call;
  const multiplier = config.integer('depth_multiplier', { least: 1, fallback: 1 });
  const window = windowOf(config, axes);
  const stored = weights.get('depthwise_kernel', [...window.kernel, x.channels, multiplier]);
  const spatial = Array.from({ length: axes }, (_, i) => i);
  const channels = x.channels * multiplier;
  const kernel = reshaped(permuted(stored, [axes, axes + 1, ...spatial]), [channels, 1, ...window.kernel]);
  const placed = placeWindow(g, x, window);
  const inputs = [placed.value, g.constant(kernel, 'kernel'), bias];
  const value = g.op('Conv', inputs, { ...placed.attributes, group: int(x.channels) }, { dtype });
  return { value, channels, extents: placed.extents };
}

function depthwise(call: LayerCall, axes: number): KerasTensor {
  const x = spatialOf(call, axes);
  const multiplier = call.config.integer('depth_multiplier', { least: 1, fallback: 1 });
  const { value, channels, extents } = depthwiseValue(call, axes, x, biasOf(call, x.channels * multiplier));
  return finished(call, value, { ...x, channels, extents });
}

function separable(call: LayerCall, axes: number): KerasTensor {
  const { g, config, weights, dtype } = call;
  const x = spatialOf(call, axes);
  const filters = config.integer('filters', { least: 1 });
  const deep = depthwiseValue(call, axes, x, undefined);
  const ones = filled(axes, 1);
  const pointwise = outInFirst(weights.get('pointwise_kernel', [...ones, deep.channels, filters]), axes);
  const value = g.op('Conv', [deep.value, g.constant(pointwise, 'kernel'), biasOf(call, filters)], {}, { dtype });
  return finished(call, value, { ...x, channels: filters, extents: deep.extents });
}

/**
 * The gradient of a convolution. TensorFlow is told how long the output is and pads, or leaves
 * zeros at the end, so that a convolution over it would give the input's length.
 */
function transposed(call: LayerCall, axes: number): KerasTensor {
  const { g, config, weights, dtype } = call;
  const x = spatialOf(call, axes);
  const filters = config.integer('filters', { least: 1 });
  const { kernel, strides, dilations, padding } = windowOf(config, axes);
  if (padding === 'causal') throw config.mistyped('padding', '"valid" or "same"');
  const extra = config.has('output_padding') ? config.integers('output_padding', { count: axes }) : undefined;
  const wide = kernel.map((k, i) => (k - 1) * (dilations[i] as number) + 1);
  // What is missing to, or too much of, `stride * (in - 1) + width`.
  const surplus = wide.map((width, i) => {
    const stride = strides[i] as number;
    if (extra !== undefined) return (padding === 'same' ? 2 * Math.floor(width / 2) : 0) - (extra[i] as number);
    return padding === 'same' ? width - stride : Math.min(width - stride, 0);
  });
  const stored = weights.get('kernel', [...kernel, filters, x.channels]);
  const attributes = {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints(split(surplus.map((n) => Math.max(n, 0)))),
    output_padding: ints(surplus.map((n) => Math.max(-n, 0))),
  };
  const inputs = [x.value, g.constant(outInFirst(stored, axes), 'kernel'), biasOf(call, filters)];
  const value = g.op('ConvTranspose', inputs, attributes, { dtype });
  const extents = x.extents.map((extent, i) =>
    extent === null ? null : (strides[i] as number) * (extent - 1) + (wide[i] as number) - (surplus[i] as number),
  );
  return finished(call, value, { ...x, channels: filters, extents });
}
