import type { CacheEntry } from '../cache/cache-entry.ts';
import { ModelCache } from '../cache/model-cache.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import { EventBus } from '../events/event-bus.ts';
import { verifyArtefact } from '../integrity/verify-artefact.ts';
import { systemClock } from '../internal/clock.ts';
import { Limiter } from '../internal/limiter.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import type { EventSource, ServiceEventName, ServiceListener } from '../spec/events.ts';
import type { ExecutionStatus } from '../spec/execution.ts';
import type { ModelHealth, ModelState, RegistryHealth } from '../spec/health.ts';
import type { CallOptions, Model, Prediction } from '../spec/model.ts';
import type { ModelArea, ModelRecord, ModelRepository, RepositoryProblem } from '../spec/model-repository.ts';
import type { Explanation } from '../spec/resolution.ts';
import type { Row } from '../spec/rows.ts';
import type { BuiltModel } from './build-model.ts';
import { ExecutionRuntime } from './execution-runtime.ts';
import { LiveModel } from './live-model.ts';
import { MemoryWatch } from './memory-watch.ts';
import { type ModelRequest, ModelResolver } from './model-resolver.ts';
import { DEFAULT_UNLOAD_TIMEOUT_MS, ModelSlot, type SlotHost } from './model-slot.ts';
import { configure, type RegistryConfig } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';
import { checkService } from './service-contract.ts';

/** Where in the models directory to look. Default `trained`. */
export interface AreaOptions {
  readonly area?: ModelArea;
}

/** A known artefact and its state in this process. */
export interface ModelSummary extends ModelRecord {
  readonly state: ModelState;
}

