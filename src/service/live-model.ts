import { DenseTensor } from '../data/dense-tensor.ts';
import { countRows, describe, isTensor } from '../data/rows.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { DeadlineError } from '../errors/deadline-error.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { ModelMethodError } from '../errors/model-method-error.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import type { DirectCall } from '../execution/call-gate.ts';
import type { GateCall } from '../execution/gate-call.ts';
import type { HoldWatch } from '../execution/hold-watch.ts';
import type { EventBus } from '../events/event-bus.ts';
import { systemClock } from '../internal/clock.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { StoredTensor, TensorInfo } from '../spec/stored-tensor.ts';
import type { CallOptions, Feeds, Model, ModelInfo, ModelMethod, Prediction } from '../spec/model.ts';
import type { Row, Rows } from '../spec/rows.ts';
import type { Tensor, TensorLike } from '../spec/tensor.ts';
import type { BuiltModel, ModelEntry } from './build-model.ts';
import { findPart } from './find-part.ts';
import type { CallRouter, RoutedCall } from './routing/call-router.ts';
import { methodsOf } from '../internal/model-methods.ts';

/** Where a model's face gets its model from. */
export interface ModelSource {
  readonly events: EventBus;
  /** For messages about a model that is not loaded. */
  readonly label: string;
  /** Chooses another source for each call. */
  readonly router?: CallRouter | undefined;
  /** The loaded model with a lease taken, if it is there now. */
  tryAcquire(): ModelEntry | undefined;
  /** The same, loading it first if need be. */
  acquire(options: CallOptions): Promise<ModelEntry>;
  /** Whether the model is in memory now. */
  loaded(): boolean;
  /** The loaded model without a lease; throws `ML_MODEL_NOT_LOADED`. */
  peek(): BuiltModel;
  dispose(): Promise<void>;
}

const NO_OPTIONS: CallOptions = Object.freeze({});
/** Names listed in a message. */
const MAX_NAMES = 12;
const NO_TENSORS: ReadonlyMap<string, TensorInfo> = new Map();
/** The longest delay of Node's timers. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The one implementation of `Model`: takes a lease for each call, finds the method, tells events.
 * A call on a loaded model costs one promise beside the loader's own.
 */
export class LiveModel<R = Row, P = Prediction> implements Model<R, P> {
  readonly #source: ModelSource;
  /** Names from the file's root object to this one. */
  readonly #path: readonly string[];
  #keeper: CallKeeper | undefined;

  constructor(source: ModelSource, path: readonly string[] = []) {
    this.#source = source;
    this.#path = path;
  }

  get info(): ModelInfo {
    const { info } = this.#source.peek();
    return this.#path.length === 0 ? info : { ...info, ...this.#loaded().info };
  }

