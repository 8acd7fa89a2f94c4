import { int, text, texts } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { binary, unary } from './emit/arithmetic.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';

/** A recurrent layer of ONNX: how PyTorch's gates are ordered for it, and its attributes. */
interface Kind {
  readonly opType: 'LSTM' | 'GRU' | 'RNN';
  /** Position in PyTorch's weights of each of ONNX's gates. */
  readonly gates: readonly number[];
  readonly activation?: string;
}

const LSTM: Kind = { opType: 'LSTM', gates: [0, 3, 1, 2] };
const GRU: Kind = { opType: 'GRU', gates: [1, 0, 2] };
const RNN_TANH: Kind = { opType: 'RNN', gates: [0], activation: 'Tanh' };
const RNN_RELU: Kind = { opType: 'RNN', gates: [0], activation: 'Relu' };

/** Rows of a weight in ONNX's order of the gates. */
function reorder(g: GraphBuilder, weight: Value, gates: readonly number[]): Value {
  if (gates.length === 1) return weight;
  const size = (weight.shape?.[0] as number) / gates.length;
  const parts = gates.map((gate) => shapes.slice(g, weight, 0, { start: gate * size, end: (gate + 1) * size }));
  return { ...shapes.concat(g, parts, 0), shape: weight.shape };
}

/** The weights of one direction of one layer. */
interface Weights {
  readonly input: Value;
  readonly hidden: Value;
  readonly biases: readonly Value[];
}

interface Layer {
  readonly kind: Kind;
  readonly directions: readonly Weights[];
  readonly x: Value;
  /** `[directions, batch, hidden]` each: hidden state, and the cell of an LSTM. */
  readonly initial: readonly Value[];
}

interface LayerResult {
  /** `[time, batch, directions * hidden]`. */
  readonly y: Value;
  /** `[directions, batch, hidden]` each. */
  readonly last: readonly Value[];
}

function stacked(g: GraphBuilder, values: readonly Value[]): Value {
  return shapes.concat(
    g,
    values.map((value) => shapes.unsqueeze(g, value, [0])),
    0,
  );
}

function runLayer(g: GraphBuilder, { kind, directions, x, initial }: Layer): LayerResult {
  const { opType, gates, activation } = kind;
  const hidden = (directions[0] as Weights).hidden.shape?.[1] as number;
  const w = stacked(
    g,
    directions.map(({ input }) => reorder(g, input, gates)),
  );
  const r = stacked(
    g,
    directions.map((one) => reorder(g, one.hidden, gates)),
  );
  const biased = directions.every(({ biases }) => biases.length > 0);
  const b = biased
    ? stacked(
        g,
        directions.map(({ biases }) =>
          shapes.concat(
            g,
            biases.map((bias) => reorder(g, bias, gates)),
            0,
          ),
        ),
      )
    : undefined;
  const count = directions.length;
  const [time = null, batch = null] = x.shape ?? [];
  const state = { dtype: x.dtype, shape: [count, batch, hidden] };
  const [y, ...last] = g.node(opType, {
    inputs: [x, w, r, b, undefined, ...initial],
    attributes: {
      hidden_size: int(hidden),
      direction: text(count === 2 ? 'bidirectional' : 'forward'),
      ...(activation === undefined ? {} : { activations: texts(directions.map(() => activation)) }),
      ...(opType === 'GRU' ? { linear_before_reset: int(1) } : {}),
    },
    outputs: [{ dtype: x.dtype, shape: [time, count, batch, hidden] }, ...initial.map(() => state)],
  }) as [Value, ...Value[]];
  if (count === 1) return { y: shapes.squeeze(g, y, [1]), last };
  const side = shapes.transpose(g, y, [0, 2, 1, 3]);
  const dims = shapes.dimsOf(g, side);
  return { y: shapes.reshape(g, side, [...dims.slice(0, 2), count * hidden]), last };
}

/** `torch.lstm` and its relatives: layers upon each other, in one or both directions. */
function recurrentLayers(kind: Kind): Translate {
  return (call) => {
    const { g } = call;
    if (call.overload === 'data') return call.fail('packed sequences');
    const input = call.tensor('input');
    if (input.dtype !== 'float32') return call.fail(`${input.dtype}: the engine runs recurrent layers in float32 only`);
    if (call.bool('train') && call.float('dropout') !== 0) {
      return call.fail('dropout of a model that is training; export it in eval mode');
    }
    const states = kind.opType === 'LSTM' ? call.tensors('hx') : [call.tensor('hx')];
    const flat = shapes.rankOf(input) === 2;
    const batchFirst = call.bool('batch_first') && !flat;
    const wide = (value: Value): Value => (flat ? shapes.unsqueeze(g, value, [1]) : value);
    let x = batchFirst ? shapes.transpose(g, input, [1, 0, 2]) : wide(input);
    const layers = weightsOf(call);
    const directions = layers[0]?.length ?? 1;
    const finals: Value[][] = [];
    for (const [i, weights] of layers.entries()) {
      const part = { start: i * directions, end: (i + 1) * directions };
      const initial = states.map((state) => {
        const piece = shapes.slice(g, wide(state), 0, part);
        return { ...piece, shape: piece.shape && [directions, ...piece.shape.slice(1)] };
      });
      const result = runLayer(g, { kind, directions: weights, x, initial });
      x = result.y;
      finals.push([...result.last]);
    }
    const narrow = (value: Value): Value => (flat ? shapes.squeeze(g, value, [1]) : value);
    const last = states.map((_, state) =>
      narrow(
        shapes.concat(
          g,
          finals.map((layer) => layer[state] as Value),
          0,
        ),
      ),
    );
    return [batchFirst ? shapes.transpose(g, x, [1, 0, 2]) : narrow(x), ...last];
  };
}

