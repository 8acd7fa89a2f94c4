import { filled } from '../graph/filled.ts';
import { ints, text } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { elementsOf, reshapeTo } from '../graph/reshape.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { LayerConfig } from '../model/layer-config.ts';
import { resize } from './resize.ts';
import { dataFormat, type SpatialTensor, spatialInput, spatialOutput } from './spatial.ts';

/** Layers that move values without changing them. */
export const RESHAPING_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['Flatten', { keepsTypes: true, translate: flatten }],
  ['Reshape', { keepsTypes: true, translate: reshape, check: ({ config }) => void config.integers('target_shape') }],
  ['Permute', { keepsTypes: true, translate: permute, check: ({ config }) => void config.integers('dims') }],
  ['RepeatVector', { keepsTypes: true, translate: repeatVector }],
  ...[1, 2, 3].flatMap((axes) => [
    [
      `ZeroPadding${axes}D`,
      { check: checkPairs('padding', axes), translate: (call: LayerCall) => zeroPadding(call, axes) },
    ] as const,
    [
      `Cropping${axes}D`,
      { check: checkPairs('cropping', axes), translate: (call: LayerCall) => cropping(call, axes) },
    ] as const,
    [`UpSampling${axes}D`, { check: checkUpSampling, translate: (call: LayerCall) => upSampling(call, axes) }] as const,
  ]),
]);

/** Keras flattens channels last whatever the layer's format. */
function flatten({ g, config, input }: LayerCall): KerasTensor {
  const x = input();
  const { rank, dtype } = x;
  const width = elementsOf(x.shape.slice(1));
  const facts = { shape: [x.shape[0] ?? null, rank === 1 ? 1 : width], dtype };
  const target = g.ints(rank === 1 ? [-1, 1] : [0, -1]);
  if (dataFormat(config) === 'channels_first' && rank > 2) {
    const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
    return KerasTensor.of(g, g.op('Reshape', [g.op('Transpose', [x.plain()], { perm: ints(perm) }), target]), facts);
  }
  // Where only channels are left, both forms hold the values in the same order.
  const single = x.shape.slice(1, -1).every((extent) => extent === 1);
  const value = single && x.prefersChannelsFirst ? x.channelsFirst() : x.plain();
  return KerasTensor.of(g, g.op('Reshape', [value, target]), facts);
}

function reshape({ g, config, input }: LayerCall): KerasTensor {
  const x = input();
  const target = config.integers('target_shape');
  const open = target.indexOf(-1);
  if (target.some((n) => n < -1) || open !== target.lastIndexOf(-1))
    throw config.mistyped('target_shape', 'extents with at most one -1');
  const known = target.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
  const total = elementsOf(x.shape.slice(1));
  if (total !== null && (open < 0 ? total !== known : known === 0 || total % known !== 0)) {
    throw config.malformed(`has target_shape ${JSON.stringify(target)} for ${total} values`);
  }
  const shape = target.map((n) => (n === -1 ? (total === null ? null : total / known) : n));
  return reshapeTo(g, x, [0, ...target], [x.shape[0] ?? null, ...shape]);
}

function permute({ g, config, input }: LayerCall): KerasTensor {
  const x = input();
  const dims = config.integers('dims');
  const expected = Array.from({ length: x.rank - 1 }, (_, i) => i + 1);
  if ([...dims].sort((a, b) => a - b).join() !== expected.join())
    throw config.mistyped('dims', `an order of ${expected.join(', ')}`);
  const perm = [0, ...dims];
  const facts = { shape: perm.map((axis) => x.shape[axis] ?? null), dtype: x.dtype };
  return KerasTensor.of(g, g.op('Transpose', [x.plain()], { perm: ints(perm) }), facts);
}

function repeatVector({ g, config, input }: LayerCall): KerasTensor {
  const x = input();
  const n = config.integer('n', { least: 1 });
  if (x.rank !== 2) throw config.malformed(`is called on a tensor of rank ${x.rank}, it takes one of rank 2`);
  const value = g.op('Tile', [g.op('Unsqueeze', [x.plain(), g.ints([1])]), g.ints([1, n, 1])]);
  return KerasTensor.of(g, value, { shape: [x.shape[0] ?? null, n, x.shape[1] ?? null], dtype: x.dtype });
}

