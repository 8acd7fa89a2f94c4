import { ArtefactError } from '../errors/artefact-error.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import { fromWireError, toWireError } from '../errors/wire-error.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import type { LoadedModel, ModelLoader } from '../spec/model-loader.ts';
import { BlobTable } from './blob-table.ts';
import { describeModel } from './describe-model.ts';
import type { CallOutcome, CallsMessage, HostMessage, LoaderReference, LoadMessage } from './messages.ts';
import { guardRows } from './guard-rows.ts';
import { warmUpOf } from './warm-up.ts';
import type { StoredTensor } from '../spec/stored-tensor.ts';
import { ownBytes } from './own-bytes.ts';
import { toWireOutput } from './wire-output.ts';
import type { WorkerPort } from './worker-port.ts';

/** Finds a loader in the worker. */
export type FindLoader = (reference: LoaderReference) => Promise<ModelLoader>;

/** The worker's side: loads one model, answers calls in the order in which they come, frees it. */
export function serveModel(port: WorkerPort, findLoader: FindLoader): void {
  const server = new ModelServer(port, findLoader);
  port.listen((message) => server.take(message));
  port.post({ type: 'ready' });
}

class ModelServer {
  readonly #port: WorkerPort;
  readonly #findLoader: FindLoader;
  readonly #blobs = new BlobTable();
  readonly #reads = new Map<number, Deferred<Uint8Array>>();
  readonly #aborted = new AbortController();
  #model: LoadedModel | undefined;
  #readId = 0;
  /** Work is done one piece after the other: an engine computes one thing at a time anyway. */
  #last: Promise<void> = Promise.resolve();

  constructor(port: WorkerPort, findLoader: FindLoader) {
    this.#port = port;
    this.#findLoader = findLoader;
    // It ends with this process, or with the one that it works for: then this process ends too.
    if (port.bytes !== undefined) void this.#blobs.read(port.bytes).catch(() => undefined);
  }

  take(message: HostMessage): void {
    switch (message.type) {
      case 'blob':
        return this.#blobs.announce(message);
      case 'file':
        return void this.#file(message);
      case 'abort':
        return this.#aborted.abort();
      case 'load':
        return this.#next(() => this.#load(message));
      case 'calls':
        return this.#next(() => this.#calls(message));
      case 'dispose':
        return this.#next(() => this.#dispose());
      default:
        return message satisfies never;
    }
  }

  #next(work: () => Promise<void>): void {
    this.#last = this.#after(this.#last, work);
  }

  async #after(last: Promise<void>, work: () => Promise<void>): Promise<void> {
    await last;
    if (this.#port.busy?.begin() === false) return;
    try {
      await work();
    } finally {
      this.#port.busy?.end();
    }
  }

  async #load(message: LoadMessage): Promise<void> {
    const { metadata, options, limits, extraFeatures, threads, guard } = message;
    try {
      const content = await this.#blobs.resolve(message.content);
      const loader = await this.#findLoader(message.loader);
      const built = await loader.load({
        artefact: { ...message.artefact, bytes: content, read: (path) => this.#read(path) },
        metadata,
        options,
        limits,
        extraFeatures,
        ...(threads !== undefined && { threads }),
        signal: this.#aborted.signal,
        phase: (phase) => this.#port.post({ type: 'phase', phase }),
        warn: (warning) => this.#port.post({ type: 'warning', warning }),
      });
      const loaded = guard === undefined ? built : guardRows(built, guard, extraFeatures);
      this.#model = loaded;
      const warmUp = message.warmUp
        ? warmUpOf(loaded, metadata, (warning) => this.#port.post({ type: 'warning', warning }))
        : undefined;
      if (warmUp !== undefined) this.#port.post({ type: 'phase', phase: 'warm-up' });
      await warmUp?.();
      const residentBytes = this.#port.busy === undefined ? process.memoryUsage.rss() : undefined;
      this.#port.post({ type: 'loaded', model: describeModel(loaded), residentBytes });
    } catch (error) {
      this.#port.post({ type: 'failed', error: toWireError(loadError(error, message)) });
    }
  }

  async #calls({ id, path, method, inputs }: CallsMessage): Promise<void> {
    const outcomes: CallOutcome[] = [];
    const transfer: ArrayBuffer[] = [];
    for (const input of inputs) {
      try {
        const loaded = this.#part(path);
        const call = loaded[method] as (input: unknown, options: object) => unknown;
        const result = call.call(loaded, input, {});
        const value = isThenable(result) ? await result : result;
        outcomes.push({
          value: method === 'tensor' ? toWireTensor(value as StoredTensor) : toWireOutput(value, transfer),
        });
      } catch (error) {
        outcomes.push({ error: toWireError(error) });
      }
    }
    try {
      this.#port.post({ type: 'results', id, outcomes }, transfer);
    } catch (error) {
      const text = `${method} gave something that cannot be sent from the worker: ${String(error)}`;
      const refused = { error: toWireError(new PredictionError('ML_PREDICT_FAILED', text)) };
      this.#port.post({ type: 'results', id, outcomes: outcomes.map(() => refused) });
    }
  }

  #part(path: readonly string[]): LoadedModel {
    let part = this.#model as LoadedModel;
    for (const name of path) part = part.parts?.get(name) as LoadedModel;
    return part;
  }

  async #dispose(): Promise<void> {
    try {
      await this.#model?.dispose?.();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#port.post({ type: 'warning', warning: { code: 'dispose-failed', message } });
    }
    this.#model = undefined;
    this.#port.post({ type: 'disposed' });
    this.#port.close();
  }

  #read(path: string): Promise<Uint8Array> {
    const id = this.#readId++;
    const answer = deferred<Uint8Array>();
    this.#reads.set(id, answer);
    this.#port.post({ type: 'read', id, path });
    // Nothing is computed meanwhile, and an event loop that ends the process would never answer.
    this.#port.busy?.end();
    return answer.promise;
  }

  async #file({ id, content, error }: Extract<HostMessage, { type: 'file' }>): Promise<void> {
    const answer = this.#reads.get(id);
    this.#reads.delete(id);
    this.#port.busy?.begin();
    if (content !== undefined) answer?.resolve(await this.#blobs.resolve(content));
    else
      answer?.reject(
        error === undefined
          ? new ArtefactError('ML_ARTEFACT_UNREADABLE', 'a file of the model could not be read')
          : fromWireError(error),
      );
  }
}

/** A view of a large file would take the file along. */
function toWireTensor({ name, shape, dtype, bytes, data }: StoredTensor): StoredTensor {
  return { name, shape: [...shape], dtype, bytes: ownBytes(bytes), data: ownBytes(data) };
}

function loadError(error: unknown, { loader, artefact }: LoadMessage): MLServiceError {
  if (MLServiceError.isInstance(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new LoaderError('ML_LOADER_FAILED', `loader "${loader.name}" failed on ${artefact.name}: ${text}`, {
    cause: error,
    details: { loader: loader.name },
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