/** The flat list of weights, by layer and direction. */
function weightsOf(call: Call): readonly (readonly Weights[])[] {
  const params = call.tensors('params');
  const biased = call.bool('has_biases');
  const directions = call.bool('bidirectional') ? 2 : 1;
  const layers = call.int('num_layers');
  const each = biased ? 4 : 2;
  if (params.length === layers * directions * (each + 1)) return call.fail('a recurrent layer with projections');
  if (params.length !== layers * directions * each) return call.fail(`${params.length} weights of recurrent layers`);
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: directions }, (__, direction) => {
      const [input, hidden, ...biases] = params.slice((layer * directions + direction) * each) as [
        Value,
        Value,
        ...Value[],
      ];
      return { input, hidden, biases: biased ? biases.slice(0, 2) : [] };
    }),
  );
}

function gate(g: GraphBuilder, value: Value, index: number, count: number): Value {
  const axis = shapes.rankOf(value) - 1;
  const size = (value.shape?.[axis] as number) / count;
  return shapes.slice(g, value, axis, { start: index * size, end: (index + 1) * size });
}

function affine(call: Call, x: Value, weight: string, bias: string): Value {
  const { g } = call;
  const product = g.op(
    'MatMul',
    [x, shapes.transpose(g, call.tensor(weight), [1, 0])],
    {},
    {
      shape: [...(x.shape ?? []).slice(0, -1), call.tensor(weight).shape?.[0] ?? null],
    },
  );
  const term = call.tensorOr(bias);
  return term === undefined ? product : { ...binary(g, 'Add', product, term), shape: product.shape };
}

function lstmCell(call: Call): Outcome {
  const { g } = call;
  const [h, cell] = call.tensors('hx') as [Value, Value];
  const sum = binary(g, 'Add', affine(call, call.tensor('input'), 'w_ih', 'b_ih'), affine(call, h, 'w_hh', 'b_hh'));
  const [i, f, candidate, o] = [0, 1, 2, 3].map((index) => {
    const part = gate(g, sum, index, 4);
    return unary(g, index === 2 ? 'Tanh' : 'Sigmoid', part);
  }) as [Value, Value, Value, Value];
  const next = binary(g, 'Add', binary(g, 'Mul', f, cell), binary(g, 'Mul', i, candidate));
  return [binary(g, 'Mul', o, unary(g, 'Tanh', next)), next];
}

function gruCell(call: Call): Value {
  const { g } = call;
  const h = call.tensor('hx');
  const own = affine(call, call.tensor('input'), 'w_ih', 'b_ih');
  const other = affine(call, h, 'w_hh', 'b_hh');
  const part = (index: number): [Value, Value] => [gate(g, own, index, 3), gate(g, other, index, 3)];
  const reset = unary(g, 'Sigmoid', binary(g, 'Add', ...part(0)));
  const update = unary(g, 'Sigmoid', binary(g, 'Add', ...part(1)));
  const [x, y] = part(2);
  const fresh = unary(g, 'Tanh', binary(g, 'Add', x, binary(g, 'Mul', reset, y)));
  return binary(g, 'Add', fresh, binary(g, 'Mul', update, binary(g, 'Sub', h, fresh)));
}

function plainCell(activation: 'Tanh' | 'Relu'): Translate {
  return (call) => {
    const { g } = call;
    const own = affine(call, call.tensor('input'), 'w_ih', 'b_ih');
    return unary(g, activation, binary(g, 'Add', own, affine(call, call.tensor('hx'), 'w_hh', 'b_hh')));
  };
}

/** Recurrent layers and cells. */
export const recurrent: OperatorFamily = {
  lstm: recurrentLayers(LSTM),
  gru: recurrentLayers(GRU),
  rnn_tanh: recurrentLayers(RNN_TANH),
  rnn_relu: recurrentLayers(RNN_RELU),
  lstm_cell: lstmCell,
  gru_cell: gruCell,
  rnn_tanh_cell: plainCell('Tanh'),
  rnn_relu_cell: plainCell('Relu'),
};