/** `[before, after]` for every axis, from a number, a number per axis, or pairs. */
function pairs(config: LayerConfig, key: string, axes: number): readonly (readonly [number, number])[] {
  const raw = config.raw(key) ?? 1;
  const list =
    typeof raw === 'number' ? filled(axes, raw) : axes === 1 && Array.isArray(raw) && raw.length === 2 ? [raw] : raw;
  const valid = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const found = Array.isArray(list)
    ? list.map((item: unknown) => (Array.isArray(item) ? item : [item, item]) as readonly unknown[])
    : [];
  if (found.length !== axes || !found.every((pair) => pair.length === 2 && pair.every(valid))) {
    throw config.mistyped(key, `${axes} pairs of whole numbers`);
  }
  return found as unknown as readonly (readonly [number, number])[];
}

function checkPairs(key: string, axes: number): (layer: KerasLayer) => void {
  return ({ config }) => {
    pairs(config, key, axes);
    dataFormat(config);
  };
}

function zeroPadding(call: LayerCall, axes: number): KerasTensor {
  const { g, config } = call;
  const x = spatialInput(call.input(), axes, config);
  const by = pairs(config, 'padding', axes);
  const pads = g.ints([0, 0, ...by.map(([before]) => before), 0, 0, ...by.map(([, after]) => after)]);
  const value = g.op('Pad', [x.value, pads, g.scalar(0, x.value.dtype)]);
  return spatialOutput(g, value, { ...x, extents: resized(x, (n, i) => n + (by[i]?.[0] ?? 0) + (by[i]?.[1] ?? 0)) });
}

function cropping(call: LayerCall, axes: number): KerasTensor {
  const { g, config } = call;
  const x = spatialInput(call.input(), axes, config);
  const by = pairs(config, 'cropping', axes);
  const extents = resized(x, (n, i) => n - (by[i]?.[0] ?? 0) - (by[i]?.[1] ?? 0));
  if (extents.some((n) => n !== null && n < 1)) throw config.malformed('crops everything away');
  const ends = by.map(([, after]) => (after === 0 ? 2 ** 31 - 1 : -after));
  const at = Array.from({ length: axes }, (_, i) => i + 2);
  const value = g.op('Slice', [x.value, g.ints(by.map(([before]) => before)), g.ints(ends), g.ints(at)]);
  return spatialOutput(g, value, { ...x, extents });
}

function resized(
  { extents }: SpatialTensor,
  change: (extent: number, axis: number) => number,
): readonly (number | null)[] {
  return extents.map((extent, i) => (extent === null ? null : change(extent, i)));
}

function checkUpSampling({ config }: KerasLayer): void {
  dataFormat(config);
  config.refuseUnless('interpolation', ['nearest', 'bilinear'], 'only nearest and bilinear are computed as Keras does');
}

function upSampling(call: LayerCall, axes: number): KerasTensor {
  const { g, config } = call;
  const x = spatialInput(call.input(), axes, config);
  const size = config.integers('size', { count: axes, fallback: filled(axes, 2) });
  if (size.some((n) => n < 1)) throw config.mistyped('size', 'whole numbers of at least 1');
  const extents = resized(x, (n, i) => n * (size[i] as number));
  if (config.string('interpolation', 'nearest') === 'bilinear') {
    return spatialOutput(g, resize(g, x.value, { method: 'bilinear', factors: size }), { ...x, extents });
  }
  return spatialOutput(g, repeated(call, x.value, size), { ...x, extents });
}

/** Every value repeated along the spatial axes. */
function repeated({ g }: LayerCall, value: Value, size: readonly number[]): Value {
  const scales = g.constant({ data: Float32Array.of(1, 1, ...size), shape: [size.length + 2], dtype: 'float32' });
  const attributes = {
    mode: text('nearest'),
    nearest_mode: text('floor'),
    coordinate_transformation_mode: text('asymmetric'),
  };
  return g.op('Resize', [value, undefined, scales], attributes);
}
