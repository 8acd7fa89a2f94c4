import { int, ints, text, texts } from '../../../onnx/builder/attributes.ts';
import type { Value } from '../../../onnx/builder/graph-builder.ts';
import type { TensorLike } from '../../../spec/tensor.ts';
import { type Layer, type LayerContext, type LayerSpec, type LayerTable, rankOf } from '../layer-context.ts';

/** Gates in ONNX's order, as positions in PyTorch's. */
const GATES = { LSTM: [0, 3, 1, 2], GRU: [1, 0, 2], RNN: [0] } as const;
type Kind = keyof typeof GATES;

interface Stack {
  readonly kind: Kind;
  readonly spec: LayerSpec;
  readonly context: LayerContext;
  readonly directions: readonly string[];
}

/**
 * Layers of LSTM, GRU or RNN, each of one or two directions. `output`: the `sequence` of all steps (the default), its
 * `last` step (`y[:, -1]`), or the final `hidden` state of the last layer, directions side by side.
 */
const recurrent =
  (kind: Kind): Layer =>
  (input, spec, context) => {
    const { graph } = context;
    if (rankOf(input, spec) !== 3) throw spec.bad('takes inputs of 3 dimensions');
    const isBatchFirst = spec.boolean('batch_first', false);
    const layers = spec.integer('num_layers', 1);
    const directions = spec.boolean('bidirectional', false) ? ['', '_reverse'] : [''];
    const output = spec.choice('output', ['sequence', 'last', 'hidden']);
    spec.number('dropout', 0);
    if (spec.integer('proj_size', 0) !== 0) throw spec.bad('with proj_size is not known');
    const [rows = 0, width0 = 0] = context.tensor(spec, 'weight_ih_l0').shape;
    spec.expect('input_size', width0);
    spec.expect('hidden_size', rows / GATES[kind].length);
    spec.expect('bias', context.optional(spec, 'bias_ih_l0') !== undefined);
    const stack: Stack = { kind, spec, context, directions };
    const activation = kind === 'RNN' ? spec.choice('nonlinearity', ['tanh', 'relu']) : undefined;
    let value = isBatchFirst
      ? graph.op('Transpose', [input], { perm: ints([1, 0, 2]) }, { shape: [null, null, null] })
      : input;
    let hidden = value;
    for (let layer = 0; layer < layers; layer++) [value, hidden] = oneLayer(value, layer, stack, activation);
    if (output === 'hidden') return hidden;
    const [steps, width] = [0, value.shape?.[2] ?? null];
    if (output === 'last') {
      return graph.op('Gather', [value, graph.scalar(-1, 'int64')], { axis: int(steps) }, { shape: [null, width] });
    }
    return isBatchFirst
      ? graph.op('Transpose', [value], { perm: ints([1, 0, 2]) }, { shape: [input.shape?.[0] ?? null, null, width] })
      : value;
  };

/** The sequence of a layer, `[steps, batch, directions * size]`, and its final state, `[batch, directions * size]`. */
function oneLayer(input: Value, layer: number, stack: Stack, activation: string | undefined): [Value, Value] {
  const { kind, spec, context, directions } = stack;
  const { graph } = context;
  const weights = directions.map((end) => context.tensor(spec, `weight_ih_l${layer}${end}`));
  const states = directions.map((end) => context.tensor(spec, `weight_hh_l${layer}${end}`));
  const size = states[0]?.shape[1] ?? 0;
  const biases = directions.flatMap((end) => {
    const pair = [`bias_ih_l${layer}${end}`, `bias_hh_l${layer}${end}`].map((name) => context.optional(spec, name));
    return pair.every((bias): bias is TensorLike => bias !== undefined)
      ? pair.map((bias) => reordered(bias, kind, size))
      : [];
  });
  const attributes = {
    hidden_size: int(size),
    direction: text(directions.length === 2 ? 'bidirectional' : 'forward'),
    ...(kind === 'GRU' && { linear_before_reset: int(1) }),
    ...(activation !== undefined && {
      activations: texts(directions.map(() => (activation === 'relu' ? 'Relu' : 'Tanh'))),
    }),
  };
  const gates = GATES[kind].length;
  const wide = (tensors: readonly TensorLike[]): Value =>
    joined(
      context,
      tensors.map((tensor) => reordered(tensor, kind, size)),
      [directions.length, gates * size, tensors[0]?.shape[1] ?? 0],
    );
  const bias = biases.length === 0 ? undefined : joined(context, biases, [directions.length, 2 * gates * size]);
  const [sequence, final] = graph.node(kind, {
    inputs: [input, wide(weights), wide(states), bias],
    attributes,
    outputs: [
      { dtype: 'float32', shape: [null, directions.length, null, size] },
      { dtype: 'float32', shape: [directions.length, null, size] },
    ],
  }) as readonly [Value, Value];
  const width = directions.length * size;
  const sideBySide = graph.op(
    'Transpose',
    [sequence],
    { perm: ints([0, 2, 1, 3]) },
    { shape: [null, null, null, size] },
  );
  const states3 = graph.op('Transpose', [final], { perm: ints([1, 0, 2]) }, { shape: [null, null, size] });
  return [
    graph.op('Reshape', [sideBySide, graph.ints([0, 0, width])], {}, { shape: [null, null, width] }),
    graph.op('Reshape', [states3, graph.ints([-1, width])], {}, { shape: [null, width] }),
  ];
}

/** Blocks of `size` rows, in ONNX's order of gates. */
function reordered({ data, shape }: TensorLike, kind: Kind, size: number): Float32Array {
  const given = data as Float32Array;
  const block = size * (shape[1] ?? 1);
  const result = new Float32Array(given.length);
  for (const [to, from] of GATES[kind].entries())
    result.set(given.subarray(from * block, (from + 1) * block), to * block);
  return result;
}

function joined({ graph }: LayerContext, parts: readonly Float32Array[], shape: readonly number[]): Value {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return graph.constant({ data, shape, dtype: 'float32' });
}

/** Recurrent layers. */
export const RECURRENT_LAYERS: LayerTable = new Map([
  ['LSTM', recurrent('LSTM')],
  ['GRU', recurrent('GRU')],
  ['RNN', recurrent('RNN')],
]);
