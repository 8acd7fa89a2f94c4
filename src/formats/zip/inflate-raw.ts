import { createInflateRaw } from 'node:zlib';
import { malformedZip } from './zip-problem.ts';

const MIN_CHUNK = 4 * 1024;
const MAX_CHUNK = 1024 * 1024;

/**
 * Inflates an entry into exactly `size` bytes; zlib works in its own threads.
 *
 * @throws `ML_FORMAT_MALFORMED` where the content is longer, shorter or damaged, or something follows it
 */
export function inflateRaw(data: Uint8Array, size: number, name: string): Promise<Uint8Array> {
  const shown = JSON.stringify(name);
  const content = new Uint8Array(size);
  const stream = createInflateRaw({ chunkSize: Math.min(Math.max(size, MIN_CHUNK), MAX_CHUNK) });
  let at = 0;
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      stream.destroy();
      reject(malformedZip(`${shown} ${what}`));
    };
    stream.on('data', (piece: Buffer) => {
      if (at + piece.length > size) {
        fail(`expands to more than the ${size} bytes that are declared`);
        return;
      }
      content.set(piece, at);
      at += piece.length;
    });
    stream.on('error', (error) => fail(`cannot be decompressed: ${error.message}`));
    stream.on('end', () => {
      if (at !== size) fail(`expands to ${at} bytes, ${size} are declared`);
      else if (stream.bytesWritten < data.length) fail('has bytes behind its compressed content');
      else resolve(content);
    });
    stream.end(data);
  });
}