/** What comparing an artefact with its metadata gave. */
export interface Verified {
  /** `ok`: the checksum agrees. `skipped`: the metadata has none that counts. */
  readonly result: 'ok' | 'skipped';
  readonly algorithm: string | undefined;
  /** Bytes read. */
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What a registry needs to know of a service. */
export interface ServiceLike {
  readonly modelName: string;
  readonly modelVersion: string;
}

/** A service class that a registry can construct. */
export type ServiceClass<S extends ServiceLike> = new (options: { readonly registry: MLServiceRegistry }) => S;

const MOST_ALIVE_FIRST: readonly ModelState[] = ['ready', 'loading', 'unloading', 'failed', 'unloaded'];

// Shared by all copies of the package in a process, ESM and CommonJS alike: one cache, one budget.
const DEFAULT_REGISTRY = Symbol.for('base-ml-service.default-registry.v1');
const shared = globalThis as { [DEFAULT_REGISTRY]?: MLServiceRegistry };

/**
 * Models by name and version: finds, verifies, loads, caches and watches over them. One per
 * process as a rule. Nothing is read before the first call that needs it.
 */
export class MLServiceRegistry implements EventSource {
  readonly #config: RegistryConfig;
  readonly #repository: ModelRepository;
  readonly #events = new EventBus();
  readonly #cache: ModelCache<BuiltModel>;
  readonly #resolver: ModelResolver;
  readonly #runtime: ExecutionRuntime;
  readonly #memory: MemoryWatch;
  readonly #host: SlotHost;
  readonly #slots = new Map<string, ModelSlot>();
  readonly #services = new Set<string>();
  #watching: Promise<(() => Promise<void>) | undefined> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws `ML_OPTIONS_INVALID`, `ML_ENV_INVALID` */
  constructor(options: RegistryOptions = {}) {
    const config = configure(options);
    this.#config = config;
    this.#repository =
      config.repository ??
      new DirectoryRepository(config.modelsDir, {
        limits: config.limits,
        ...(config.fileNamePattern !== undefined && { fileNamePattern: config.fileNamePattern }),
      });
    this.#cache = new ModelCache(config.cache, {
      evicted: (entry, reason, idleMs) => this.#evicted(entry, reason, idleMs),
      pressure: (neededBytes) => this.#events.emit('memory:pressure', { ...this.#cache.memory(), neededBytes }),
      changed: () => {
        this.#memory.changed();
        this.#sampleMemory();
      },
      freed: (entry) => this.#memory.freed(entry.value),
    });
    this.#memory = new MemoryWatch({
      cache: this.#cache,
      container: config.container,
      events: this.#events,
      clock: systemClock,
      rss: () => process.memoryUsage.rss(),
    });
    this.#runtime = new ExecutionRuntime(config.execution, config.container.processors);
    this.#resolver = new ModelResolver(this.#repository, config, () => this.#watch());
    const loads = new Limiter(config.maxParallelLoads);
    this.#host = {
      cache: this.#cache,
      resolver: this.#resolver,
      settings: { ...config, events: this.#events, runtime: this.#runtime },
      pinned: config.pinned,
      inTurn: (work) => loads.run(work),
      assertOpen: () => this.#assertOpen(),
      known: (slot) => this.#slots.set(keyOf(slot.request), slot),
      unknown: (slot) => this.#forget(slot),
      replaced: (entry) => this.#replaced(entry),
    };
  }

  /** The registry that services use when they are given none; configured by environment variables. */
  static default(): MLServiceRegistry {
    return (shared[DEFAULT_REGISTRY] ??= new MLServiceRegistry());
  }

  /** The formats that can be read; `register` adds one. */
  get loaders(): LoaderRegistry {
    return this.#config.loaders;
  }

  /** What is in force: options over environment over defaults. */
  get config(): RegistryConfig {
    return this.#config;
  }

  /**
   * Makes a service of this registry.
   *
   * @throws `ML_SERVICE_INVALID` if the class has no `modelName`
   */
  create<S extends ServiceLike>(Service: ServiceClass<S>): S {
    this.#assertOpen();
    if (typeof Service !== 'function')
      throw new ConfigurationError('ML_SERVICE_INVALID', `create() takes a service class, got ${typeof Service}`);
    const service = new Service({ registry: this });
    this.register(service);
    return service;
  }

  /**
   * Counts a service's model among those that `health` speaks of even while there is no file for it.
   * Services do this themselves.
   *
   * @throws `ML_SERVICE_INVALID`
   */
  register(service: ServiceLike): void {
    checkService(service);
    this.#services.add(service.modelName);
  }

  /** A model that is loaded by its first call. */
  model<R = Row, P = Prediction>(name: string, version = 'latest', options: AreaOptions = {}): Model<R, P> {
    return new LiveModel<R, P>(this.#slot(name, version, options.area));
  }

  /**
   * Resolves and loads now, even if the last try failed a short while ago; with `afresh: false` as a prediction would
   * load: only what is not there yet, and not during the pause after a failure.
   *
   * @throws whatever resolving and loading raise: see `docs/errors.md`
   */
  async load<R = Row, P = Prediction>(
    name: string,
    version = 'latest',
    options: AreaOptions & CallOptions & { readonly afresh?: boolean } = {},
  ): Promise<Model<R, P>> {
    const slot = this.#slot(name, version, options.area);
    const entry = await slot.acquire({ afresh: true, ...options });
    entry.release();
    return new LiveModel<R, P>(slot);
  }

  /**
   * Frees a model after the calls in flight; the next call loads it again.
   *
   * @throws `ML_MODEL_UNLOAD_TIMEOUT` after `timeoutMs` (default 10,000), freeing nothing in use
   */
  async unload(
    name: string,
    version = 'latest',
    options: AreaOptions & { readonly timeoutMs?: number } = {},
  ): Promise<void> {
    await this.#slot(name, version, options.area).unload(options.timeoutMs);
  }

  /** Every artefact in the repository, with its state. */
  async models(): Promise<ModelSummary[]> {
    this.#assertOpen();
    const { records } = await this.#resolver.index();
    const states = new Map<string | undefined, ModelState>();
    for (const slot of this.#slots.values()) {
      const { artefact, state } = slot.health();
      // Several requests may mean one artefact; what one of them has loaded is loaded.
      const known = states.get(artefact) ?? 'unloaded';
      if (MOST_ALIVE_FIRST.indexOf(state) < MOST_ALIVE_FIRST.indexOf(known)) states.set(artefact, state);
    }
    return records.map((record) => ({ ...record, state: states.get(record.id) ?? 'unloaded' }));
  }

  /** Files in the repository that cannot be used, and why. */
  async problems(): Promise<readonly RepositoryProblem[]> {
    this.#assertOpen();
    return (await this.#resolver.index()).problems;
  }

  /** Names of the models of the services in use, sorted. */
  services(): string[] {
    return [...this.#services].sort();
  }

  /** @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, `ML_MODEL_VERSION_INVALID`, `ML_MODEL_AMBIGUOUS` */
  async resolve(name: string, version = 'latest', options: AreaOptions = {}): Promise<ModelRecord> {
    this.#assertOpen();
    return this.#resolver.record({ area: options.area ?? 'trained', name, version });
  }

  /** Which files were candidates, which one was chosen, and why not the others. */
  async explain(name: string, version = 'latest', options: AreaOptions = {}): Promise<Explanation> {
    this.#assertOpen();
    return this.#resolver.explain({ area: options.area ?? 'trained', name, version });
  }

  /**
   * Reads an artefact and compares size and checksum with its metadata, without loading it.
   *
   * @throws `ML_ARTEFACT_*`, `ML_CHECKSUM_*`, `ML_SIZE_MISMATCH`
   */
  async verify(record: ModelRecord, options: CallOptions = {}): Promise<Verified> {
    this.#assertOpen();
    const { verification, limits } = this.#config;
    const artefact = await this.#repository.open(record, {
      maxBytes: limits.maxModelBytes,
      signal: options.signal ?? new AbortController().signal,
    });
    const { result, algorithm } = await verifyArtefact(artefact, record.metadata, verification);
    return { result, algorithm, bytes: artefact.size, sha256: artefact.sha256 };
  }

  /**
   * Lets an alias stand for a version, after that version was loaded; if it does not load, nothing
   * changes. Calls by the alias that start later use that version.
   */
  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.load(name, version);
    this.#resolver.setAlias(name, alias, version);
    await this.load(name, alias);
  }

  /** Looks at the repository again on next use. */
  refresh(): void {
    this.#repository.refresh();
  }

  /** The state of every model that was asked for, and of memory. */
  health(): RegistryHealth {
    const models = [...this.#slots.values()].map((slot) => slot.health());
    const status =
      this.#closed !== undefined ? 'closed' : models.some(({ state }) => state === 'failed') ? 'failing' : 'ok';
    return { status, models, memory: this.#cache.memory() };
  }

  /** Where every loaded model runs, and how its calls come through. */
  execution(): ExecutionStatus[] {
    return this.#cache.values().map(({ placed, ref }) => placed.status(ref));
  }

  /** The state of one model as callers ask for it. */
  modelHealth(name: string, version = 'latest', options: AreaOptions = {}): ModelHealth {
    return this.#slot(name, version, options.area).health();
  }

  on<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#events.on(event, listener);
    return this;
  }

  once<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#events.once(event, listener);
    return this;
  }

  off<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#events.off(event, listener);
    return this;
  }

  /**
   * Ends: refuses new calls, waits up to `timeoutMs` (default 10,000) for those in flight, frees
   * every model. Twice is harmless.
   *
   * @throws `ML_MODEL_UNLOAD_TIMEOUT` if calls were still in flight; their models are freed when they end
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(options.timeoutMs ?? DEFAULT_UNLOAD_TIMEOUT_MS);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(timeoutMs: number): Promise<void> {
    if (shared[DEFAULT_REGISTRY] === this) delete shared[DEFAULT_REGISTRY];
    // First of all, so that no call that comes from now on is served.
    const closing = this.#cache.close(
      new LifecycleError('ML_REGISTRY_CLOSED', 'the registry was closed while the model loaded'),
      timeoutMs,
    );
    this.#memory.stop();
    const stopWatching = await this.#watching?.catch(() => undefined);
    await stopWatching?.();
    const errors = await closing;
    if (errors.length > 0) throw errors[0];
  }

  #slot(name: string, version: string, area: ModelArea = 'trained'): ModelSlot {
    if (typeof name !== 'string' || name === '')
      throw new ConfigurationError(
        'ML_OPTIONS_INVALID',
        `the model name must be a non-empty string, got ${JSON.stringify(name)}`,
      );
    if (typeof version !== 'string' || version === '')
      throw new ConfigurationError(
        'ML_OPTIONS_INVALID',
        `the version of ${name} must be a non-empty string such as 'v1', '1.2.0' or 'latest', got ${JSON.stringify(version)}`,
      );
    const key = keyOf({ area, name, version });
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = new ModelSlot({ area, name, version }, this.#host);
      this.#slots.set(key, slot);
    }
    return slot;
  }

  /** Names that come with requests must not fill the memory, nor make `health` fail for good. */
  #forget(slot: ModelSlot): void {
    if (!slot.loaded() && !this.#services.has(slot.request.name)) this.#slots.delete(keyOf(slot.request));
  }

  /** Frees a model that no request stands for any more. Calls in flight end first. */
  #replaced(entry: CacheEntry<BuiltModel>): void {
    if ([...this.#slots.values()].some((slot) => slot.uses(entry))) return;
    this.#cache.drop(entry.key, 'replaced', DEFAULT_UNLOAD_TIMEOUT_MS).catch((error: unknown) => {
      process.emitWarning(String(error), { type: 'BaseMLServiceWarning', code: 'ML_UNLOAD' });
    });
  }

  #evicted(entry: CacheEntry<BuiltModel>, reason: Parameters<ModelSlot['evicted']>[1], idleMs: number): void {
    for (const slot of this.#slots.values()) slot.evicted(entry, reason);
    this.#events.emit('cache:evict', { ...entry.value.ref, reason, bytes: entry.bytes, idleMs });
  }

  #sampleMemory(): void {
    if (!this.#events.wants('memory:sample')) return;
    this.#events.emit('memory:sample', { ...this.#cache.memory(), rssBytes: process.memoryUsage.rss() });
  }

  /** Watching starts with the first look at the repository. */
  async #watch(): Promise<void> {
    if (!this.#config.watch || this.#repository.watch === undefined) return;
    this.#watching ??= this.#repository.watch(() => {
      this.#events.emit('repository:change', { location: this.#repository.location });
    });
    await this.#watching;
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new LifecycleError('ML_REGISTRY_CLOSED', 'the registry is closed');
  }
}

function keyOf({ area, name, version }: ModelRequest): string {
  return `${area}/${name}@${version}`;
}
