import type { KerasLayer } from '../../model/keras-layer.ts';
import type { WeightSpec } from '../../model/weight-spec.ts';
import { readActivation } from '../activation.ts';
import type { CellSource } from './cell-source.ts';
import { gruCell } from './gru-cell.ts';
import { lstmCell } from './lstm-cell.ts';
import type { RecurrentCell } from './recurrent-cell.ts';
import { simpleCell } from './simple-cell.ts';
import { stackedCells, stackedSpecs } from './stacked-cells.ts';

/** A kind of cell. */
export interface CellKind {
  readonly read: (source: CellSource) => RecurrentCell;
  readonly weights: (layer: KerasLayer) => readonly WeightSpec[];
  readonly check: (layer: KerasLayer) => void;
}

const simple = (read: CellKind['read'], activations: readonly string[]): CellKind => ({
  read,
  weights: ({ config }) => [
    { name: 'kernel' },
    { name: 'recurrent_kernel' },
    ...(config.boolean('use_bias', true) ? [{ name: 'bias' }] : []),
  ],
  check: ({ config, generation }) => {
    config.integer('units', { least: 1 });
    for (const key of activations) readActivation(config, key, generation);
  },
});

/** The cells of Keras, by class. */
export const CELLS: ReadonlyMap<string, CellKind> = new Map<string, CellKind>([
  ['SimpleRNNCell', simple(simpleCell, ['activation'])],
  ['LSTMCell', simple(lstmCell, ['activation', 'recurrent_activation'])],
  ['GRUCell', simple(gruCell, ['activation', 'recurrent_activation'])],
  [
    'StackedRNNCells',
    {
      read: (source) => stackedCells(source, cellOf),
      weights: (layer) => stackedSpecs(layer, (cell) => kindOf(cell).weights(cell)),
      check: () => {},
    },
  ],
]);

/** The kind of a cell of the file. */
export function kindOf(cell: KerasLayer): CellKind {
  const kind = CELLS.get(cell.className);
  if (kind === undefined) throw cell.config.unsupported('is used as a cell and is none that is known here');
  return kind;
}

function cellOf(source: CellSource): RecurrentCell {
  return kindOf(source.layer).read(source);
}
