import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { BYTES_FD } from './blob-table.ts';
import { BusyFlag } from './busy-flag.ts';
import type { HostMessage, WorkerMessage } from './messages.ts';

/** A worker's end of the line to the event loop that it works for. */
export interface WorkerPort {
  /** Present in a thread. */
  readonly busy: BusyFlag | undefined;
  post(message: WorkerMessage, transfer?: readonly ArrayBuffer[]): void;
  listen(listener: (message: HostMessage) => void): void;
  /** Lets the worker end once nothing is left to do. */
  close(): void;
  /** Present in a process: bytes that messages refer to. */
  readonly bytes?: AsyncIterable<Uint8Array>;
}

/**
 * The line of the thread or process that this code runs in.
 *
 * @throws a plain error where it was started by nobody who listens
 */
export function openWorkerPort(): WorkerPort {
  if (parentPort !== null) return threadPort(parentPort, (workerData as { busy: SharedArrayBuffer }).busy);
  if (process.send !== undefined) return processPort();
  throw new Error('this file is the worker of base-ml-service; the library starts it');
}

function threadPort(port: NonNullable<typeof parentPort>, busy: SharedArrayBuffer): WorkerPort {
  return {
    busy: new BusyFlag(busy),
    post: (message, transfer = []) => port.postMessage(message, transfer),
    listen: (listener) => void port.on('message', listener),
    close: () => port.close(),
  };
}

function processPort(): WorkerPort {
  // Whoever started this process is gone: nobody would ever end it.
  process.once('disconnect', () => process.exit());
  const bytes = new Socket({ fd: BYTES_FD, readable: true, writable: false });
  // Messages keep this process alive.
  bytes.unref();
  return {
    bytes,
    busy: undefined,
    post: (message) => void process.send?.(message),
    listen: (listener) => void process.on('message', (message) => listener(message as HostMessage)),
    close: () => process.disconnect(),
  };
}
