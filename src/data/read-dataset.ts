import { InputError } from '../errors/input-error.ts';
import type { Rows } from '../spec/rows.ts';
import { DenseMatrix, type Dataset, Frame } from './dataset.ts';
import { rowOfNumbers } from './row-of-numbers.ts';
import { isTensor, type RowReader, type RowSchema, readRows } from './rows.ts';

/**
 * Rows of any accepted kind as a dataset: a dense matrix where every value is a number, a boolean
 * or missing (NaN), else a frame whose columns are each numeric or mixed.
 *
 * @throws the `ML_INPUT_*` errors of `readRows`
 */
export function readDataset(rows: Rows, schema: RowSchema): Dataset {
  const reader = readRows(rows, schema);
  if (isTensor(rows) && rows.data instanceof Float64Array)
    return new DenseMatrix(reader.count, reader.width, rows.data);
  if (reader.count === 1) return readOneRow(reader, schema.names);
  const dense = new DenseMatrix(reader.count, reader.width);
  return fillDense(reader, dense.data) ? dense : readFrame(reader, schema.names);
}

/**
 * Rows as one column of whatever each row is: sets of labels, documents.
 *
 * @throws `ML_INPUT_INVALID` where rows are no array
 */
export function readWholeRows(rows: Rows): Frame {
  if (!Array.isArray(rows)) throw new InputError('ML_INPUT_INVALID', 'rows must be an array with one item per row');
  return new Frame({
    rows: rows.length,
    cols: 1,
    numbers: new Float64Array(rows.length),
    objects: [rows],
    names: undefined,
  });
}

/** The commonest call: a single row lies in memory the same way in a matrix and in a frame. */
function readOneRow(reader: RowReader, names: readonly string[] | undefined): Dataset {
  const { width } = reader;
  const values = reader.list?.(0);
  const numbers = rowOfNumbers(width);
  let objects: (unknown[] | undefined)[] | undefined;
  for (let j = 0; j < width; j++) {
    const value = values === undefined ? reader.cell(0, j) : values[j];
    const number = typeof value === 'number' ? value : numberOf(value);
    if (number !== undefined) {
      numbers[j] = number;
      continue;
    }
    objects ??= Array.from({ length: width });
    objects[j] = [value];
  }
  return objects === undefined
    ? new DenseMatrix(1, width, numbers)
    : new Frame({ rows: 1, cols: width, numbers, objects, names });
}

/** Fills a row-major matrix; `false` as soon as a value is not numeric. */
function fillDense(reader: RowReader, out: Float64Array): boolean {
  const { count, width, list } = reader;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const values = list?.(i);
    for (let j = 0; j < width; j++) {
      const value = values === undefined ? reader.cell(i, j) : values[j];
      const number = typeof value === 'number' ? value : numberOf(value);
      if (number === undefined) return false;
      out[at++] = number;
    }
  }
  return true;
}

function readFrame(reader: RowReader, names: readonly string[] | undefined): Frame {
  const { count, width } = reader;
  const numbers = new Float64Array(count * width);
  const objects: (unknown[] | undefined)[] = Array.from({ length: width });
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < count; i++) {
      const number = numberOf(reader.cell(i, j));
      if (number === undefined) {
        objects[j] = Array.from({ length: count }, (_, row) => reader.cell(row, j) ?? null);
        break;
      }
      numbers[j * count + i] = number;
    }
  }
  return new Frame({ rows: count, cols: width, numbers, objects, names });
}

/** The number that a value stands for; missing is NaN; `undefined` for what is no number. */
function numberOf(value: unknown): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      // A label beyond 2^53 must stay what it is; as a feature it is refused rather than rounded.
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
    case 'undefined':
      return Number.NaN;
    default:
      return value === null ? Number.NaN : undefined;
  }
}
