import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The text of a small regular file, in one synchronous go: metadata files come by the thousand.
 *
 * Never waits on a FIFO and never reads past `maxBytes`, whatever became of the file since it was listed.
 *
 * @throws an `Error` that says what is wrong, without the path
 */
export function readSmallFile(path: string, maxBytes: number): string {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error('it is no regular file');
    if (stat.size > maxBytes) throw new Error(`it has ${stat.size} bytes, the limit is ${maxBytes}`);
    const bytes = Buffer.allocUnsafe(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}
