import type { Value } from '../../../onnx/builder/graph-builder.ts';
import { cast } from '../../graph/cast.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { nestedSpecs } from '../../model/weight-spec.ts';
import { CELLS, type CellKind, kindOf } from './cell-table.ts';
import type { RecurrentCell } from './recurrent-cell.ts';
import { runGuarded } from './guarded-steps.ts';
import { callArguments } from './recurrent-arguments.ts';
import { runScan } from './scan-steps.ts';

const LIMITS = 'stateful layers, time_major inputs and constants are refused';

/** `SimpleRNN`, `LSTM`, `GRU`, `RNN` and the cells that `RNN` wraps. */
export const RECURRENT_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ...['SimpleRNN', 'LSTM', 'GRU'].map((name) => [name, ofCell(CELLS.get(`${name}Cell`) as CellKind)] as const),
  ['RNN', ofInner()],
  ...[...CELLS].map(([name, kind]) => [name, cellAlone(kind)] as const),
]);

/** A layer that has the parameters of its cell itself. */
function ofCell(kind: CellKind): LayerType {
  return {
    masking: 'own',
    limits: LIMITS,
    weights: (layer) => kind.weights(layer).map((spec) => ({ ...spec, owner: ['cell'] })),
    check: (layer) => {
      kind.check(layer);
      checkRun(layer);
    },
    translate: (call) => {
      const { layer, weights, dtype } = call;
      return recurrent(call, kind.read({ layer, weights, dtype, width: call.input().shape.at(-1) ?? null }));
    },
  };
}

/** A layer around a cell. */
function ofInner(): LayerType {
  return {
    masking: 'own',
    limits: LIMITS,
    wraps: ['cell'],
    weights: (layer) => nestedSpecs(kindOf(cellOf(layer)).weights(cellOf(layer)), { name: 'cell', owner: ['cell'] }),
    check: checkRun,
    translate: (call) => {
      const { layer, dtype } = call;
      const cell = cellOf(layer);
      const weights = call.weights.scope('cell', cell.config.subject).in(dtype);
      const width = call.input().shape.at(-1) ?? null;
      return recurrent(call, kindOf(cell).read({ layer: cell, weights, dtype, width }));
    },
  };
}

function cellAlone(kind: CellKind): LayerType {
  return {
    wraps: ['cells'],
    weights: kind.weights,
    check: kind.check,
    limits: 'as the cell of an RNN layer',
    translate: ({ unsupported }) => {
      throw unsupported('is called like a layer; wrap it in an RNN layer');
    },
  };
}

function cellOf({ inner, config }: KerasLayer): KerasLayer {
  const cell = inner.get('cell');
  if (cell === undefined) throw config.malformed('has no cell, or a list of them; use StackedRNNCells');
  return cell;
}

/** Refuses what the recurrent layers have in common. */
export function checkRun({ config }: KerasLayer): void {
  config.refuseUnless(
    'stateful',
    [false],
    'so that its answer depends on the calls before; build it with stateful=False',
  );
  config.refuseUnless('time_major', [false], 'only inputs with the batch first are computed');
  config.refuseUnless('num_constants', [0], 'constants of a recurrence are not passed on');
}

/** One call of a recurrent layer with the cell read. */
export function recurrent(call: LayerCall, cell: RecurrentCell): readonly KerasTensor[] {
  const { g, config, dtype } = call;
  const x = cast(g, call.input(), dtype);
  if (x.rank < 3) throw config.malformed(`is called on a tensor of rank ${x.rank}, which has no time axis`);
  const { mask, outputMask, initial } = callArguments(call, cell.states.length);
  const sequences = config.boolean('return_sequences', false);
  const recurrence = {
    input: x.plain(),
    dtype,
    mask: mask?.plain(),
    initial: initial?.map((state): Value => state.plain()),
    backwards: config.boolean('go_backwards', false),
    sequences,
    zeroOutput: config.boolean('zero_output_for_mask', false),
    unroll: config.boolean('unroll', false),
  };
  const { output, states } =
    dtype === 'float32' && cell.native !== undefined
      ? runGuarded(g, { cell, native: cell.native }, recurrence, x.shape.slice(2))
      : runScan(g, cell, recurrence, x.shape.slice(2));
  const [batch = null, steps = null] = x.shape;
  const shape = sequences ? [batch, steps, ...cell.output] : [batch, ...cell.output];
  const first = KerasTensor.of(g, output, { shape, dtype, mask: sequences ? outputMask : undefined });
  if (!config.boolean('return_state', false)) return [first];
  return [
    first,
    ...states.map((state, i) => KerasTensor.of(g, state, { shape: [batch, ...(cell.states[i] ?? [])], dtype })),
  ];
}
