import { Worker } from 'node:worker_threads';
import { BusyFlag } from './busy-flag.ts';
import type { HostChannel, WorkerExit } from './host-channel.ts';
import type { HostMessage, WorkerMessage } from './messages.ts';
import { workerEntry, workerFlags } from './worker-entry.ts';

/** How long the end of the process waits for computations under way. */
const EXIT_WAIT_MS = 10_000;

/** Bytes copied between two turns of the event loop. */
const SLICE_BYTES = 1 << 22;

const computing = new Set<BusyFlag>();
let watching = false;

/** Starts a worker thread. */
export function openThread(name: string): HostChannel {
  const busy = new BusyFlag();
  const worker = new Worker(workerEntry(), {
    name: `base-ml-service: ${name}`,
    workerData: { busy: busy.memory },
    execArgv: workerFlags(),
  });
  worker.unref();
  watchExit();
  computing.add(busy);
  let failure: unknown;
  worker.on('error', (error) => {
    failure = error;
  });
  worker.once('exit', () => computing.delete(busy));
  return {
    place: 'thread',
    post: (message) => worker.postMessage(message, handedOver(message)),
    async send(bytes, give) {
      const own = give && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
      return { bytes: own ? bytes : await copyInSlices(bytes) };
    },
    listen: (listener) => void worker.on('message', (message: WorkerMessage) => listener(message)),
    onExit: (listener) => void worker.once('exit', (code) => listener(exitOf(code, failure))),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    kill: () => void worker.terminate(),
  };
}

/** Content that was prepared by `send` belongs to the message. */
function handedOver(message: HostMessage): ArrayBuffer[] {
  if (message.type !== 'load' && message.type !== 'file') return [];
  const { content } = message;
  return content !== undefined && 'bytes' in content ? [content.bytes.buffer as ArrayBuffer] : [];
}

/** A copy that gives the event loop turns. */
async function copyInSlices(bytes: Uint8Array): Promise<Uint8Array> {
  const copy = new Uint8Array(bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
    copy.set(bytes.subarray(at, at + SLICE_BYTES), at);
    if (at + SLICE_BYTES < bytes.byteLength) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return copy;
}

function exitOf(exitCode: number, failure: unknown): WorkerExit {
  const text = failure instanceof Error ? (failure.stack ?? failure.message) : '';
  const code = (failure as { code?: unknown } | undefined)?.code;
  const memory = code === 'ERR_WORKER_OUT_OF_MEMORY';
  const reason = memory ? 'ran out of memory' : text === '' ? `ended with code ${exitCode}` : text.split('\n', 1)[0];
  return { reason: reason ?? '', exitCode, signal: null, stderr: text };
}

/** Ending a thread within a native computation aborts the process, so that the end of the process waits for them. */
function watchExit(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const busy of computing) busy.drain(EXIT_WAIT_MS);
  });
}
