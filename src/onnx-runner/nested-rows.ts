import { describe, isTensor } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import type { TensorLike } from '../spec/tensor.ts';
import type { GraphValue } from './graph-value.ts';

/**
 * One nested array, typed array or tensor per row, as one flat tensor of mixed values.
 *
 * @throws `ML_INPUT_INVALID` for anything else; `ML_INPUT_SHAPE` where rows differ in shape
 */
export function flattenRows(rows: unknown, input: GraphValue): TensorLike {
  if (!isList(rows)) {
    throw new InputError(
      'ML_INPUT_INVALID',
      `input ${JSON.stringify(input.name)} takes a tensor or one nested array per row, got ${describe(rows)}`,
      { details: { input: input.name } },
    );
  }
  const shape = rows.length === 0 ? emptyShape(input) : [rows.length, ...shapeOf(rows[0])];
  const data: unknown[] = [];
  for (let i = 0; i < rows.length; i++) append(rows[i], { shape, depth: 1, row: i, input, data });
  return { data, shape, dtype: 'object' };
}

type List = ArrayLike<unknown>;

function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** No rows: every other extent is whatever the input says, and none where it says nothing. */
function emptyShape({ shape }: GraphValue): readonly number[] {
  return [0, ...(shape ?? []).slice(1).map((extent) => (typeof extent === 'number' ? extent : 0))];
}

export function shapeOf(value: unknown): readonly number[] {
  if (isTensor(value)) return value.shape;
  const shape: number[] = [];
  for (let inner: unknown = value; isList(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (isTensor(inner[0])) return [...shape, ...inner[0].shape];
  }
  return shape;
}

interface Place {
  readonly shape: readonly number[];
  readonly depth: number;
  readonly row: number;
  readonly input: GraphValue;
  readonly data: unknown[];
}

/** The depth of recursion is that of the first row. */
function append(value: unknown, place: Place): void {
  const { shape, depth, data } = place;
  if (isTensor(value)) {
    if (value.shape.join() !== shape.slice(depth).join()) throw uneven(place, `a tensor [${value.shape.join(', ')}]`);
    for (let i = 0; i < value.data.length; i++) data.push(value.data[i]);
    return;
  }
  if (depth === shape.length) {
    if (isList(value)) throw uneven(place, describe(value));
    data.push(value);
    return;
  }
  if (!isList(value) || value.length !== shape[depth]) throw uneven(place, describe(value));
  for (let i = 0; i < value.length; i++) append(value[i], { ...place, depth: depth + 1 });
}

function uneven({ shape, depth, row, input }: Place, got: string): InputError {
  const expected = shape.slice(depth);
  const wanted = expected.length === 0 ? 'a single value' : `an array of shape [${expected.join(', ')}]`;
  return new InputError(
    'ML_INPUT_SHAPE',
    `input ${JSON.stringify(input.name)}, row ${row}: got ${got} where the first row has ${wanted}; rows of one call must agree, pad them or pass them one by one`,
    { details: { input: input.name, row } },
  );
}
