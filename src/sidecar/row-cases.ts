import { SidecarError } from '../errors/sidecar-error.ts';
import type { GraphFeed } from './graph-run.ts';

/** A column, or several of one type, as a worker describes it. */
interface ColumnFeed {
  readonly name: string;
  readonly width: number;
  /** Of a column of texts; numbers are in a blob of float32. */
  readonly texts?: readonly string[];
  readonly blob?: number;
}

/** Rows that are asked one by one too. */
const SINGLE = 8;
const FLOAT = 4;

/** All rows as the first case, and the first rows one by one. */
export interface RowCases {
  readonly cases: readonly (readonly GraphFeed[])[];
  readonly blobs: readonly Uint8Array[];
}

/**
 * Cuts a table into what a graph is fed.
 *
 * @throws `ML_SIDECAR_PROTOCOL` where the columns are not as long as they should be
 */
export function rowCases(feeds: unknown, rows: number, given: readonly Uint8Array[]): RowCases {
  const columns = feeds as readonly ColumnFeed[];
  const blobs = [...given];
  const cut = ({ name, width, texts, blob }: ColumnFeed, start: number, end: number): GraphFeed => {
    const dims = [end - start, width];
    if (texts !== undefined) return { name, type: 'string', dims, texts: texts.slice(start, end) };
    const whole = given[(blob ?? 0) - 1];
    if (whole === undefined || whole.length !== rows * width * FLOAT) {
      throw new SidecarError('ML_SIDECAR_PROTOCOL', `the sidecar sent a column ${name} that has not ${rows} rows`);
    }
    if (start === 0 && end === rows) return { name, type: 'float32', dims, blob: blob ?? 0 };
    blobs.push(whole.subarray(start * width * FLOAT, end * width * FLOAT));
    return { name, type: 'float32', dims, blob: blobs.length };
  };
  const part = (start: number, end: number): GraphFeed[] => columns.map((column) => cut(column, start, end));
  const single = Array.from({ length: Math.min(rows, SINGLE) }, (_, row) => part(row, row + 1));
  return { cases: [part(0, rows), ...single], blobs };
}
