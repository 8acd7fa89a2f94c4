import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AbortedError } from '../errors/aborted-error.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import { FrameReader } from './frame-reader.ts';
import { MessageLog } from './message-log.ts';
import { killGroup, RESULT_FD, sendRequest, spawnWorker } from './spawn-worker.ts';
import { ended, notStarted, tooSlow } from './worker-errors.ts';
import type { WorkerRequest, WorkerResult } from './worker-request.ts';

/** Of the process's own output only the end is kept, for messages. */
const KEPT_OUTPUT = 4000;
/** Bytes of warnings and the like that a process may print. */
const MAX_PRINTED = 16 * 2 ** 20;

/**
 * Starts a Python process for one task and waits for its end; whatever happens, no process of its group is left.
 *
 * @throws `ML_SIDECAR_*`, `ML_ABORTED`
 */
export async function runWorker(request: WorkerRequest): Promise<WorkerResult> {
  if (request.signal.aborted) throw aborted(request.signal);
  return new Promise((resolve, reject) => new WorkerRun(request, { resolve, reject }).start());
}

interface Settle {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerRun {
  readonly #request: WorkerRequest;
  readonly #settle: Settle;
  readonly #id = randomUUID();
  readonly #frames: FrameReader;
  readonly #log: MessageLog;
  #child: ChildProcess | undefined;
  #failure: unknown;
  #printed = '';
  #printedBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: WorkerRequest, settle: Settle) {
    this.#request = request;
    this.#settle = settle;
    this.#frames = new FrameReader({ maxBytes: request.maxOutputBytes });
    this.#log = new MessageLog(request, this.#id);
  }

  start(): void {
    const { python, signal, timeoutMs } = this.#request;
    const child = spawnWorker(this.#request);
    this.#child = child;
    this.#timer = setTimeout(() => this.#fail(tooSlow(timeoutMs)), timeoutMs);
    signal.addEventListener('abort', this.#onAbort);
    child.once('error', (error) => {
      this.#fail(notStarted(python, error));
      // Without a process there is no `close` to wait for.
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once('close', (code, exitSignal) => this.#end(code, exitSignal));
    child.stderr?.on('data', (chunk: Buffer) => this.#print(chunk));
    (child.stdio[RESULT_FD] as Readable).on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#send(child);
  }

  readonly #onAbort = (): void => this.#fail(aborted(this.#request.signal));

  #send(child: ChildProcess): void {
    sendRequest(child, this.#request, this.#id);
    child.stdin?.end();
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      for (const frame of this.#frames.push(chunk)) this.#log.take(frame);
    } catch (error) {
      this.#fail(error);
    }
  }

  #print(chunk: Buffer): void {
    this.#printedBytes += chunk.length;
    this.#printed = (this.#printed + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    if (this.#printedBytes > MAX_PRINTED) {
      this.#fail(new SidecarError('ML_SIDECAR_LIMIT', `the sidecar printed more than ${MAX_PRINTED} bytes`));
    }
  }

  /** The first failure counts; the process ends, and with its end comes the answer. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#kill();
    // A process that left the group would keep the pipes open, and with them the answer back.
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
  }

  #kill(): void {
    killGroup(this.#child);
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#kill();
    const { result } = this.#log;
    if (this.#failure !== undefined) this.#settle.reject(this.#failure);
    else if (result !== undefined && this.#frames.between) this.#settle.resolve(result);
    else this.#settle.reject(ended(code, signal, this.#printed));
  }
}

function aborted(signal: AbortSignal): AbortedError {
  return new AbortedError('ML_ABORTED', 'the conversion was aborted by its signal', { cause: signal.reason });
}
