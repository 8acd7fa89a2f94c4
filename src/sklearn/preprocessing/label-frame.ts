import { Frame } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';

/** Columns of labels in their own types; columns of numbers stay numeric. */
export function labelFrame(
  columns: readonly (readonly Label[])[],
  rows: number,
  names: readonly string[] | undefined,
): Frame {
  const numbers = new Float64Array(columns.length * rows);
  const objects = columns.map((values, j) => {
    if (!values.every((value) => typeof value === 'number')) return values;
    numbers.set(values, j * rows);
    return undefined;
  });
  return new Frame({ rows, cols: columns.length, numbers, objects, names });
}
