import { isTensor } from '../data/rows.ts';
import type { TensorData, TensorLike } from '../spec/tensor.ts';

/** Calls with equal keys may be joined; `undefined` for one that is never joined. */
export type JoinKey = number | string | undefined;

const RECORDS = -1;
const VALUES = -2;

/**
 * What rows must have in common to be put into one call: the kind of row, its length, and for tensors the element
 * type. A look at the rows' form, not at their values.
 */
export function joinKey(input: unknown): JoinKey {
  if (Array.isArray(input)) return listKey(input);
  if (!isTensor(input) || input.shape.length === 0 || input.shape[0] === 0) return undefined;
  const { data, shape, dtype } = input;
  return `${dtype}:${shape.slice(1).join()}:${data.constructor.name}`;
}

function listKey(rows: readonly unknown[]): JoinKey {
  if (rows.length === 0) return undefined;
  const key = rowKey(rows[0]);
  for (let i = 1; i < rows.length; i++) if (rowKey(rows[i]) !== key) return undefined;
  return key;
}

function rowKey(row: unknown): JoinKey {
  if (Array.isArray(row)) return row.length;
  if (typeof row !== 'object' || row === null) return row === undefined || row === null ? undefined : VALUES;
  if (ArrayBuffer.isView(row)) return (row as unknown as ArrayLike<unknown>).length;
  // Rows that are tensors themselves may have any shape each.
  return isTensor(row) ? undefined : RECORDS;
}

/** The rows of several calls with one key, in order. */
export function joinRows(inputs: readonly unknown[]): unknown {
  const [first] = inputs;
  if (!isTensor(first)) return joinLists(inputs as (readonly unknown[])[]);
  const tensors = inputs as readonly TensorLike[];
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  return { data: joinData(tensors), shape: [rows, ...first.shape.slice(1)], dtype: first.dtype };
}

/** What `flat()` gives, several times as fast for the short lists that calls are. */
function joinLists(lists: readonly (readonly unknown[])[]): unknown[] {
  const rows: unknown[] = [];
  for (const list of lists) for (let i = 0; i < list.length; i++) rows.push(list[i]);
  return rows;
}

function joinData(tensors: readonly TensorLike[]): TensorData {
  const { data: first } = tensors[0] as TensorLike;
  if (!ArrayBuffer.isView(first)) return tensors.flatMap(({ data }) => data as readonly unknown[]);
  const length = tensors.reduce((sum, { data }) => sum + data.length, 0);
  const Data = first.constructor as new (length: number) => Float64Array;
  const joined = new Data(length);
  let at = 0;
  for (const { data } of tensors) {
    joined.set(data as Float64Array, at);
    at += data.length;
  }
  return joined;
}

/**
 * The result of a joined call, one part per caller.
 *
 * @param counts rows of each caller
 * @returns `undefined` where the result does not have one entry per row
 */
export function splitRows(result: unknown, counts: readonly number[]): readonly unknown[] | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (isTensor(result)) {
    const { data, shape, dtype } = result;
    if (shape[0] !== total) return undefined;
    const width = data.length / total;
    return cut(counts, (start, end) => ({
      // A copy: a view would keep the rows of all callers in memory, and let one caller change another's.
      data: data.slice(start * width, end * width) as TensorData,
      shape: [end - start, ...shape.slice(1)],
      dtype,
    }));
  }
  if (Array.isArray(result)) {
    if (result.length > 0 && isTensor(result[0])) return splitOutputs(result, counts);
    if (result.length !== total) return undefined;
    return cut(counts, (start, end) => (end - start === 1 ? [result[start]] : result.slice(start, end)));
  }
  if (!ArrayBuffer.isView(result) || !('slice' in result) || !('length' in result)) return undefined;
  const view = result as Float64Array;
  return view.length === total ? cut(counts, (start, end) => view.slice(start, end)) : undefined;
}

/** One tensor per output, each with all rows. */
function splitOutputs(outputs: readonly unknown[], counts: readonly number[]): readonly unknown[] | undefined {
  const parts = outputs.map((output) => splitRows(output, counts));
  if (parts.includes(undefined)) return undefined;
  return counts.map((_, i) => parts.map((part) => (part as readonly unknown[])[i]));
}

function cut<T>(counts: readonly number[], part: (start: number, end: number) => T): T[] {
  let start = 0;
  return counts.map((count) => {
    const end = start + count;
    const one = part(start, end);
    start = end;
    return one;
  });
}
