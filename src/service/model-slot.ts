import { AbortedError } from '../errors/aborted-error.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { EventBus } from '../events/event-bus.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { EvictReason, ModelRef } from '../spec/events.ts';
import type { ModelHealth } from '../spec/health.ts';
import type { CallOptions } from '../spec/model.ts';
import { acquireModel, type LoadHost } from './acquire-model.ts';
import type { BuiltModel, ModelEntry } from './build-model.ts';
import { ModelStateMachine, type Occurrence, type StateReason } from './health/model-state.ts';
import type { ModelSource } from './live-model.ts';
import type { ModelRequest, ModelResolver, ResolvedModel } from './model-resolver.ts';
import { type Signature, signatureOf } from './compatibility/signature.ts';
import type { NamedRoute } from './routing/named-route.ts';
import type { RouteTable } from './routing/route-table.ts';

/** What slots share. */
export interface SlotHost extends LoadHost {
  readonly resolver: ModelResolver;
  readonly routes?: RouteTable;
  assertOpen(): void;
  /** A slot that is asked for something. */
  known(slot: ModelSlot): void;
  /** A slot that stands for nothing that exists. */
  unknown(slot: ModelSlot): void;
  /** A model whose place another one took. */
  replaced(entry: ModelEntry): void;
}

/** What a slot served last; stays when that is evicted or unloaded. */
export interface Served {
  readonly resolved: ResolvedModel;
  readonly signature: Signature;
}

/** How a slot loads. */
export interface SlotLoadOptions extends CallOptions {
  /** Resolves and tries afresh, whatever was known or failed before. */
  readonly afresh?: boolean;
}

const GIVEN_UP: StateReason = {
  reason: 'its worker ended too often; a call after a pause loads it again',
  code: 'ML_WORKER_GIVEN_UP',
};

/** Milliseconds that unloading waits for calls in flight. */
export const DEFAULT_UNLOAD_TIMEOUT_MS = 10_000;

/**
 * One name and version as callers ask for it: which artefact it stands for, its loaded entry, its
 * state. Once resolved it stays with that artefact until it is loaded afresh or unloaded, or a swap puts another one
 * in its place, so that `latest` never changes between two calls by itself.
 */
export class ModelSlot implements ModelSource {
  readonly request: ModelRequest;
  readonly events: EventBus;
  readonly #host: SlotHost;
  #resolved: ResolvedModel | undefined;
  #resolving: Promise<ResolvedModel> | undefined;
  #resolveMs = 0;
  #entry: ModelEntry | undefined;
  #served: Served | undefined;
  /** Set while calls wait for a swap that frees the old version first. */
  #held: Deferred<void> | undefined;
  /** Counts the swaps: what was begun before the last one is not taken any more. */
  #turn = 0;
  /** Being unloaded, with calls still in flight. */
  #leaving: ModelEntry | undefined;
  readonly #machine = new ModelStateMachine();
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

