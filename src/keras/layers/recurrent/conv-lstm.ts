import { ints } from '../../../onnx/builder/attributes.ts';
import type { Value } from '../../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { cast } from '../../graph/cast.ts';
import { filled } from '../../graph/filled.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import { permuted } from '../../graph/permute.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { readActivation } from '../activation.ts';
import { kernelAndBias } from '../dense.ts';
import { dataFormat } from '../spatial.ts';
import { placeWindow, type Window } from '../window.ts';
import { activationOf } from './cell-activation.ts';
import { lstmStep, splitGates } from './lstm-cell.ts';
import { callArguments } from './recurrent-arguments.ts';
import type { RecurrentCell } from './recurrent-cell.ts';
import { checkRun } from './recurrent-layers.ts';
import { runScan } from './scan-steps.ts';

/** `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`. */
export const CONV_LSTM_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>(
  [1, 2, 3].map((axes) => [
    `ConvLSTM${axes}D`,
    {
      masking: 'own',
      limits: 'stateful layers and images of unknown size are refused',
      weights: (layer) => {
        const [kernel, ...bias] = kernelAndBias(layer);
        return [kernel as { name: string }, { name: 'recurrent_kernel' }, ...bias].map((spec) => ({
          ...spec,
          owner: ['cell'],
        }));
      },
      check: (layer) => {
        checkRun(layer);
        windowOf(layer, axes);
        dataFormat(layer.config);
        for (const key of ['activation', 'recurrent_activation']) readActivation(layer.config, key, layer.generation);
      },
      translate: (call: LayerCall) => convLstm(call, axes),
    } satisfies LayerType,
  ]),
);

function windowOf({ config }: KerasLayer, axes: number): Window {
  const one = filled(axes, 1);
  return {
    kernel: config.integers('kernel_size', { count: axes }),
    strides: config.integers('strides', { count: axes, fallback: one }),
    dilations: config.integers('dilation_rate', { count: axes, fallback: one }),
    padding: config.choice('padding', ['valid', 'same'], 'valid'),
  };
}

function convLstm(call: LayerCall, axes: number): readonly KerasTensor[] {
  const { g, config, layer, dtype } = call;
  const x = cast(g, call.input(), dtype);
  if (x.rank !== axes + 3)
    throw config.malformed(`is called on a tensor of rank ${x.rank}, it takes one of rank ${axes + 3}`);
  const last = dataFormat(config) === 'channels_last';
  const [batch = null, steps = null, ...features] = x.shape;
  const ordered = last ? [features.at(-1) ?? null, ...features.slice(0, -1)] : features;
  const cell = convCell(call, axes, ordered);
  const { mask, outputMask, initial } = callArguments(call, 2);
  const sequences = config.boolean('return_sequences', false);
  // Inside, channels come before the image, as ONNX convolves.
  const inward = (value: Value, lead: number): Value =>
    last ? g.op('Transpose', [value], { perm: ints(channelsForward(lead, axes)) }) : value;
  const outward = (value: Value, lead: number): Value =>
    last ? g.op('Transpose', [value], { perm: ints(channelsBack(lead, axes)) }) : value;
  const { output, states } = runScan(
    g,
    cell,
    {
      input: inward(x.plain(), 2),
      dtype,
      mask: mask?.plain(),
      initial: initial?.map((state) => inward(state.plain(), 1)),
      backwards: config.boolean('go_backwards', false),
      sequences,
      // Keras 2 does not pass it on.
      zeroOutput: layer.generation === 3 && config.boolean('zero_output_for_mask', false),
      unroll: layer.generation === 3 && config.boolean('unroll', false),
    },
    ordered,
  );
  const inner = cell.output;
  const extents = last ? [...inner.slice(1), inner[0] ?? null] : inner;
  const state = [batch, ...extents];
  const first = KerasTensor.of(g, outward(output, sequences ? 2 : 1), {
    shape: sequences ? [batch, steps, ...extents] : state,
    dtype,
    mask: sequences ? outputMask : undefined,
  });
  if (!config.boolean('return_state', false)) return [first];
  return [first, ...states.map((value) => KerasTensor.of(g, outward(value, 1), { shape: state, dtype }))];
}

function convCell(call: LayerCall, axes: number, features: readonly (number | null)[]): RecurrentCell {
  const { g: outer, config, layer, weights, dtype } = call;
  const filters = config.integer('filters', { least: 1 });
  const window = windowOf(layer, axes);
  const [channels = null, ...image] = features;
  if (features.includes(null))
    throw call.unsupported('works on images of unknown size; build the model with a fixed one');
  const kernel = gatesFirst(weights.get('kernel', [...window.kernel, channels, 4 * filters]), axes);
  const recurrent = gatesFirst(weights.get('recurrent_kernel', [...window.kernel, filters, 4 * filters]), axes);
  const bias = config.boolean('use_bias', true) ? weights.get('bias', [4 * filters]) : undefined;
  const { generation } = layer;
  const activation = activationOf(config, { key: 'activation', fallback: 'tanh', generation });
  const gate = activationOf(config, { key: 'recurrent_activation', fallback: 'sigmoid', generation });
  const one = filled(axes, 1);
  const again: Window = { kernel: window.kernel, strides: one, dilations: one, padding: 'same' };
  // The extents alone are asked for: a fixed size is padded by attributes, without a node.
  const { extents } = placeWindow(outer, { value: outer.scalar(0, dtype), extents: image }, window);
  const shape = [filters, ...extents];
  return {
    states: [shape, shape],
    output: shape,
    native: undefined,
    step(g, input, [hidden, carry]) {
      const m = new Arithmetic(g, dtype);
      const placed = placeWindow(g, { value: input, extents: image }, window);
      const inputs = [
        placed.value,
        g.constant(kernel, 'kernel'),
        bias === undefined ? undefined : g.constant(bias, 'bias'),
      ];
      const fromInput = g.op('Conv', inputs, placed.attributes, { dtype });
      const before = placeWindow(g, { value: hidden as Value, extents }, again);
      const fromState = g.op('Conv', [before.value, g.constant(recurrent, 'recurrent_kernel')], before.attributes, {
        dtype,
      });
      const sums = splitGates(g, m.add(fromInput, fromState), { count: 4, axis: 1 });
      return lstmStep(g, sums, carry as Value, { gate, activation, shape: [null, ...shape] });
    },
  };
}

/** `[...k, in, out]` as `[out, in, ...k]`. */
function gatesFirst(kernel: Parameters<typeof permuted>[0], axes: number): ReturnType<typeof permuted> {
  return permuted(kernel, [axes + 1, axes, ...Array.from({ length: axes }, (_, i) => i)]);
}

function channelsForward(lead: number, axes: number): readonly number[] {
  const leading = Array.from({ length: lead }, (_, i) => i);
  return [...leading, lead + axes, ...Array.from({ length: axes }, (_, i) => lead + i)];
}

function channelsBack(lead: number, axes: number): readonly number[] {
  const leading = Array.from({ length: lead }, (_, i) => i);
  return [...leading, ...Array.from({ length: axes }, (_, i) => lead + 1 + i), lead];
}
