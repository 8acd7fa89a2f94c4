import { readContainer } from '../internal/container.ts';
import { deferred, type Deferred } from '../internal/deferred.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import type { OrtSession, OrtSessionOptions, OrtTensor } from './onnxruntime-api.ts';
import type { OnnxRuntime } from './onnxruntime-import.ts';

/** A file of external data: the location that the graph names, and its bytes. */
export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/** What a session is made of. */
export interface SessionSource {
  readonly bytes: Uint8Array;
  /** Every location that the graph names, so that the engine opens no file itself. */
  readonly externalData: readonly ExternalData[];
  /** The user's session options; they win over `defaultSessionOptions`, nested ones entry by entry. */
  readonly options: OrtSessionOptions;
  /** Threads that a computation may use. Default: as many as the container has processors. */
  readonly threads?: number;
}

/** Below this many bytes of model a second thread costs more than it saves, and keeps a core busy. */
const ONE_THREAD_BYTES = 1 << 20;

let known: number | undefined;
const processors = (): number => (known ??= readContainer().processors);

/**
 * The options that hold where the user says nothing.
 *
 * - Threads: one for models below 1 MiB, else as many as the worker was granted, inline one per processor of the container. The runtime's own default pins
 *   threads to cores, which fails noisily in containers with a CPU set.
 * - Threads that wait do not spin: spinning burns a core for a fraction of a millisecond gained.
 * - Nothing but a fatal error is logged: errors reach the caller as exceptions.
 * - A product of float inputs and quantized weights is computed in float32. The runtime's own
 *   default rounds the inputs to 8 bits too, which moves results by a percent.
 */
export function defaultSessionOptions(modelBytes: number, threads: number = processors()): OrtSessionOptions {
  return {
    logSeverityLevel: 4,
    executionMode: 'sequential',
    interOpNumThreads: 1,
    intraOpNumThreads: modelBytes < ONE_THREAD_BYTES ? 1 : threads,
    extra: { session: { intra_op: { allow_spinning: '0' }, qdq_matmulnbits_accuracy_level: '1' } },
  };
}

/**
 * A session that is freed once and never under a run: the runtime rejects runs whose session is
 * released, and a session that is dropped without a release leaks.
 */
export class OnnxSession {
  readonly runtime: OnnxRuntime;
  readonly #session: OrtSession;
  #running = 0;
  #idle: Deferred<void> | undefined;
  #released: Promise<void> | undefined;

  private constructor(runtime: OnnxRuntime, session: OrtSession) {
    this.runtime = runtime;
    this.#session = session;
  }

  /**
   * Builds a session.
   *
   * @throws the runtime's own plain error: only the caller knows what the bytes are
   */
  static async create(runtime: OnnxRuntime, source: SessionSource): Promise<OnnxSession> {
    const bytes = unshared(source.bytes);
    const size = source.externalData.reduce((sum, file) => sum + file.data.byteLength, bytes.byteLength);
    const external = source.externalData.length > 0 ? { externalData: source.externalData } : {};
    const options = { ...merge(defaultSessionOptions(size, source.threads), source.options), ...external };
    return new OnnxSession(runtime, await runtime.ort.InferenceSession.create(bytes, options));
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /** Runs in progress. */
  get running(): number {
    return this.#running;
  }

  /**
   * One inference.
   *
   * @throws `ML_MODEL_DISPOSED` after `release()`; else the runtime's own plain error
   */
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>> {
    if (this.#released !== undefined) {
      return Promise.reject(new LifecycleError('ML_MODEL_DISPOSED', 'the ONNX session was released'));
    }
    this.#running++;
    const run = this.#session.run(feeds, fetches);
    // Not an async function: every layer of promises shows in a call of ten microseconds.
    run.then(this.#ended, this.#ended);
    return run;
  }

  readonly #ended = (): void => {
    this.#running--;
    if (this.#running === 0) this.#idle?.resolve();
  };

  /** Frees the session after the runs in progress. Further calls give the same promise. */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    if (this.#running > 0) {
      this.#idle = deferred();
      await this.#idle.promise;
    }
    await this.#session.release();
  }
}

/** The user's options over the defaults, level by level, so that one entry of `extra` keeps the others. */
function merge(defaults: OrtSessionOptions, given: OrtSessionOptions): OrtSessionOptions {
  const merged: Record<string, unknown> = { ...defaults, ...given };
  for (const [key, value] of Object.entries(defaults)) {
    const own = given[key];
    if (isOptions(value) && isOptions(own)) merged[key] = merge(value, own);
  }
  return merged;
}

function isOptions(value: unknown): value is OrtSessionOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The runtime refuses shared memory. */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}
