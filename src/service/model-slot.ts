import type { ModelCache } from '../cache/model-cache.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { EvictReason, ModelRef } from '../spec/events.ts';
import type { ModelHealth, ModelState } from '../spec/health.ts';
import type { CallOptions } from '../spec/model.ts';
import { type BuildSettings, type BuiltModel, buildModel, type ModelEntry } from './build-model.ts';
import type { ModelSource } from './live-model.ts';
import type { ModelRequest, ModelResolver, ResolvedModel } from './model-resolver.ts';

/** What slots share. */
export interface SlotHost {
  readonly cache: ModelCache<BuiltModel>;
  readonly resolver: ModelResolver;
  readonly settings: BuildSettings;
  readonly pinned: ReadonlySet<string>;
  /** Waits for a place among the loads that run at the same time. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  assertOpen(): void;
  /** A slot that is asked for something. */
  known(slot: ModelSlot): void;
  /** A slot that stands for nothing that exists. */
  unknown(slot: ModelSlot): void;
  /** A model whose place another one took. */
  replaced(entry: ModelEntry): void;
}

/** How a slot loads. */
export interface SlotLoadOptions extends CallOptions {
  /** Resolves and tries afresh, whatever was known or failed before. */
  readonly afresh?: boolean;
}

/** Milliseconds that unloading waits for calls in flight. */
export const DEFAULT_UNLOAD_TIMEOUT_MS = 10_000;

/**
 * One name and version as callers ask for it: which artefact it stands for, its loaded entry, its
 * state. Once resolved it stays with that artefact until it is loaded afresh or unloaded, so
 * that `latest` never changes between two calls by itself.
 */
export class ModelSlot implements ModelSource {
  readonly request: ModelRequest;
  readonly events: EventBus;
  readonly #host: SlotHost;
  #resolved: ResolvedModel | undefined;
  #resolving: Promise<ResolvedModel> | undefined;
  #resolveMs = 0;
  #entry: ModelEntry | undefined;
  /** Being unloaded, with calls still in flight. */
  #leaving: ModelEntry | undefined;
  #state: ModelState = 'unloaded';
  #since = Date.now();
  #reason: string | undefined;
  #loads = 0;

  constructor(request: ModelRequest, host: SlotHost) {
    this.request = request;
    this.events = host.settings.events;
    this.#host = host;
  }

  get label(): string {
    const { name, version } = this.request;
    return this.#resolved?.ref.artefact ?? `${name} ${version}`;
  }

