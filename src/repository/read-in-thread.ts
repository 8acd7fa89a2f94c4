import { Worker } from 'node:worker_threads';
import { AbortedError } from '../errors/aborted-error.ts';
import type { HashedFile, ReadOptions } from './read-file.ts';

/**
 * Files from this size on are read and hashed in a thread of their own: hashing takes more than a millisecond for each
 * mebibyte, which is nothing to the load of a large model and much to the calls of others meanwhile. Starting the
 * thread takes as long as hashing some 20 MiB.
 */
export const THREAD_BYTES: number = 32 << 20;

/**
 * What the thread runs. As text, so that no bundler has to find a file for it. It reads the descriptor that the loop
 * opened and looked at, so that there is no second file by the same name, and tells `short` where the file ends early.
 */
const PROGRAM = `
const { createHash } = require('node:crypto');
const { readSync } = require('node:fs');
const { parentPort, workerData: { descriptor, size } } = require('node:worker_threads');
const bytes = new Uint8Array(size);
const hash = createHash('sha256');
let at = 0;
while (at < size) {
  const read = readSync(descriptor, bytes, at, Math.min(${4 << 20}, size - at), at);
  if (read === 0) break;
  hash.update(bytes.subarray(at, at + read));
  at += read;
  parentPort.postMessage({ at });
}
if (at < size) parentPort.postMessage({ short: true });
else parentPort.postMessage({ bytes, sha256: hash.digest('hex') }, [bytes.buffer]);
`;

interface Message extends Partial<HashedFile> {
  readonly at?: number;
  readonly short?: true;
}

/** A file that is open in this process. */
export interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
  readonly path: string;
}

/**
 * Reads and hashes a file away from the event loop.
 *
 * @returns `undefined` where it ended before its size; no promise at all where this process may not start threads
 * @throws `ML_ABORTED`; what reading raised
 */
export function readInThread(file: OpenFile, options: ReadOptions): Promise<HashedFile | undefined> | undefined {
  let worker: Worker;
  try {
    worker = new Worker(PROGRAM, { eval: true, name: 'base-ml-service: reads', workerData: file, execArgv: [] });
  } catch {
    return undefined;
  }
  return new Promise((resolve, reject) => {
    const { signal } = options;
    let failure: unknown;
    let result: HashedFile | undefined;
    const stop = (): void => {
      failure = new AbortedError('ML_ABORTED', `reading ${file.path} was aborted`, { cause: signal.reason });
      void worker.terminate();
    };
    worker.on('message', ({ at, bytes, sha256 }: Message) => {
      if (at !== undefined) options.onProgress?.(at, file.size);
      if (bytes !== undefined && sha256 !== undefined) result = { bytes, sha256 };
    });
    worker.once('error', (error) => (failure = error));
    // Not before its end: until then it may hold the descriptor, which its caller closes.
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      if (failure === undefined) resolve(result);
      else reject(failure);
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
