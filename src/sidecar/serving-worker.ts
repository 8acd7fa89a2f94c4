import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AbortedError } from '../errors/aborted-error.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import { type Answer, readAnswer } from './answer-frame.ts';
import { type CallInput, callFrame } from './call-frames.ts';
import { type AnswerFrame, type Frame, FrameReader } from './frame-reader.ts';
import { MessageLog } from './message-log.ts';
import { residentBytesOf } from './resident-bytes.ts';
import { killGroup, RESULT_FD, sendRequest, spawnWorker } from './spawn-worker.ts';
import { ended, notStarted, tooSlow } from './worker-errors.ts';
import type { WorkerRequest } from './worker-request.ts';

/** Of what it prints only the end is kept, for messages. */
const KEPT_OUTPUT = 4000;

/** A Python with numpy and scikit-learn. */
const GUESSED_BYTES = 200 * 2 ** 20;

/** Numbers of calls begin anew after so many. */
const MAX_CALLS = 2 ** 32;

interface WaitingCall {
  readonly answer: Deferred<Answer>;
  readonly method: string;
}

/**
 * A Python process that keeps one model and answers calls in the order in which they come. It never comes back: who
 * wants another one starts it.
 */
export class ServingWorker {
  readonly #child: ChildProcess;
  readonly #id = randomUUID();
  readonly #frames: FrameReader;
  readonly #log: MessageLog;
  readonly #started = deferred<Readonly<Record<string, unknown>>>();
  readonly #gone = deferred<void>();
  readonly #calls = new Map<number, WaitingCall>();
  #count = 0;
  #failure: Error | undefined;
  #printed = '';
  #over = false;

  private constructor(request: WorkerRequest) {
    this.#frames = new FrameReader({ maxAnswerBytes: request.maxOutputBytes });
    this.#log = new MessageLog(request, this.#id);
    const child = spawnWorker(request);
    this.#child = child;
    child.once('error', (error) => {
      this.kill(notStarted(request.python, error));
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once('close', (code, signal) => this.#end(code, signal));
    child.stderr?.on(
      'data',
      (chunk: Buffer) => (this.#printed = (this.#printed + chunk.toString()).slice(-KEPT_OUTPUT)),
    );
    (child.stdio[RESULT_FD] as Readable).on('data', (chunk: Buffer) => this.#receive(chunk));
    sendRequest(child, request, this.#id);
  }

  /**
   * Starts a process and waits until it has read the model.
   *
   * @throws `ML_SIDECAR_*`, `ML_ABORTED`
   */
  static async start(request: WorkerRequest): Promise<ServingWorker> {
    const { signal, timeoutMs } = request;
    const aborted = (): Error =>
      new AbortedError('ML_ABORTED', 'the start was aborted by its signal', { cause: signal.reason });
    if (signal.aborted) throw aborted();
    const worker = new ServingWorker(request);
    const timer = setTimeout(() => worker.kill(tooSlow(timeoutMs)), timeoutMs);
    const onAbort = (): void => worker.kill(aborted());
    signal.addEventListener('abort', onAbort);
    try {
      await worker.#started.promise;
      // It may be ready and given up in the same turn.
      if (worker.#failure !== undefined) throw worker.#failure;
      return worker;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** What the task said of the model. */
  about(): Promise<Readonly<Record<string, unknown>>> {
    return this.#started.promise;
  }

  /** Bytes of memory that it takes now; a guess where the system does not tell. */
  async residentBytes(): Promise<number> {
    // The child may be the wall that Python is in.
    return (await residentBytesOf(this.#child.pid)) ?? GUESSED_BYTES;
  }

  /** Whether it ended, or is about to. */
  get over(): boolean {
    return this.#over || this.#failure !== undefined;
  }

  /**
   * Asks the model.
   *
   * @throws `ML_PREDICT_FAILED` with what it raised; `ML_SIDECAR_*` where the process ended
   */
  call(method: string, inputs: readonly CallInput[]): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#count = (this.#count + 1) % MAX_CALLS;
    const id = this.#count;
    const frame = callFrame(id, method, inputs);
    const answer = deferred<Answer>();
    this.#calls.set(id, { answer, method });
    this.#child.stdin?.write(frame);
    return answer.promise;
  }

  /** Ends the process now; what is under way fails with the reason. */
  kill(reason: Error): void {
    this.#failure ??= reason;
    killGroup(this.#child);
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  /** Resolves once the process is gone. */
  gone(): Promise<void> {
    return this.#gone.promise;
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      for (const frame of this.#frames.push(chunk)) this.#take(frame);
    } catch (error) {
      this.kill(error as Error);
    }
  }

  #take(frame: Frame): void {
    if ('texts' in frame) {
      this.#settle(frame);
      return;
    }
    if (frame.kind === 'bytes') throw broken('bytes that belong to no answer');
    const { type, id, about } = frame.message;
    if (type === 'serving' && id === this.#id && this.#log.ready !== undefined) {
      this.#started.resolve((about ?? {}) as Record<string, unknown>);
      return;
    }
    this.#log.take(frame);
  }

  #settle(frame: AnswerFrame): void {
    // Read before the call is forgotten: where the answer is none, the call fails with the process.
    const arrays = frame.kind === 'answer' ? readAnswer(frame) : undefined;
    const call = this.#calls.get(frame.id);
    if (call === undefined) throw broken('an answer to no call');
    this.#calls.delete(frame.id);
    if (arrays !== undefined) {
      call.answer.resolve(arrays);
      return;
    }
    const { method } = call;
    const reason = `${method} in Python failed: ${frame.texts.toString('utf8')}`;
    call.answer.reject(new PredictionError('ML_PREDICT_FAILED', reason, { details: { method } }));
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    this.#over = true;
    killGroup(this.#child);
    this.#failure ??= ended(code, signal, this.#printed);
    this.#started.reject(this.#failure);
    // Whoever started it has the answer already.
    this.#started.promise.catch(() => undefined);
    for (const { answer } of this.#calls.values()) answer.reject(this.#failure);
    this.#calls.clear();
    this.#gone.resolve();
  }
}

function broken(what: string): SidecarError {
  return new SidecarError('ML_SIDECAR_PROTOCOL', `the sidecar sent ${what}`);
}
