import { isTensor, readRows } from '../data/rows.ts';
import type { Rows } from '../spec/rows.ts';
import { columnTensor } from './column-tensor.ts';
import type { ContentType } from './content-type.ts';
import type { NamedTensor } from './messages.ts';
import { namedTensor } from './named-tensor.ts';

/** Rows as the inputs of a request. */
export interface TensorsOfRows {
  readonly inputs: readonly NamedTensor[];
  /** What a server that knows content types must be told of the request. */
  readonly contentType: ContentType;
}

/** How rows become inputs. */
export interface RowInputOptions {
  /** Name of the only input of rows without names. */
  readonly inputName: string;
  /** The model's features in order; arrays of mixed values are sent as columns by these names. */
  readonly featureNames?: readonly string[] | undefined;
}

/**
 * Rows as tensors: a matrix `[rows, features]` for arrays of numbers and tensors, texts `[rows]` for texts, and one
 * column per feature for records, columns and tables.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED`, and the `ML_INPUT_*` errors of `readRows`
 */
export function tensorsOfRows(rows: Rows, { inputName, featureNames }: RowInputOptions): TensorsOfRows {
  if (isTensor(rows)) return { inputs: [namedTensor(inputName, rows)], contentType: 'np' };
  const isNamed = !Array.isArray(rows) || isRecord(rows[0]);
  const names = featureNames ?? (isNamed ? namesOf(rows) : undefined);
  const reader = readRows(rows, { width: undefined, names: isNamed ? names : undefined, extraFeatures: 'ignore' });
  const { count, width } = reader;
  if (isNamed && names !== undefined) return columns(reader, names);
  const values = Array.from({ length: count * width }, (_, i) => reader.cell(Math.floor(i / width), i % width));
  if (!values.some((value) => typeof value === 'string')) {
    const what = `input ${JSON.stringify(inputName)}`;
    return {
      inputs: [namedTensor(inputName, columnTensor(values, { shape: [count, width], what }))],
      contentType: 'np',
    };
  }
  if (width === 1) {
    const texts = columnTensor(values, { shape: [count, 1], what: `input ${JSON.stringify(inputName)}` });
    return { inputs: [namedTensor(inputName, texts, { content_type: 'str' })], contentType: 'str' };
  }
  return columns(reader, names?.length === width ? names : Array.from({ length: width }, (_, j) => `column_${j}`));
}

function columns(reader: ReturnType<typeof readRows>, names: readonly string[]): TensorsOfRows {
  const inputs = names.map((name, j) => {
    const values = Array.from({ length: reader.count }, (_, i) => reader.cell(i, j));
    const tensor = columnTensor(values, { shape: [reader.count, 1], what: `column ${JSON.stringify(name)}` });
    return tensor.dtype === 'string' || tensor.dtype === 'object'
      ? namedTensor(name, tensor, { content_type: 'str' })
      : namedTensor(name, tensor);
  });
  return { inputs, contentType: 'pd' };
}

function isRecord(row: unknown): boolean {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && !ArrayBuffer.isView(row);
}

/** Names of the columns of rows that have some: of a table, of columns, or of all keys of records. */
function namesOf(rows: Rows): readonly string[] {
  if (Array.isArray(rows)) {
    const names = new Set<string>();
    for (const row of rows) for (const key of Object.keys(Object(row))) names.add(key);
    return [...names];
  }
  const { schema } = rows as { schema?: { fields: readonly { readonly name: string }[] } };
  return Array.isArray(schema?.fields) ? schema.fields.map(({ name }) => name) : Object.keys(rows);
}
