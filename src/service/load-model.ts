import { fileURLToPath } from 'node:url';
import { CacheEntry } from '../cache/cache-entry.ts';
import { describe } from '../data/rows.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import { EventBus } from '../events/event-bus.ts';
import { systemClock } from '../internal/clock.ts';
import { bytesArtefact, openArtefact } from '../repository/artefact-reader.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ServiceEventName, ServiceListener } from '../spec/events.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { CallOptions, Model, Prediction } from '../spec/model.ts';
import type { OpenOptions } from '../spec/model-repository.ts';
import type { Row } from '../spec/rows.ts';
import { type BuiltModel, buildModel, type ModelEntry } from './build-model.ts';
import { ExecutionRuntime } from './execution-runtime.ts';
import { LiveModel, type ModelSource } from './live-model.ts';
import { configure } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';

/** Listeners by event name. */
export type Listeners = { readonly [E in ServiceEventName]?: ServiceListener<E> };

/** Options of `loadModel`; each as in `RegistryOptions`. */
export interface LoadModelOptions
  extends Pick<CallOptions, 'signal'>,
    Pick<
      RegistryOptions,
      | 'loaders'
      | 'loaderOptions'
      | 'verification'
      | 'strictExtensions'
      | 'limits'
      | 'loadTimeoutMs'
      | 'extraFeatures'
      | 'execution'
      | 'admission'
      | 'batching'
      | 'sidecar'
    > {
  /** What a metadata file would say: feature names, classes, checksum, ... */
  readonly metadata?: Partial<ModelMetadata>;
  /** As in `RegistryOptions.models`. */
  readonly engine?: 'python';
  /** Listeners for the events of this model, e.g. `{ 'model:warning': console.warn }`. */
  readonly on?: Listeners;
}

/** A model in memory instead of a file. */
export interface ModelBytes {
  readonly bytes: Uint8Array;
  /** File name, whose extension helps where the content does not tell the format. */
  readonly name: string;
}

/**
 * Loads one file or directory, without a models directory. The content decides the format.
 * The model is not cached: each call gives another one; free it with `dispose()`.
 *
 * @param source a path, or bytes with a name
 * @throws `ML_ARTEFACT_*`, `ML_FORMAT_*`, `ML_CHECKSUM_*`, `ML_LOADER_*`: see `docs/errors.md`
 */
export async function loadModel<R = Row, P = Prediction>(
  source: string | URL | ModelBytes,
  options: LoadModelOptions = {},
): Promise<Model<R, P>> {
  const { on = {}, metadata, engine, signal = new AbortController().signal, ...rest } = options;
  checkEngine(engine);
  const config = configure(rest);
  const events = new EventBus();
  for (const [event, listener] of Object.entries(on))
    events.on(event as ServiceEventName, listener as ServiceListener<ServiceEventName>);
  const { name, artefact, open } = sourceOf(source);
  const runtime = new ExecutionRuntime(config.execution, config.container.processors);
  const built = await buildModel(
    { ...config, events, runtime },
    {
      requested: name,
      name: metadata?.name ?? name,
      ref: { model: metadata?.name ?? name, version: metadata?.version, artefact },
      metadata:
        metadata === undefined
          ? undefined
          : { extra: {}, ...metadata, name: metadata.name ?? name, version: metadata.version ?? '' },
      place: undefined,
      loaderOptions: undefined,
      engine,
      fresh: artefact !== undefined,
      resolveMs: 0,
      signal,
      makeRoom: () => Promise.resolve(),
      open: (opening) => open({ ...opening, maxBytes: config.limits.maxModelBytes }),
    },
  );
  return new LiveModel<R, P>(new SingleModel(built, events));
}

function checkEngine(engine: unknown): void {
  if (engine === undefined || engine === 'python') return;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.engine must be 'python' or absent, got ${describe(engine)}`,
  );
}

function sourceOf(source: string | URL | ModelBytes): {
  readonly name: string;
  readonly artefact: string | undefined;
  readonly open: (options: OpenOptions) => Promise<Artefact>;
} {
  if (typeof source === 'string' || source instanceof URL) {
    const path = typeof source === 'string' ? source : pathOf(source);
    const name = path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
    return { name, artefact: path, open: (options) => openArtefact(undefined, path, options) };
  }
  if (source?.bytes instanceof Uint8Array && typeof source.name === 'string') {
    return {
      name: source.name,
      artefact: undefined,
      open: () => Promise.resolve(bytesArtefact(source.name, source.bytes)),
    };
  }
  throw wrongSource();
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw wrongSource(error);
  }
}

function wrongSource(cause?: unknown): ConfigurationError {
  return new ConfigurationError(
    'ML_OPTIONS_INVALID',
    'loadModel() takes a path, a file URL or { bytes: Uint8Array, name: string }',
    { cause },
  );
}

/** The life of one model that no cache holds. */
class SingleModel implements ModelSource {
  readonly events: EventBus;
  readonly #entry: ModelEntry;
  #disposing: Promise<void> | undefined;

  constructor(built: BuiltModel, events: EventBus) {
    this.events = events;
    this.#entry = new CacheEntry({ key: built.info.name, value: built, pinned: true, clock: systemClock });
  }

  get label(): string {
    return this.#entry.key;
  }

  tryAcquire(): ModelEntry | undefined {
    if (!this.#entry.live) return undefined;
    this.#entry.lease();
    return this.#entry;
  }

  acquire(): Promise<ModelEntry> {
    return Promise.reject(this.#gone());
  }

  loaded(): boolean {
    return this.#entry.live;
  }

  peek(): BuiltModel {
    if (!this.#entry.live) throw this.#gone();
    return this.#entry.value;
  }

  dispose(): Promise<void> {
    return (this.#disposing ??= this.#entry.retire());
  }

  #gone(): LifecycleError {
    return new LifecycleError('ML_MODEL_DISPOSED', `${this.label} was disposed; load it again`);
  }
}