  /** Who answers in this one's place. */
  get router(): NamedRoute | undefined {
    const { routes } = this.#host;
    return routes === undefined || routes.none ? undefined : routes.of(this.request);
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
    if (this.#machine.state !== 'failed' || options.afresh === true) this.#starting();
    try {
      return await this.#current(options);
    } catch (error) {
      this.#failed(error);
      if (isUnknown(error)) this.#host.unknown(this);
      throw error;
    } finally {
      this.#loads -= 1;
    }
  }

  async load(options: SlotLoadOptions): Promise<void> {
    const entry = await this.acquire(options);
    entry.release();
  }

  /** Takes what this stands for, if another request has it in memory; loads nothing. */
  async takeLoaded(): Promise<void> {
    const before = this.#resolved;
    const entry = this.#shared(before ?? (await this.#resolve()));
    if (entry === undefined) {
      // Its first call decides what it stands for.
      this.#resolved = before;
      return;
    }
    entry.release();
    this.#entry = entry;
    this.#loaded();
  }

  loaded(): boolean {
    return this.router?.control.loaded() ?? this.#entry?.live === true;
  }

  peek(): BuiltModel {
    const { router } = this;
    if (router !== undefined) return router.control.peek();
    if (this.#entry?.live === true) return this.#entry.value;
    throw new LifecycleError('ML_MODEL_NOT_LOADED', `${this.label} is not loaded; await load() or a prediction first`);
  }

  /** @throws `ML_MODEL_UNLOAD_TIMEOUT` */
  async unload(timeoutMs: number = DEFAULT_UNLOAD_TIMEOUT_MS): Promise<void> {
    const others = (this.router?.slots ?? []).map((slot) => slot.unload(timeoutMs));
    await Promise.all([this.#unload(timeoutMs), ...others]);
  }

  async #unload(timeoutMs: number): Promise<void> {
    const entry = this.#entry ?? this.#leaving;
    this.#resolved = undefined;
    this.#entry = undefined;
    if (entry === undefined) return;
    if (!entry.live) return this.#host.cache.drop(entry.key, 'unload', timeoutMs);
    const startedAt = performance.now();
    this.events.emit('unload:start', { ...entry.value.ref, leases: entry.leases });
    this.#happened('unload-started');
    const dropped = this.#host.cache.drop(entry.key, 'unload', timeoutMs);
    const gone = this.#untilGone(entry, startedAt);
    await dropped;
    await gone;
  }

  dispose(): Promise<void> {
    return this.unload();
  }

  /** Nobody asks this slot any more: lets go of what no other one uses. */
  retire(): void {
    const entry = this.#entry;
    this.#resolved = undefined;
    this.#entry = undefined;
    if (entry?.live === true) this.#host.replaced(entry);
  }

  /** Told by the cache that an entry left it. */
  evicted(entry: ModelEntry, reason: EvictReason): void {
    if (this.#entry !== entry) return;
    this.#entry = undefined;
    if (reason === 'crashed') this.#happened('given-up', GIVEN_UP);
    else this.#happened('evicted', { reason: `evicted: ${reason}` });
  }

  health(): ModelHealth {
    const { router } = this;
    if (router !== undefined) return { ...router.control.health(), version: this.request.version };
    // A model on a server comes and goes while it is loaded.
    const standing = this.#machine.state === 'ready' ? this.#entry?.value.standing?.() : undefined;
    return {
      name: this.request.name,
      version: this.request.version,
      artefact: (this.#entry?.value ?? this.#resolved)?.ref.artefact,
      state: standing?.state ?? this.#machine.state,
      since: new Date(standing?.since ?? this.#machine.since).toISOString(),
      reason: standing?.reason ?? this.#machine.reason,
      code: this.#machine.code,
      available: standing === undefined && this.#machine.available,
    };
  }

  /** What it served last, whether or not that is loaded now. */
  get served(): Served | undefined {
    return this.#served;
  }

  /** What the next call would be answered by; `undefined` before it is resolved. */
  get resolved(): ResolvedModel | undefined {
    return this.#resolved;
  }

  /** The loaded entry, without a lease. */
  get entry(): ModelEntry | undefined {
    return this.#entry?.live === true ? this.#entry : undefined;
  }

  /** Lets another version take over, in one step; gives the entry that it replaces. */
  adopt(resolved: ResolvedModel, entry: ModelEntry): ModelEntry | undefined {
    const previous = this.#entry;
    this.#restart(resolved);
    this.#serve(resolved, entry);
    this.#letGo();
    return previous;
  }

  /** Lets the next call resolve and load anew; gives the entry that was used. */
  reset(): ModelEntry | undefined {
    const previous = this.#entry;
    this.#restart(undefined);
    this.#entry = undefined;
    this.#letGo();
    this.#happened('reset', { reason: 'another version takes its place' });
    return previous;
  }

  /** Lets new calls wait, until `adopt`, `reset` or `resume`. */
  hold(what: 'unload-started' | 'load-started', reason: string): void {
    this.#turn += 1;
    this.#entry = undefined;
    this.#held ??= deferred();
    this.#happened(what, { reason });
  }

  /** Ends `hold` where there is nothing to adopt: calls load what the slot stood for. */
  resume(reason: string): void {
    if (this.#held === undefined) return;
    this.#letGo();
    this.#happened('reset', { reason });
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

  /** Loads what the slot stands for; tries again where another version took over meanwhile. */
  async #current(options: SlotLoadOptions): Promise<ModelEntry> {
    for (;;) {
      if (this.#held !== undefined) await untilLetGo(this.#held.promise, options.signal);
      this.#host.assertOpen();
      const turn = this.#turn;
      try {
        const resolved = this.#resolved ?? (await this.#resolve());
        const entry = this.#shared(resolved) ?? (await this.#fromCache(resolved, options));
        if (turn === this.#turn) {
          const previous = this.#entry;
          this.#serve(resolved, entry);
          if (previous !== undefined && previous !== entry) this.#host.replaced(previous);
          return entry;
        }
        entry.release();
        this.#host.replaced(entry);
      } catch (error) {
        if (turn === this.#turn) this.#resolved = undefined;
        else if (options.signal?.aborted !== true) continue;
        throw error;
      }
    }
  }

  #serve(resolved: ResolvedModel, entry: ModelEntry): void {
    if (this.#served === undefined || this.#entry !== entry)
      this.#served = { resolved, signature: signatureOf(entry.value) };
    this.#entry = entry;
    this.#loaded();
  }

  /** What is resolving or loading now is for nobody any more. */
  #restart(resolved: ResolvedModel | undefined): void {
    this.#turn += 1;
    this.#resolving = undefined;
    this.#resolved = resolved;
  }

  #letGo(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  #resolve(): Promise<ResolvedModel> {
    if (this.#resolving !== undefined) return this.#resolving;
    const resolving = this.#resolveOnce().finally(() => {
      if (this.#resolving === resolving) this.#resolving = undefined;
    });
    this.#resolving = resolving;
    return resolving;
  }

  async #resolveOnce(): Promise<ResolvedModel> {
    const turn = this.#turn;
    const startedAt = performance.now();
    const resolved = await this.#host.resolver.resolve(this.request);
    if (turn !== this.#turn) return resolved;
    this.#resolved = resolved;
    this.#resolveMs = performance.now() - startedAt;
    return resolved;
  }

  #fromCache(resolved: ResolvedModel, options: SlotLoadOptions): Promise<ModelEntry> {
    const { name, version } = this.request;
    return acquireModel(this.#host, {
      name,
      requested: version,
      resolved,
      resolveMs: this.#resolveMs,
      signal: options.signal,
      afresh: options.afresh === true,
      begun: () => this.#starting(),
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
    this.#happened('unload-ended');
  }

  #starting(): void {
    if (this.#held === undefined) this.#happened('load-started');
  }

  #loaded(): void {
    // What was evicted or failed while this load was under way is loading again.
    if (this.#machine.state !== 'unloading') this.#happened('load-started');
    this.#happened('load-ended');
  }

  #failed(error: unknown): void {
    if (this.#entry?.live === true || this.#held !== undefined) return;
    const code = MLServiceError.isInstance(error) ? error.code : undefined;
    if (code === 'ML_ABORTED' || code === 'ML_REGISTRY_CLOSED') {
      if (this.#loads === 1) this.#happened('load-abandoned');
    } else if (code !== 'ML_LOAD_BACKOFF' || this.#machine.state !== 'failed') {
      const reason = error instanceof Error ? error.message : String(error);
      // What was evicted while it was loaded afresh was loading all the same.
      if (this.#machine.state !== 'failed') this.#happened('load-started');
      this.#happened('load-failed', { reason, code });
    }
  }

  #happened(what: Occurrence, why?: StateReason): void {
    const change = this.#machine.happened(what, why);
    if (change !== undefined && this.events.wants('health:change'))
      this.events.emit('health:change', { ...this.#ref(), ...change });
  }

  #ref(): ModelRef {
    return this.#resolved?.ref ?? { model: this.request.name, version: undefined, artefact: undefined };
  }
}

/** @throws `ML_ABORTED` */
async function untilLetGo(held: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return held;
  try {
    return await orAbort(held, signal, () => undefined);
  } catch (error) {
    throw new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: error });
  }
}

function isUnknown(error: unknown): boolean {
  return MLServiceError.isInstance(error) && /^ML_MODEL_(VERSION_)?(NOT_FOUND|INVALID)$/.test(error.code);
}
