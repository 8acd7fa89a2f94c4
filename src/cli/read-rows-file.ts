import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/**
 * Rows from a JSON file, `-` for stdin: an array, or an object whose `input` is one.
 *
 * @throws an error that names the file where it holds no rows
 */
export async function readRowsFile(file: string): Promise<readonly unknown[]> {
  const content: unknown = JSON.parse(await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')));
  const rows: unknown = Array.isArray(content) ? content : (Object(content) as { input?: unknown }).input;
  if (Array.isArray(rows) && rows.length > 0) return rows;
  throw new Error(`${file} must hold an array of rows, or an object whose "input" is one`);
}
