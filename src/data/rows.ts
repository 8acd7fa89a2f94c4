import { InputError } from '../errors/input-error.ts';
import type { ExtraFeatures } from '../spec/model-loader.ts';
import type { ArrowTableLike, Columns, Rows } from '../spec/rows.ts';
import type { TensorLike } from '../spec/tensor.ts';

/** What a model expects of a row. */
export interface RowSchema {
  /** Values per row; `undefined` where the model does not say. */
  readonly width: number | undefined;
  /** Feature names in order; `undefined` where the model knows none. */
  readonly names: readonly string[] | undefined;
  /** Names that may be absent; they then count as missing values. */
  readonly optional?: ReadonlySet<string>;
  readonly extraFeatures: ExtraFeatures;
  /** Where set, records are matched by the order of their keys if `names` is unknown; called when that was done. */
  readonly onPositional?: (keys: readonly string[]) => void;
  readonly onExtra?: (names: readonly string[]) => void;
}

/** Rows of any accepted kind behind one face: columns by position, values untouched. */
export interface RowReader {
  readonly count: number;
  readonly width: number;
  /** The value as the caller gave it. */
  cell(row: number, column: number): unknown;
  /** All values of a row at once, where they lie side by side already; faster than `cell` for wide rows. */
  readonly list?: (row: number) => ArrayLike<unknown>;
}

/**
 * Matches rows to a schema: records, columns and tables by name; arrays and tensors by position.
 *
 * @throws `ML_INPUT_INVALID`, `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_FEATURE_NAMES`, `ML_INPUT_SHAPE`
 */
export function readRows(rows: Rows, schema: RowSchema): RowReader {
  if (Array.isArray(rows)) return readArray(rows, schema);
  if (isTensor(rows)) return readTensor(rows, schema);
  if (isArrowTable(rows)) return readArrow(rows, schema);
  if (typeof rows === 'object' && rows !== null && !ArrayBuffer.isView(rows))
    return readColumns(rows as Columns, schema);
  throw new InputError(
    'ML_INPUT_INVALID',
    `rows must be an array of rows, columns, a tensor or an Arrow table, got ${describe(rows)}`,
  );
}

/** How many rows a call has, without reading them; `undefined` where that cannot be told. */
export function countRows(rows: unknown): number | undefined {
  if (Array.isArray(rows)) return rows.length;
  if (isTensor(rows)) return rows.shape[0];
  if (isArrowTable(rows)) return rows.numRows;
  return undefined;
}

export function isTensor(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    'shape' in value &&
    'dtype' in value &&
    Array.isArray(value.shape)
  );
}

function isArrowTable(value: unknown): value is ArrowTableLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'getChild' in value &&
    typeof value.getChild === 'function' &&
    'numRows' in value
  );
}

function readArray(rows: readonly unknown[], schema: RowSchema): RowReader {
  const first = rows.find((row) => row !== undefined);
  if (first === undefined) {
    if (rows.length > 0)
      throw new InputError(
        'ML_INPUT_INVALID',
        `row 0 is ${describe(rows[0])}; a row must be a record, an array or a value`,
      );
    return { count: 0, width: schema.width ?? schema.names?.length ?? 0, cell: () => undefined };
  }
  if (isList(first)) return readLists(rows, first.length, schema);
  if (typeof first === 'object' && first !== null) return readRecords(rows, schema);
  return readBareValues(rows, schema);
}

function readLists(rows: readonly unknown[], firstLength: number, schema: RowSchema): RowReader {
  const width = schema.width ?? schema.names?.length ?? firstLength;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isList(row)) throw mixed(i, row, 'arrays');
    if (row.length !== width) {
      throw new InputError(
        'ML_INPUT_FEATURE_COUNT',
        `row ${i} has ${row.length} values; ${expectation(width, schema.names)}`,
        {
          details: { row: i, got: row.length, expected: width },
        },
      );
    }
  }
  return {
    count: rows.length,
    width,
    cell: (row, column) => (rows[row] as ArrayLike<unknown>)[column],
    list: (row) => rows[row] as ArrayLike<unknown>,
  };
}

