import type { Value } from '../../../onnx/builder/graph-builder.ts';
import type { KerasLayer } from '../../model/keras-layer.ts';
import { nestedSpecs, type WeightSpec } from '../../model/weight-spec.ts';
import { groupNames } from '../../weights/flat-specs.ts';
import type { CellSource } from './cell-source.ts';
import type { RecurrentCell } from './recurrent-cell.ts';

/** `StackedRNNCells`: each cell works on what the one before gave. The states follow each other in that order. */
export function stackedCells(source: CellSource, read: (source: CellSource) => RecurrentCell): RecurrentCell {
  const { layer, weights, dtype } = source;
  const cells: RecurrentCell[] = [];
  let { width } = source;
  for (const [i, inner] of innerCells(layer).entries()) {
    const scoped = weights.scope(`cells/${i}`, inner.config.subject).in(dtype);
    const cell = read({ layer: inner, weights: scoped, width, dtype });
    cells.push(cell);
    width = cell.output.at(-1) ?? null;
  }
  return {
    states: cells.flatMap(({ states }) => states),
    output: (cells.at(-1) as RecurrentCell).output,
    native: undefined,
    step(g, input, states) {
      const next: Value[] = [];
      let value = input;
      for (const cell of cells) {
        const own = states.slice(next.length, next.length + cell.states.length);
        const step = cell.step(g, value, own);
        next.push(...step.states);
        value = step.output;
      }
      return { output: value, states: next };
    },
  };
}

/** The variables of all cells. */
export function stackedSpecs(
  layer: KerasLayer,
  specsOf: (cell: KerasLayer) => readonly WeightSpec[],
): readonly WeightSpec[] {
  const cells = innerCells(layer);
  const names = groupNames(cells);
  return cells.flatMap((cell, i) =>
    nestedSpecs(specsOf(cell), { name: `cells/${i}`, owner: ['cells', names[i] as string] }),
  );
}

function innerCells(layer: KerasLayer): readonly KerasLayer[] {
  const cells = [...layer.inner].filter(([key]) => key.startsWith('cells/')).map(([, cell]) => cell);
  if (cells.length === 0) throw layer.config.malformed('has no cells');
  return cells;
}