  tryAcquire(): ModelEntry | undefined {
    const entry = this.#entry;
    if (entry === undefined || !this.#host.cache.touch(entry)) return undefined;
    if (this.events.wants('cache:hit')) this.events.emit('cache:hit', entry.value.ref);
    return entry;
  }

  async acquire(options: SlotLoadOptions): Promise<ModelEntry> {
    this.#host.assertOpen();
    this.#host.known(this);
    if (options.afresh === true) this.#startAfresh();
    else {
      const loaded = this.tryAcquire();
      if (loaded !== undefined) return loaded;
    }
    this.#loads += 1;
    // During the pause after a failure nothing is tried, so the state stays as it is.
    if (this.#state !== 'failed' || options.afresh === true) this.#starting();
    try {
      const resolved = this.#resolved ?? (await this.#resolve());
      const entry = this.#shared(resolved) ?? (await this.#fromCache(resolved, options));
      const previous = this.#entry;
      this.#entry = entry;
      if (previous !== undefined && previous !== entry) this.#host.replaced(previous);
      this.#become('ready', undefined);
      return entry;
    } catch (error) {
      this.#resolved = undefined;
      this.#failed(error);
      if (isUnknown(error)) this.#host.unknown(this);
      throw error;
    } finally {
      this.#loads -= 1;
    }
  }

  loaded(): boolean {
    return this.#entry?.live === true;
  }

  peek(): BuiltModel {
    if (this.#entry?.live === true) return this.#entry.value;
    throw new LifecycleError('ML_MODEL_NOT_LOADED', `${this.label} is not loaded; await load() or a prediction first`);
  }

  /** @throws `ML_MODEL_UNLOAD_TIMEOUT` */
  async unload(timeoutMs: number = DEFAULT_UNLOAD_TIMEOUT_MS): Promise<void> {
    const entry = this.#entry ?? this.#leaving;
    this.#resolved = undefined;
    this.#entry = undefined;
    if (entry === undefined) return;
    if (!entry.live) return this.#host.cache.drop(entry.key, 'unload', timeoutMs);
    const startedAt = performance.now();
    this.events.emit('unload:start', { ...entry.value.ref, leases: entry.leases });
    this.#become('unloading', undefined);
    const dropped = this.#host.cache.drop(entry.key, 'unload', timeoutMs);
    const gone = this.#untilGone(entry, startedAt);
    await dropped;
    await gone;
  }

  dispose(): Promise<void> {
    return this.unload();
  }

  /** Told by the cache that an entry left it. */
  evicted(entry: ModelEntry, reason: EvictReason): void {
    if (this.#entry !== entry) return;
    this.#entry = undefined;
    this.#become('unloaded', `evicted: ${reason}`);
  }

  health(): ModelHealth {
    return {
      name: this.request.name,
      version: this.request.version,
      artefact: (this.#entry?.value ?? this.#resolved)?.ref.artefact,
      state: this.#state,
      since: new Date(this.#since).toISOString(),
      reason: this.#reason,
    };
  }

  /** Whether this slot uses an entry. */
  uses(entry: ModelEntry): boolean {
    return this.#entry === entry;
  }

  /** What was loaded before may have been replaced on disk since. */
  #startAfresh(): void {
    if (this.#resolved !== undefined) this.#host.resolver.refresh();
    this.#resolved = undefined;
  }

  #resolve(): Promise<ResolvedModel> {
    this.#resolving ??= this.#resolveOnce().finally(() => {
      this.#resolving = undefined;
    });
    return this.#resolving;
  }

  async #resolveOnce(): Promise<ResolvedModel> {
    const startedAt = performance.now();
    this.#resolved = await this.#host.resolver.resolve(this.request);
    this.#resolveMs = performance.now() - startedAt;
    return this.#resolved;
  }

  #fromCache(resolved: ResolvedModel, options: SlotLoadOptions): Promise<ModelEntry> {
    const { cache, settings, pinned } = this.#host;
    const { name, version } = this.request;
    return cache.acquire({
      key: resolved.key,
      estimate: resolved.size,
      pinned: pinned.has(name),
      signal: options.signal,
      ignoreBackoff: options.afresh === true,
      load: (signal, makeRoom) =>
        this.#host.inTurn(() => {
          this.#starting();
          return buildModel(settings, {
            requested: version,
            name,
            ref: resolved.ref,
            metadata: resolved.metadata,
            place: resolved.place,
            loaderOptions: resolved.loaderOptions,
            engine: resolved.engine,
            fresh: resolved.fresh,
            givenUp: (error) => cache.fail(resolved.key, error),
            resolveMs: this.#resolveMs,
            signal,
            makeRoom,
            open: (open) => resolved.open({ ...open, maxBytes: settings.limits.maxModelBytes }),
          });
        }),
    });
  }

  /** The entry, if another request that means the same artefact loaded it. */
  #shared(resolved: ResolvedModel): ModelEntry | undefined {
    const entry = this.#host.cache.tryAcquire(resolved.key);
    if (entry !== undefined) this.events.emit('cache:hit', entry.value.ref);
    return entry;
  }

  /** Tells the end of an unload, even one that took longer than its caller waited. */
  async #untilGone(entry: ModelEntry, startedAt: number): Promise<void> {
    this.#leaving = entry;
    await entry.retire();
    if (this.#leaving === entry) this.#leaving = undefined;
    this.events.emit('unload:end', {
      ...entry.value.ref,
      bytes: entry.bytes,
      durationMs: performance.now() - startedAt,
    });
    if (this.#state === 'unloading') this.#become('unloaded', undefined);
  }

  #starting(): void {
    if (this.#state !== 'ready') this.#become('loading', undefined);
  }

  #failed(error: unknown): void {
    if (this.#entry?.live === true) return;
    const code = MLServiceError.isInstance(error) ? error.code : undefined;
    if (code === 'ML_ABORTED') {
      if (this.#loads === 1 && this.#state === 'loading') this.#become('unloaded', undefined);
    } else if (code !== 'ML_LOAD_BACKOFF' || this.#state !== 'failed') {
      this.#become('failed', error instanceof Error ? error.message : String(error));
    }
  }

  #become(to: ModelState, reason: string | undefined): void {
    const from = this.#state;
    if (from === to && this.#reason === reason) return;
    this.#state = to;
    this.#since = Date.now();
    this.#reason = reason;
    if (this.events.wants('health:change')) this.events.emit('health:change', { ...this.#ref(), from, to, reason });
  }

  #ref(): ModelRef {
    return this.#resolved?.ref ?? { model: this.request.name, version: undefined, artefact: undefined };
  }
}

function isUnknown(error: unknown): boolean {
  return MLServiceError.isInstance(error) && /^ML_MODEL_(VERSION_)?(NOT_FOUND|INVALID)$/.test(error.code);
}