function readRecords(rows: readonly unknown[], given: RowSchema): RowReader {
  const names = given.names ?? keysInOrder(rows, given);
  const schema = given.names === undefined ? { ...given, names } : given;
  const width = names.length;
  // Looking names up costs more than anything else here, so that each is looked up once.
  const all: unknown[][] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== 'object' || row === null || isList(row)) throw mixed(i, row, 'records');
    const record = row as Readonly<Record<string, unknown>>;
    const values: unknown[] = [];
    let complete = true;
    for (let j = 0; j < width; j++) {
      const value = record[names[j] as string];
      complete &&= value !== undefined;
      values.push(value);
    }
    all.push(values);
    // A record with every feature and nothing else needs no closer look.
    if (complete && (schema.extraFeatures === 'ignore' || Object.keys(record).length === width)) continue;
    checkNames(`row ${i}`, Object.keys(record), (name) => name in record, schema);
  }
  return {
    count: rows.length,
    width,
    cell: (row, column) => (all[row] as unknown[])[column],
    list: (row) => all[row] as unknown[],
  };
}

function readBareValues(rows: readonly unknown[], schema: RowSchema): RowReader {
  const width = schema.width ?? schema.names?.length ?? 1;
  if (width !== 1) {
    throw new InputError(
      'ML_INPUT_FEATURE_COUNT',
      `row 0 is a single value (${describe(rows[0])}); ${expectation(width, schema.names)}`,
      {
        details: { row: 0, got: 1, expected: width },
      },
    );
  }
  const wrong = rows.findIndex((row) => typeof row === 'object' && row !== null);
  if (wrong >= 0) throw mixed(wrong, rows[wrong], 'single values');
  return { count: rows.length, width: 1, cell: (row) => rows[row] };
}

function readTensor(tensor: TensorLike, schema: RowSchema): RowReader {
  const { data, shape } = tensor;
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape.length === 0 || shape.length > 2 || !shape.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `a tensor of rows must have shape [rows, features], got [${shape.join(', ')}]`,
    );
  }
  if (size !== data.length) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `tensor of shape [${shape.join(', ')}] needs ${size} values, has ${data.length}`,
    );
  }
  const count = shape[0] as number;
  const width = shape[1] ?? 1;
  const expected = schema.width ?? schema.names?.length;
  if (expected !== undefined && width !== expected) {
    throw new InputError(
      'ML_INPUT_FEATURE_COUNT',
      `the tensor has ${width} columns; ${expectation(expected, schema.names)}`,
      {
        details: { got: width, expected },
      },
    );
  }
  const bool = tensor.dtype === 'bool';
  return {
    count,
    width,
    cell: (row, column) => (bool ? Boolean(data[row * width + column]) : data[row * width + column]),
  };
}

function readColumns(columns: Columns, schema: RowSchema): RowReader {
  const given = Object.keys(columns);
  const names = schema.names ?? given;
  checkNames('the columns', given, (name) => Object.hasOwn(columns, name), { ...schema, names });
  const firstName = names.find((name) => Object.hasOwn(columns, name)) ?? '';
  const count = columns[firstName]?.length ?? 0;
  const lists = names.map((name) => {
    const column = columns[name];
    if (column === undefined && schema.optional?.has(name) === true) return [];
    if (!isList(column))
      throw new InputError('ML_INPUT_INVALID', `column ${quote(name)} must be an array, got ${describe(column)}`);
    if (column.length !== count) {
      throw new InputError(
        'ML_INPUT_SHAPE',
        `column ${quote(name)} has ${column.length} rows, column ${quote(firstName)} has ${count}`,
      );
    }
    return column;
  });
  checkWidth('the columns', lists.length, schema);
  return { count, width: lists.length, cell: (row, column) => lists[column]?.[row] };
}

