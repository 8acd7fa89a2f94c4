import { filled } from '../graph/filled.ts';
import { int } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { LayerConfig } from '../model/layer-config.ts';
import { dataFormat, spatialInput, spatialOutput } from './spatial.ts';
import { placeWindow, type Window } from './window.ts';

type Kind = 'Max' | 'Average';

/** Pooling over windows and over everything; what is padded counts in no average. */
export const POOLING_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>(
  (['Max', 'Average'] as const).flatMap((kind) =>
    [1, 2, 3].flatMap((axes) => [
      [
        `${kind}Pooling${axes}D`,
        {
          check: ({ config }: KerasLayer) => void windowOf(config, axes),
          translate: (call: LayerCall) => pool(call, kind, axes),
        },
      ] as const,
      [
        `Global${kind}Pooling${axes}D`,
        {
          check: ({ config }: KerasLayer) => void dataFormat(config),
          translate: (call: LayerCall) => globalPool(call, kind, axes),
        },
      ] as const,
      [`Adaptive${kind}Pooling${axes}D`, { translate: (call: LayerCall) => adaptivePool(call, kind, axes) }] as const,
    ]),
  ),
);

function windowOf(config: LayerConfig, axes: number): Window {
  const kernel = config.integers('pool_size', { count: axes, fallback: filled(axes, 2) });
  const strides = config.has('strides') ? config.integers('strides', { count: axes }) : kernel;
  if ([...kernel, ...strides].some((n) => n < 1)) throw config.mistyped('pool_size', 'whole numbers of at least 1');
  dataFormat(config);
  return {
    kernel,
    strides,
    dilations: filled(axes, 1),
    padding: config.choice('padding', ['valid', 'same'], 'valid'),
  };
}

function pool(call: LayerCall, kind: Kind, axes: number): KerasTensor {
  const { g, config } = call;
  const x = spatialInput(call.input(), axes, config);
  const window = windowOf(config, axes);
  const { kernel, strides } = window;
  // Padding in the graph would count in averages: the operator pads where the window covers its step.
  if (
    kind === 'Average' &&
    window.padding === 'same' &&
    x.extents.some((n, i) => n === null && (kernel[i] as number) < (strides[i] as number) && kernel[i] !== 1)
  ) {
    throw call.unsupported(
      `has pool_size ${kernel.join('x')} below its strides ${strides.join('x')}, with padding="same" and an input of unknown extent`,
    );
  }
  const placed = placeWindow(g, x, window, -Infinity);
  const value = g.op(`${kind}Pool`, [placed.value], placed.attributes);
  return spatialOutput(g, value, { ...x, extents: placed.extents });
}

function globalPool(call: LayerCall, kind: Kind, axes: number): KerasTensor {
  const { g, config, args } = call;
  const x = call.input();
  if (x.rank !== axes + 2)
    throw config.malformed(`is called on a tensor of rank ${x.rank}, it takes one of rank ${axes + 2}`);
  const keep = config.boolean('keepdims', false);
  const last = dataFormat(config) === 'channels_last';
  const [batch = null, ...rest] = x.shape;
  const channels = (last ? rest.at(-1) : rest[0]) ?? null;
  const ones = filled(axes, 1);
  const shape = keep ? (last ? [batch, ...ones, channels] : [batch, channels, ...ones]) : [batch, channels];
  const facts = { shape, dtype: x.dtype };
  const reduce = `Reduce${kind === 'Max' ? 'Max' : 'Mean'}`;
  const mask = args.tensor('mask', 0) ?? x.mask;
  if (mask !== undefined && kind === 'Average' && axes === 1) return maskedMean(call, x, { mask, keep, last, facts });
  const first = x.prefersChannelsFirst || !last;
  const value = last && x.prefersChannelsFirst ? x.channelsFirst() : x.plain();
  const at = Array.from({ length: axes }, (_, i) => i + (first ? 2 : 1));
  const result = g.op(reduce, [value, g.ints(at)], { keepdims: int(keep ? 1 : 0) });
  return keep && last && x.prefersChannelsFirst
    ? KerasTensor.channelsFirst(g, result, facts)
    : KerasTensor.of(g, result, facts);
}

interface MaskedMean {
  readonly mask: KerasTensor;
  readonly keep: boolean;
  readonly last: boolean;
  readonly facts: Parameters<typeof KerasTensor.of>[2];
}

/** The mean over the steps that count. */
function maskedMean({ g }: LayerCall, x: KerasTensor, { mask, keep, last, facts }: MaskedMean): KerasTensor {
  const m = new Arithmetic(g, x.dtype);
  const counted = g.op('Unsqueeze', [cast(g, mask, x.dtype).plain(), g.ints([last ? 2 : 1])], {}, { dtype: x.dtype });
  const axis = g.ints([last ? 1 : 2]);
  const sum = (value: Value): Value =>
    m.g.op('ReduceSum', [value, axis], { keepdims: int(keep ? 1 : 0) }, { dtype: x.dtype });
  return KerasTensor.of(g, m.div(sum(m.mul(x.plain(), counted)), sum(counted)), facts);
}

/** Windows from `floor(i * in / out)` to `ceil((i + 1) * in / out)`, each reduced by itself. */
function adaptivePool(call: LayerCall, kind: Kind, axes: number): KerasTensor {
  const { g, config } = call;
  const x = spatialInput(call.input(), axes, config);
  const wanted = config.integers('output_size', { count: axes });
  let { value } = x;
  for (const [i, size] of wanted.entries()) {
    const extent = x.extents[i] ?? null;
    if (extent === null)
      throw call.unsupported('pools an input of unknown extent to a fixed one; give the model a fixed input shape');
    const axis = i + 2;
    const parts = Array.from({ length: size }, (_, j): Value => {
      const [start, end] = [Math.floor((j * extent) / size), Math.ceil(((j + 1) * extent) / size)];
      const part = g.op('Slice', [value, g.ints([start]), g.ints([end]), g.ints([axis])]);
      return g.op(`Reduce${kind === 'Max' ? 'Max' : 'Mean'}`, [part, g.ints([axis])], { keepdims: int(1) });
    });
    value = g.op('Concat', parts, { axis: int(axis) });
  }
  return spatialOutput(g, value, { ...x, extents: wanted });
}
