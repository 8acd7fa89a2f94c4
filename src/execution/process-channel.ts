import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { BYTES_FD } from './blob-table.ts';
import type { HostChannel, WorkerExit } from './host-channel.ts';
import type { HostMessage, WorkerMessage } from './messages.ts';
import { workerEntry, workerFlags } from './worker-entry.ts';

/** Bytes per write: small enough to be copied between two turns of the event loop. */
const CHUNK_BYTES = 512 * 1024;
/** What is kept of a child's standard error. */
const STDERR_CHARS = 4_000;

const children = new Set<ChildProcess>();
let watching = false;

/** Starts a child process. */
export function openProcess(): HostChannel {
  const child = fork(fileURLToPath(workerEntry()), [], {
    serialization: 'advanced',
    execArgv: workerFlags(),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc', 'pipe'],
  });
  watchExit();
  children.add(child);
  let failure: Error | undefined;
  let stderr = '';
  let blobs = 0;
  child.on('error', (error) => {
    failure = error;
  });
  child.stderr?.on('data', (data: Buffer) => {
    stderr = (stderr + data.toString()).slice(-STDERR_CHARS);
  });
  const hold = (held: boolean): void => {
    const change = held ? 'ref' : 'unref';
    child[change]();
    child.channel?.[change]();
  };
  hold(false);
  // A pipe of standard error keeps the process alive too.
  (child.stderr as { unref?: () => void } | null)?.unref?.();
  const exit = new Promise<WorkerExit>((resolve) => {
    const ended = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
      children.delete(child);
      resolve({ reason: reasonOf({ exitCode, signal, failure }), exitCode, signal, stderr });
    };
    child.once('exit', ended);
    // A child that could not be started never exits.
    child.once('error', () => {
      if (child.pid === undefined) ended(null, null);
    });
  });
  const post = (message: HostMessage): void => {
    // What cannot be delivered ends with the child, whose exit says so.
    if (child.connected) child.send(message, () => undefined);
  };
  const pipe = child.stdio[BYTES_FD] as Socket | null | undefined;
  pipe?.unref();
  // A child that ends closes it; its exit tells why.
  pipe?.on('error', () => undefined);
  const pour = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.byteLength && child.connected; at += CHUNK_BYTES) {
      const chunk = bytes.subarray(at, at + CHUNK_BYTES);
      await new Promise<void>((resolve) => {
        if (pipe?.writable === true) pipe.write(chunk, () => setImmediate(resolve));
        else resolve();
      });
    }
  };
  let sending: Promise<void> = Promise.resolve();
  /** One after the other, as they are announced. */
  const inTurn = async (before: Promise<void>, blob: number, bytes: Uint8Array): Promise<void> => {
    await before;
    post({ type: 'blob', blob, size: bytes.byteLength });
    await pour(bytes);
  };
  return {
    place: 'process',
    post,
    async send(bytes) {
      const blob = blobs++;
      sending = inTurn(sending, blob, bytes);
      await sending;
      return { blob };
    },
    listen: (listener) => void child.on('message', (message) => listener(message as WorkerMessage)),
    onExit: (listener) => void exit.then(listener),
    hold,
    kill: () => void child.kill('SIGKILL'),
  };
}

function reasonOf(end: {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly failure: Error | undefined;
}): string {
  const { exitCode, signal, failure } = end;
  if (failure !== undefined) return failure.message;
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), as the system does when memory runs out';
  return signal === null ? `ended with code ${exitCode}` : `crashed with ${signal}`;
}

/** Children end by themselves when their line to this process breaks; one that hangs would not notice. */
function watchExit(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });
}