  get methods(): readonly ModelMethod[] {
    return methodsOf(this.#loaded());
  }

  get parts(): readonly string[] {
    return [...(this.#loaded().parts?.keys() ?? [])];
  }

  get value(): unknown {
    const loaded = this.#loaded();
    if ('value' in loaded) return loaded.value;
    throw this.#unsupported('value', loaded);
  }

  get tensors(): ReadonlyMap<string, TensorInfo> {
    return this.#loaded().tensors ?? NO_TENSORS;
  }

  tensor(name: string, options: CallOptions = NO_OPTIONS): Promise<StoredTensor> {
    return this.#call('tensor', name, options, toStored);
  }

  part(name: string): Model<R, P> {
    const part = new LiveModel<R, P>(this.#source, [...this.#path, name]);
    if (this.#source.loaded()) part.#loaded();
    return part;
  }

  predict(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<P[]> {
    return this.#call('predict', rows, options, toArray<P>);
  }

  predictOne(row: R, options: CallOptions = NO_OPTIONS): Promise<P> {
    return this.#call('predict', [row], options, this.#toOne);
  }

  predictProba<T extends Tensor | Tensor[] = Tensor>(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<T> {
    return this.#call('predictProba', rows, options, toProbabilities) as Promise<T>;
  }

  predictLogProba<T extends Tensor | Tensor[] = Tensor>(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<T> {
    return this.#call('predictLogProba', rows, options, toProbabilities) as Promise<T>;
  }

  decisionFunction(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<Tensor> {
    return this.#call('decisionFunction', rows, options, toTensor);
  }

  transform(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<Tensor> {
    return this.#call('transform', rows, options, toTensor);
  }

  inverseTransform(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<Tensor> {
    return this.#call('inverseTransform', rows, options, toTensor);
  }

  scoreSamples(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<Tensor> {
    return this.#call('scoreSamples', rows, options, toTensor);
  }

  apply(rows: Rows<R>, options: CallOptions = NO_OPTIONS): Promise<Tensor> {
    return this.#call('apply', rows, options, toTensor);
  }

  run(feeds: Feeds, options: CallOptions = NO_OPTIONS): Promise<Record<string, Tensor>> {
    return this.#call('run', feeds, options, toTensors);
  }

  dispose(): Promise<void> {
    return this.#source.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  readonly #toOne = (value: unknown): P => {
    const results = toArray<P>(value);
    if (results.length === 1) return results[0] as P;
    throw new LoaderError('ML_LOADER_INVALID', `${this.#source.label} gave ${results.length} predictions for one row`);
  };

  #loaded(): LoadedModel {
    return this.#select(this.#source.peek());
  }

  #select(built: BuiltModel): LoadedModel {
    let loaded = built.loaded;
    for (const name of this.#path) {
      const part = findPart(loaded, name);
      if (part === undefined) throw this.#noPart(name, loaded);
      if (part.unusable !== undefined) throw part.unusable;
      loaded = part;
    }
    return loaded;
  }

  #call<T>(
    method: Method,
    input: Rows<R> | Feeds | string,
    options: CallOptions,
    convert: (value: unknown) => T,
  ): Promise<T> {
    const { router } = this.#source;
    if (router === undefined) return this.#ask({ method, input, options, convert, routed: undefined });
    // The arm of a route answers.
    let routed: RoutedCall;
    try {
      routed = router.begin(options);
    } catch (error) {
      return Promise.reject(this.#typed(error, method));
    }
    const arm = new LiveModel<R, P>(routed.source, this.#path);
    return routed.follow(arm.#ask({ method, input, options, convert, routed }), { path: this.#path, method, input });
  }

  #ask<T>(call: Call<T>): Promise<T> {
    const { options } = call;
    if (options.signal?.aborted === true) return Promise.reject(abortedBy(options.signal));
    const entry = this.#source.tryAcquire();
    if (entry !== undefined) return this.#run(entry, call);
    return this.#load(options).then((loaded) => this.#run(loaded.entry, { ...call, options: loaded.left }));
  }

  /** Loads the model within the time of the call; gives what is left of that for the call itself. */
  async #load(options: CallOptions): Promise<{ readonly entry: ModelEntry; readonly left: CallOptions }> {
    const { timeoutMs } = options;
    if (timeoutMs === undefined) return { entry: await this.#source.acquire(options), left: options };
    const startedAt = performance.now();
    const timer = AbortSignal.timeout(Math.min(timeoutMs, MAX_TIMER_MS));
    const signal = options.signal === undefined ? timer : AbortSignal.any([options.signal, timer]);
    try {
      const entry = await this.#source.acquire({ ...options, signal });
      return { entry, left: { ...options, timeoutMs: Math.max(0, timeoutMs - (performance.now() - startedAt)) } };
    } catch (error) {
      if (!timer.aborted || options.signal?.aborted === true) throw error;
      throw tooLate(this.#source.label, timeoutMs, 'it was loading');
    }
  }

  /** Asks the model under the lease that the caller took. */
  #run<T>(entry: ModelEntry, call: Call<T>): Promise<T> {
    const { placed } = entry.value;
    const silent = call.method === 'tensor' || (call.routed !== undefined && call.routed.tag === undefined);
    const isTold = !silent && this.#source.events.wants('predict:end');
    const startedAt = isTold ? performance.now() : undefined;
    const { watch } = placed;
    let watched = false;
    let direct: DirectCall | undefined;
    let failure: MLServiceError | undefined;
    let later = false;
    try {
      const { method: name } = call;
      const loaded = this.#method(entry.value, name);
      entry.value.contract?.check(loaded, this.#path.length === 0, name, call.input);
      if (name === 'tensor') this.#checkTensor(call.input, loaded);
      // Reading a tensor is no work for the model: it neither waits nor makes others wait.
      else if (placed.queues) {
        direct = placed.gate.enter(loaded, name, call.options);
        later = direct === undefined;
        if (direct === undefined) return this.#queue(loaded, name, { entry, call, startedAt });
      }
      watched = name !== 'tensor' && watch?.begin() === true;
      const method = loaded[name] as (input: unknown, options: CallOptions) => unknown;
      const result = method.call(loaded, call.input, call.options);
      later = isThenable(result);
      if (!isThenable(result)) {
        if (watched) watch?.end(countRows(call.input) ?? 1);
        return Promise.resolve(call.convert(result));
      }
      if (name !== 'tensor') {
        // Now it is known that this model answers later: calls from now on may wait for each other.
        placed.queues = true;
        direct ??= placed.gate.adopt(loaded, name);
      }
      const outcome = this.#finish(result, { entry, call, startedAt, direct, watch: watched ? watch : undefined });
      const { signal, timeoutMs } = call.options;
      return signal === undefined && timeoutMs === undefined
        ? outcome
        : untilOver(outcome, call.options, this.#source.label);
    } catch (error) {
      if (watched) watch?.end(countRows(call.input) ?? 1);
      failure = this.#typed(error, call.method);
      return Promise.reject(failure);
    } finally {
      if (!later) this.#settle({ entry, call, startedAt, direct }, failure);
    }
  }

  /** Lets the call wait for its turn. */
  #queue<T>(loaded: LoadedModel, method: ModelMethod, running: Running<T>): Promise<T> {
    const { entry } = running;
    const keeper = (this.#keeper ??= {
      typed: (error, name) => this.#typed(error, name),
      settle: (ended, failure) => this.#settle(ended, failure),
    });
    return new Promise((resolve, reject) => {
      const waiting = new LiveCall(running, keeper, resolve, reject);
      entry.value.placed.gate.submit(loaded, method, waiting);
    });
  }

  /** The object that has the method; throws `ML_MODEL_METHOD_UNSUPPORTED`. */
  #method(built: BuiltModel, method: Method): LoadedModel {
    const loaded = this.#select(built);
    if (typeof loaded[method] !== 'function') throw this.#unsupported(method, loaded);
    return loaded;
  }

  async #finish<T>(result: PromiseLike<unknown>, running: Running<T>): Promise<T> {
    let failure: MLServiceError | undefined;
    try {
      return running.call.convert(await result);
    } catch (error) {
      failure = this.#typed(error, running.call.method);
      throw failure;
    } finally {
      running.watch?.end(countRows(running.call.input) ?? 1);
      this.#settle(running, failure);
    }
  }

  #settle({ entry, call, startedAt, direct }: Running<unknown>, error: MLServiceError | undefined): void {
    direct?.gate.leave(direct, call.input, error);
    entry.release();
    call.routed?.end(error);
    if (startedAt === undefined || call.method === 'tensor') return;
    const { model, version, artefact } = entry.value.ref;
    // Named one by one: spreading `ref` costs more than all the rest of the event.
    this.#source.events.emit('predict:end', {
      model,
      version,
      artefact,
      method: call.method,
      rows: call.method === 'run' ? undefined : countRows(call.input),
      durationMs: performance.now() - startedAt,
      error,
      ...(call.routed?.tag !== undefined && { route: call.routed.tag }),
    });
  }

  #typed(error: unknown, method: Method): MLServiceError {
    if (MLServiceError.isInstance(error)) return error;
    const text = error instanceof Error ? error.message : String(error);
    return new PredictionError('ML_PREDICT_FAILED', `${method} of ${this.#source.label} failed: ${text}`, {
      cause: error,
      details: { method },
    });
  }

  #checkTensor(name: unknown, loaded: LoadedModel): void {
    const tensors = loaded.tensors ?? NO_TENSORS;
    if (typeof name === 'string' && tensors.has(name)) return;
    const known = [...tensors.keys()];
    const listed = known.slice(0, MAX_NAMES).join(', ') + (known.length > MAX_NAMES ? ', ...' : '');
    throw new ModelMethodError(
      'ML_MODEL_PART_UNKNOWN',
      `${this.#source.label} has no tensor ${JSON.stringify(name)}; it has ${listed || 'none'}`,
      { details: { tensor: name, tensors: known.length } },
    );
  }

  #noPart(name: string, loaded: LoadedModel): ModelMethodError {
    const parts = [...(loaded.parts?.keys() ?? [])];
    const has = parts.length === 0 ? 'it holds a single object' : `it has ${parts.join(', ')}`;
    return new ModelMethodError('ML_MODEL_PART_UNKNOWN', `${this.#source.label} has no part "${name}"; ${has}`, {
      details: { part: name, parts },
    });
  }

  #unsupported(method: string, loaded: LoadedModel): ModelMethodError {
    const has = methodsOf(loaded);
    const parts = [...(loaded.parts?.keys() ?? [])];
    const choice = parts.length > 0 ? `; it holds ${parts.join(', ')}: choose one with part(name)` : '';
    const advice = loaded.advice === undefined ? '' : `; ${loaded.advice}`;
    return new ModelMethodError(
      'ML_MODEL_METHOD_UNSUPPORTED',
      `${this.#source.label} has no ${method}; it has ${has.join(', ') || 'no methods'}${choice}${advice}`,
      {
        details: { method, methods: has, parts },
      },
    );
  }
}

/** What is called under a lease; reading a tensor is no prediction, and no event tells of it. */
type Method = ModelMethod | 'tensor';

interface Call<T> {
  readonly method: Method;
  readonly input: unknown;
  readonly options: CallOptions;
  readonly convert: (value: unknown) => T;
  /** Where the arm of a route was given it. */
  readonly routed: RoutedCall | undefined;
}

/** What waiting calls ask of their model; made once, for many thousands may wait. */
interface CallKeeper {
  typed(error: unknown, method: Method): MLServiceError;
  settle(running: Running<unknown>, failure: MLServiceError | undefined): void;
}

/** A call on its way through a gate. */
class LiveCall<T> implements GateCall {
  readonly input: unknown;
  readonly options: CallOptions;
  readonly #running: Running<T>;
  readonly #keeper: CallKeeper;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: MLServiceError) => void;
  #failure: MLServiceError | undefined;

  constructor(
    running: Running<T>,
    keeper: CallKeeper,
    resolve: (value: T) => void,
    reject: (error: MLServiceError) => void,
  ) {
    const { input, options } = running.call;
    this.input = input;
    this.options = options;
    this.#running = running;
    this.#keeper = keeper;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  succeed(value: unknown): void {
    try {
      this.#resolve(this.#running.call.convert(value));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#failure = this.#keeper.typed(error, this.#running.call.method);
    this.#reject(this.#failure);
  }

  ended(): void {
    this.#keeper.settle(this.#running, this.#failure);
  }
}

interface Running<T> {
  readonly entry: ModelEntry;
  readonly call: Call<T>;
  /** `undefined` where nobody listens. */
  readonly startedAt: number | undefined;
  /** Of a call that went past the queue. */
  readonly direct?: DirectCall | undefined;
  readonly watch?: HoldWatch | undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function toArray<P>(value: unknown): P[] {
  if (Array.isArray(value)) return value as P[];
  if (isTensor(value)) return DenseTensor.from(value).toArray() as P[];
  if (typeof value === 'object' && value !== null && 'length' in value) return Array.from(value as ArrayLike<P>);
  throw new LoaderError(
    'ML_LOADER_INVALID',
    `predict must give an array with one value per row, it gave ${describe(value)}`,
  );
}

function toStored(value: unknown): StoredTensor {
  if (isTensor(value) && 'bytes' in value && value.bytes instanceof Uint8Array) return value as unknown as StoredTensor;
  throw new LoaderError(
    'ML_LOADER_INVALID',
    `tensor must give { name, data, bytes, shape, dtype }, it gave ${describe(value)}`,
  );
}

function toTensor(value: unknown): Tensor {
  if (isTensor(value)) return DenseTensor.from(value);
  throw new LoaderError(
    'ML_LOADER_INVALID',
    `the loader's method must give a tensor { data, shape, dtype }, it gave ${describe(value)}`,
  );
}

/** One matrix, or one per output. */
function toProbabilities(value: unknown): Tensor | Tensor[] {
  return Array.isArray(value) ? value.map(toTensor) : toTensor(value);
}

function toTensors(value: unknown): Record<string, Tensor> {
  // What the library's own loaders give is new for each call, and goes on as it is.
  if (isDense(value)) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, TensorLike>).map(([name, tensor]) => [name, toTensor(tensor)]),
  );
}

function isDense(value: unknown): value is Record<string, DenseTensor> {
  for (const name in value as object)
    if (!((value as Record<string, unknown>)[name] instanceof DenseTensor)) return false;
  return true;
}

function abortedBy(signal: AbortSignal): AbortedError {
  return new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: signal.reason });
}

function tooLate(label: string, timeoutMs: number, doing: string): DeadlineError {
  return new DeadlineError(
    'ML_DEADLINE_EXCEEDED',
    `${label} did not answer within timeoutMs (${timeoutMs} ms): ${doing}`,
    { details: { timeoutMs, started: true } },
  );
}

/** Lets the caller go when it aborts or its time is over; the work goes on unseen and keeps its lease to the end. */
function untilOver<T>(outcome: Promise<T>, { signal, timeoutMs }: CallOptions, label: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(abortedBy(signal as AbortSignal));
    signal?.addEventListener('abort', leave, { once: true });
    const cancel =
      timeoutMs === undefined
        ? undefined
        : systemClock.after(timeoutMs, () => reject(tooLate(label, timeoutMs, 'it was computing')));
    outcome.then(resolve, reject).finally(() => {
      signal?.removeEventListener('abort', leave);
      cancel?.();
    });
  });
}
