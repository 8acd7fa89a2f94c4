import { isTensor } from '../data/rows.ts';

/** What a value in a list or a record is counted as. */
const VALUE_BYTES = 16;
const RECORD_BYTES = 512;

/** About how much memory the rows of a call take: by the form of the first one, without a look at all of them. */
export function inputBytes(input: unknown): number {
  if (typeof input !== 'object' || input === null) return VALUE_BYTES;
  if (Array.isArray(input)) return input.length * (input.length === 0 ? 0 : rowBytes(input[0]));
  if (isTensor(input)) return rowBytes(input.data);
  return Object.values(input).reduce<number>((sum, value) => sum + rowBytes(value), 0);
}

function rowBytes(row: unknown): number {
  if (typeof row === 'string') return VALUE_BYTES + 2 * row.length;
  if (typeof row !== 'object' || row === null) return VALUE_BYTES;
  if (ArrayBuffer.isView(row)) return row.byteLength;
  if (Array.isArray(row)) return row.length * (Array.isArray(row[0]) ? rowBytes(row[0]) : VALUE_BYTES);
  return isTensor(row) ? rowBytes(row.data) : RECORD_BYTES;
}
