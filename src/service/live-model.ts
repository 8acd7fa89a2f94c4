import { DenseTensor } from '../data/dense-tensor.ts';
import { countRows, describe, isTensor } from '../data/rows.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { ModelMethodError } from '../errors/model-method-error.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { StoredTensor, TensorInfo } from '../spec/stored-tensor.ts';
import type { CallOptions, Feeds, Model, ModelInfo, ModelMethod, Prediction } from '../spec/model.ts';
import type { Row, Rows } from '../spec/rows.ts';
import type { Tensor, TensorLike } from '../spec/tensor.ts';
import type { BuiltModel, ModelEntry } from './build-model.ts';
import { findPart } from './find-part.ts';
import { methodsOf } from './model-methods.ts';

/** Where a model's face gets its model from. */
export interface ModelSource {
  readonly events: EventBus;
  /** For messages about a model that is not loaded. */
  readonly label: string;
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

/**
 * The one implementation of `Model`: takes a lease for each call, finds the method, tells events.
 * A call on a loaded model costs one promise beside the loader's own.
 */
export class LiveModel<R = Row, P = Prediction> implements Model<R, P> {
  readonly #source: ModelSource;
  /** Names from the file's root object to this one. */
  readonly #path: readonly string[];

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

  async predictOne(row: R, options: CallOptions = NO_OPTIONS): Promise<P> {
    const results = await this.predict([row], options);
    if (results.length === 1) return results[0] as P;
    throw new LoaderError('ML_LOADER_INVALID', `${this.#source.label} gave ${results.length} predictions for one row`);
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
    if (options.signal?.aborted === true) return Promise.reject(abortedBy(options.signal));
    const entry = this.#source.tryAcquire();
    if (entry !== undefined) return this.#run(entry, { method, input, options, convert });
    return this.#source.acquire(options).then((loaded) => this.#run(loaded, { method, input, options, convert }));
  }

  /** Calls the loader's method under the lease that the caller took. */
  #run<T>(entry: ModelEntry, call: Call<T>): Promise<T> {
    const isTold = call.method !== 'tensor' && this.#source.events.wants('predict:end');
    const startedAt = isTold ? performance.now() : undefined;
    let failure: MLServiceError | undefined;
    let later = false;
    try {
      const loaded = this.#select(entry.value);
      const method = loaded[call.method] as ((input: unknown, options: CallOptions) => unknown) | undefined;
      if (typeof method !== 'function') throw this.#unsupported(call.method, loaded);
      if (call.method === 'tensor') this.#checkTensor(call.input, loaded);
      const result = method.call(loaded, call.input, call.options);
      later = isThenable(result);
      if (!isThenable(result)) return Promise.resolve(call.convert(result));
      const outcome = this.#finish(result, { entry, call, startedAt });
      return call.options.signal === undefined ? outcome : untilAborted(outcome, call.options.signal);
    } catch (error) {
      failure = this.#typed(error, call.method);
      return Promise.reject(failure);
    } finally {
      if (!later) this.#settle({ entry, call, startedAt }, failure);
    }
  }

  async #finish<T>(result: PromiseLike<unknown>, running: Running<T>): Promise<T> {
    let failure: MLServiceError | undefined;
    try {
      return running.call.convert(await result);
    } catch (error) {
      failure = this.#typed(error, running.call.method);
      throw failure;
    } finally {
      this.#settle(running, failure);
    }
  }

  #settle({ entry, call, startedAt }: Running<unknown>, error: MLServiceError | undefined): void {
    entry.release();
    if (startedAt === undefined || call.method === 'tensor') return;
    this.#source.events.emit('predict:end', {
      ...entry.value.ref,
      method: call.method,
      rows: call.method === 'run' ? undefined : countRows(call.input),
      durationMs: performance.now() - startedAt,
      error,
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
}

interface Running<T> {
  readonly entry: ModelEntry;
  readonly call: Call<T>;
  /** `undefined` where nobody listens. */
  readonly startedAt: number | undefined;
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
  return Object.fromEntries(
    Object.entries(value as Record<string, TensorLike>).map(([name, tensor]) => [name, toTensor(tensor)]),
  );
}

function abortedBy(signal: AbortSignal): AbortedError {
  return new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: signal.reason });
}

/** Lets the caller go when it aborts; the work goes on unseen and keeps its lease to the end. */
function untilAborted<T>(outcome: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(abortedBy(signal));
    signal.addEventListener('abort', leave, { once: true });
    outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