function readArrow(table: ArrowTableLike, schema: RowSchema): RowReader {
  const given = table.schema.fields.map((field) => field.name);
  const names = schema.names ?? given;
  checkNames('the table', given, (name) => given.includes(name), { ...schema, names });
  const columns = names.map((name) => {
    const column = table.getChild(name);
    if (column === null && schema.optional?.has(name) === true) return undefined;
    if (column === null) throw new InputError('ML_INPUT_FEATURE_NAMES', `the table lacks column ${quote(name)}`);
    return column;
  });
  checkWidth('the table', columns.length, schema);
  return { count: table.numRows, width: columns.length, cell: (row, column) => columns[column]?.get(row) };
}

function checkWidth(what: string, got: number, schema: RowSchema): void {
  const expected = schema.width ?? got;
  if (got === expected) return;
  throw new InputError(
    'ML_INPUT_FEATURE_COUNT',
    `${what} ${what.endsWith('s') ? 'are' : 'has'} ${got}; ${expectation(expected, schema.names)}`,
    {
      details: { got, expected },
    },
  );
}

/**
 * The keys of records for a model without feature names: the first record's, in its order, which is
 * how Python takes the columns of a DataFrame there. All records must have the same ones.
 */
function keysInOrder(rows: readonly unknown[], schema: RowSchema): readonly string[] {
  const remedy = 'pass arrays in training order, or add "features" to the metadata';
  if (schema.onPositional === undefined) {
    throw new InputError(
      'ML_INPUT_FEATURE_NAMES',
      `records cannot be matched: the model does not know its feature names; ${remedy}`,
    );
  }
  const keys = Object.keys(rows[0] ?? {});
  if (schema.width !== undefined && keys.length !== schema.width) {
    throw new InputError(
      'ML_INPUT_FEATURE_COUNT',
      `row 0 has ${keys.length} values; ${expectation(schema.width, undefined)}, and does not know their names: ${remedy}`,
      { details: { row: 0, got: keys.length, expected: schema.width } },
    );
  }
  for (const [i, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || isList(row)) throw mixed(i, row, 'records');
    const other = Object.keys(row);
    if (other.length === keys.length && other.every((key, j) => key === keys[j])) continue;
    throw new InputError(
      'ML_INPUT_FEATURE_NAMES',
      `row ${i} has other keys, or the same in another order, than row 0; the model does not know its feature names: ${remedy}`,
      { details: { row: i, expected: keys } },
    );
  }
  schema.onPositional(keys);
  return keys;
}

function checkNames(what: string, given: readonly string[], has: (name: string) => boolean, schema: RowSchema): void {
  const names = schema.names as readonly string[];
  const missing = names.filter((name) => !has(name) && schema.optional?.has(name) !== true);
  if (missing.length > 0) {
    throw new InputError(
      'ML_INPUT_FEATURE_NAMES',
      `${what} lack${what.endsWith('s') ? '' : 's'} ${list(missing)}; the model's features are ${list(names)}`,
      {
        details: { missing, expected: names },
      },
    );
  }
  if (schema.extraFeatures === 'ignore' || given.length === names.length) return;
  const extra = given.filter((name) => !names.includes(name));
  if (extra.length === 0) return;
  if (schema.extraFeatures === 'warn') return schema.onExtra?.(extra);
  throw new InputError(
    'ML_INPUT_FEATURE_NAMES',
    `${what} ha${what.endsWith('s') ? 've' : 's'} unknown ${list(extra)}; the model's features are ${list(names)}`,
    {
      details: { extra, expected: names },
    },
  );
}

function mixed(index: number, row: unknown, kind: string): InputError {
  return new InputError(
    'ML_INPUT_INVALID',
    `row ${index} is ${describe(row)}, the rows before it are ${kind}; rows must all be of one kind`,
    {
      details: { row: index },
    },
  );
}

function expectation(width: number, names: readonly string[] | undefined): string {
  return `the model expects ${width}${names === undefined ? '' : `: ${list(names)}`}`;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

const quote = (text: string): string => JSON.stringify(text);

function list(names: readonly string[]): string {
  const shown = names.slice(0, 12).map(quote).join(', ');
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}

/** A short description of any value for a message: its type and the start of its content. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `the string ${quote(value.length > 40 ? `${value.slice(0, 40)}...` : value)}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object')
    return Array.isArray(value) ? `an array of ${value.length}` : `a ${value.constructor?.name ?? 'object'}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}
