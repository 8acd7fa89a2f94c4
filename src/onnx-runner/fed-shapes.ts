import { InputError } from '../errors/input-error.ts';
import type { Rows } from '../spec/rows.ts';
import { isTensor } from '../data/rows.ts';
import { isNamed, valuesFor } from './tensor-binding.ts';
import { shapeOf } from './nested-rows.ts';

/**
 * The shape that each input would have for these rows, told from the first one: for models whose graph is written
 * once the shapes are known. Whether the other rows agree is seen when they are bound.
 *
 * @throws `ML_INPUT_INVALID`, `ML_INPUT_FEATURE_NAMES`
 */
export function fedShapes(rows: Rows, inputs: readonly { readonly name: string }[]): readonly (readonly number[])[] {
  const values = inputs.map(({ name }) => ({ name, dtype: undefined, shape: undefined }));
  const [only] = values;
  if (only !== undefined && values.length === 1 && !isNamed(rows, only)) return [shapeOfValues(rows)];
  return values.map((input) => shapeOfValues(valuesFor(input, values, rows)));
}

function shapeOfValues(values: unknown): readonly number[] {
  if (isTensor(values)) return values.shape;
  if (Array.isArray(values) && values.length > 0) return [values.length, ...shapeOf(values[0])];
  throw new InputError(
    'ML_INPUT_INVALID',
    'rows must be a tensor or a list of at least one row: the model learns the shape of its input from them',
  );
}
