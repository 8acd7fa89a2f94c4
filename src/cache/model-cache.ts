import { LRUCache } from 'lru-cache';
import { CacheError } from '../errors/cache-error.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import type { Clock } from '../internal/clock.ts';
import { deferred } from '../internal/deferred.ts';
import type { EvictReason } from '../spec/events.ts';
import type { MemoryUse } from '../spec/health.ts';
import { CacheEntry, type CachedValue } from './cache-entry.ts';
import { type BackoffOptions, FailureMemory } from './failure-memory.ts';
import { SingleFlight } from './single-flight.ts';

/** Options of the cache; all times in milliseconds. */
export interface ModelCacheOptions {
  /** Budget for all models together, those being loaded and unloaded included. */
  readonly maxBytes: number;
  /** A model unused for this long is unloaded; `undefined` keeps it. */
  readonly idleTtlMs: number | undefined;
  /** A model is not evicted for another before it was loaded this long: a thrash guard. */
  readonly minResidencyMs: number;
  /** How long a load waits for room before it fails. */
  readonly maxWaitMs: number;
  readonly backoff: BackoffOptions;
  readonly clock: Clock;
}

/** What the owner of the cache wants to know. */
export interface CacheObserver<T extends CachedValue> {
  evicted(entry: CacheEntry<T>, reason: EvictReason, idleMs: number): void;
  /** A load needs `neededBytes` more than are free. */
  pressure(neededBytes: number): void;
  /** A load or an unload ended. */
  changed(): void;
  /** The memory of an entry was given back. */
  freed?(entry: CacheEntry<T>): void;
}

/** Work of a load. `makeRoom` reserves memory and is called once, before the model is built. */
export type LoadWork<T> = (signal: AbortSignal, makeRoom: () => Promise<void>) => Promise<T>;

/** What is asked for. */
export interface AcquireRequest<T> {
  readonly key: string;
  /** Bytes that the model is expected to take; corrected by its own `bytes` once loaded. */
  readonly estimate: number;
  readonly pinned: boolean;
  readonly load: LoadWork<T>;
  readonly signal?: AbortSignal | undefined;
  /** Tries at once even if the last try failed a short while ago. */
  readonly ignoreBackoff?: boolean;
}

/**
 * Loaded models by key, in least-recently-used order, under a byte budget.
 *
 * Every user holds a lease while it works; nothing is disposed under a lease. Resident and
 * reserved bytes together never exceed the budget.
 */
export class ModelCache<T extends CachedValue> {
  readonly #options: ModelCacheOptions;
  readonly #observer: CacheObserver<T>;
  // Only the order is lru-cache's: it evicts without asking, and a leased model must stay.
  readonly #entries = new LRUCache<string, CacheEntry<T>>({
    maxSize: Number.MAX_SAFE_INTEGER,
    sizeCalculation: () => 1,
  });
  /** Removed from `#entries`, memory not yet free. */
  readonly #leaving = new Set<CacheEntry<T>>();
  readonly #flights = new SingleFlight<CacheEntry<T>>();
  readonly #failures: FailureMemory;
  #residentBytes = 0;
  #reservedBytes = 0;
  #roomChanged = deferred<void>();
  #waitingForRoom = 0;
  #closed: Error | undefined;
  #cancelSweep: (() => void) | undefined;

  constructor(options: ModelCacheOptions, observer: CacheObserver<T>) {
    this.#options = options;
    this.#observer = observer;
    this.#failures = new FailureMemory(options.backoff, options.clock);
  }

  /** The entry with a lease taken, or `undefined` if it is not loaded. */
  tryAcquire(key: string): CacheEntry<T> | undefined {
    const entry = this.#entries.get(key);
    entry?.lease();
    return entry;
  }

  /** Takes a lease on an entry in hand; `false` if it has left the cache. */
  touch(entry: CacheEntry<T>): boolean {
    if (!entry.live) return false;
    this.#entries.get(entry.key);
    entry.lease();
    return true;
  }

  /**
   * The entry with a lease taken, loading it first if need be: one load per key at a time.
   *
   * @throws `ML_CACHE_MODEL_TOO_LARGE`, `ML_CACHE_BUDGET_EXHAUSTED`, `ML_LOAD_BACKOFF`, `ML_ABORTED`, what `load`
   * throws, or the reason that `close` was given
   */
  async acquire(request: AcquireRequest<T>): Promise<CacheEntry<T>> {
    const { key, signal } = request;
    if (this.#closed !== undefined) throw this.#closed;
    const entry = this.tryAcquire(key);
    if (entry !== undefined) return entry;
    if (!this.#flights.has(key)) {
      if (request.ignoreBackoff !== true) this.#failures.check(key);
      this.#refuseTooLarge(key, request.estimate);
    }
    return this.#flights.run(key, (abort) => this.#load(request, abort), {
      signal,
      handOver: (loaded) => loaded.lease(),
      landed: (loaded) => loaded.release(),
    });
  }

  /**
   * Takes a model out: new callers load it afresh, it is disposed after its last lease.
   *
   * @throws `ML_MODEL_UNLOAD_TIMEOUT` if leases are left after `timeoutMs`; it is disposed when they end
   */
  async drop(key: string, reason: EvictReason, timeoutMs: number): Promise<void> {
    const entry = this.#entries.peek(key);
    if (entry !== undefined) void this.#remove(entry, reason);
    const leaving = [...this.#leaving].filter((one) => one.key === key);
    await Promise.all(leaving.map((one) => this.#freed(one, timeoutMs)));
  }

  /** Takes out a model that is broken; it is loaded afresh after the pause that follows a failed load. */
  fail(key: string, error: unknown): void {
    const entry = this.#entries.peek(key);
    if (entry === undefined) return;
    this.#failures.remember(key, error);
    void this.#remove(entry, 'crashed');
  }

  /** Evicts models that nobody uses, least recently used first, until `bytes` are free; gives the bytes freed. */
  evictIdle(bytes: number): number {
    let freed = 0;
    for (const entry of Array.from(this.#entries.rvalues())) {
      if (freed >= bytes) break;
      if (entry === undefined || entry.leases > 0 || entry.pinned) continue;
      if (entry.ageMs() < this.#options.minResidencyMs) continue;
      freed += entry.bytes;
      void this.#remove(entry, 'pressure');
    }
    return freed;
  }

  /**
   * Aborts loads, refuses new ones with `reason`, and drops everything; gives the errors of what
   * could not be freed in time.
   */
  async close(reason: Error, timeoutMs: number): Promise<unknown[]> {
    this.#closed = reason;
    this.#cancelSweep?.();
    this.#flights.abortAll(reason);
    const entries = [...this.#entries.values()];
    for (const entry of entries) void this.#remove(entry, 'close');
    const results = await Promise.allSettled([...this.#leaving].map((entry) => this.#freed(entry, timeoutMs)));
    return results.filter((result) => result.status === 'rejected').map((result) => result.reason);
  }

  /** What is loaded, most recently used first. */
  values(): T[] {
    return Array.from(this.#entries.values(), (entry) => entry.value);
  }

  memory(): MemoryUse {
    const perModel: Record<string, number> = {};
    for (const entry of [...this.#entries.values(), ...this.#leaving])
      perModel[entry.value.label] = (perModel[entry.value.label] ?? 0) + entry.bytes;
    return {
      residentBytes: this.#residentBytes,
      reservedBytes: this.#reservedBytes,
      budgetBytes: this.#options.maxBytes,
      perModel,
    };
  }

  /** Gives the entry with the load's own lease on it, so that it cannot be evicted before its callers have it. */
  async #load(request: AcquireRequest<T>, signal: AbortSignal): Promise<CacheEntry<T>> {
    const { key } = request;
    let reserved = 0;
    try {
      const value = await request.load(signal, async () => {
        await this.#reserve(key, request.estimate, signal);
        reserved = request.estimate;
      });
      try {
        this.#refuseTooLarge(key, value.bytes);
        if (value.bytes > reserved) await this.#reserve(key, value.bytes - reserved, signal);
        else this.#reservedBytes -= reserved - value.bytes;
        reserved = value.bytes;
        signal.throwIfAborted();
      } catch (error) {
        await value.dispose();
        throw error;
      }
      const { clock } = this.#options;
      return this.#insert(
        new CacheEntry({ key, value, pinned: request.pinned, clock, idle: () => this.#wakeWaiting() }),
      );
    } catch (error) {
      this.#reservedBytes -= reserved;
      if (!signal.aborted) this.#failures.remember(key, error);
      this.#notify();
      throw error;
    }
  }

  #insert(entry: CacheEntry<T>): CacheEntry<T> {
    entry.lease();
    this.#failures.forget(entry.key);
    this.#reservedBytes -= entry.bytes;
    this.#residentBytes += entry.bytes;
    this.#entries.set(entry.key, entry);
    this.#scheduleSweep();
    this.#notify();
    return entry;
  }

  #refuseTooLarge(key: string, bytes: number): void {
    const { maxBytes } = this.#options;
    if (bytes <= maxBytes) return;
    throw new CacheError(
      'ML_CACHE_MODEL_TOO_LARGE',
      `${key} takes ${bytes} bytes, the whole budget is ${maxBytes}; raise cache.maxBytes`,
      {
        details: { key, bytes, maxBytes },
      },
    );
  }

  /**
   * Reserves `bytes`, evicting idle models, least recently used first, until they fit; waits where
   * that is not enough. Checks and reserves in one step, so that two loads never take the same room.
   */
  async #reserve(key: string, bytes: number, signal: AbortSignal): Promise<void> {
    const { maxBytes, maxWaitMs, clock } = this.#options;
    const deadline = clock.now() + maxWaitMs;
    let told = false;
    for (;;) {
      signal.throwIfAborted();
      const needed = this.#residentBytes + this.#reservedBytes + bytes - maxBytes;
      if (needed <= 0) {
        this.#reservedBytes += bytes;
        return;
      }
      if (!told) this.#observer.pressure(needed);
      told = true;
      const victim = this.#victim();
      const leftMs = deadline - clock.now();
      if (victim.entry === undefined && leftMs <= 0) {
        throw new CacheError(
          'ML_CACHE_BUDGET_EXHAUSTED',
          `${key} needs ${bytes} bytes, ${maxBytes - this.#residentBytes - this.#reservedBytes} of ${maxBytes} are free, and every other model is in use or pinned`,
          { details: { key, bytes, ...this.memory() } },
        );
      }
      const removed = victim.entry && this.#remove(victim.entry, 'budget');
      await this.#wait(Math.min(leftMs, victim.waitMs), signal, removed);
    }
  }

  /** The model to evict next, or how long until one may be old enough. */
  #victim(): { readonly entry: CacheEntry<T> | undefined; readonly waitMs: number } {
    let waitMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.rvalues()) {
      if (entry === undefined || entry.leases > 0 || entry.pinned) continue;
      const youngFor = this.#options.minResidencyMs - entry.ageMs();
      if (youngFor <= 0) return { entry, waitMs: Number.POSITIVE_INFINITY };
      waitMs = Math.min(waitMs, youngFor);
    }
    return { entry: undefined, waitMs };
  }

  /** Waits until room may have changed (or until `removed`), at most `ms`; an abort ends the wait. */
  async #wait(ms: number, signal: AbortSignal, removed: Promise<void> | undefined): Promise<void> {
    const woken = deferred<void>();
    const wake = (): void => woken.resolve();
    const cancel = this.#options.clock.after(Math.max(1, ms), wake);
    signal.addEventListener('abort', wake, { once: true });
    this.#waitingForRoom += 1;
    await Promise.race([removed ?? this.#roomChanged.promise, woken.promise]);
    this.#waitingForRoom -= 1;
    signal.removeEventListener('abort', wake);
    cancel();
  }

  /** @throws `ML_MODEL_UNLOAD_TIMEOUT` if the entry, taken out before, is not free after `timeoutMs` */
  async #freed(entry: CacheEntry<T>, timeoutMs: number): Promise<void> {
    const late = deferred<'late'>();
    const cancel = this.#options.clock.after(timeoutMs, () => late.resolve('late'));
    const outcome = await Promise.race([entry.retire(), late.promise]);
    cancel();
    if (outcome !== 'late') return;
    const { key, leases } = entry;
    throw new LifecycleError(
      'ML_MODEL_UNLOAD_TIMEOUT',
      `${key} still has ${leases} calls in flight after ${timeoutMs} ms; it accepts no new ones and is freed when the last one ends`,
      { details: { key, leases, timeoutMs } },
    );
  }

  async #remove(entry: CacheEntry<T>, reason: EvictReason): Promise<void> {
    const idleMs = entry.idleMs();
    this.#entries.delete(entry.key);
    this.#leaving.add(entry);
    this.#observer.evicted(entry, reason, idleMs);
    await entry.retire();
    this.#leaving.delete(entry);
    this.#residentBytes -= entry.bytes;
    this.#observer.freed?.(entry);
    this.#notify();
  }

  #notify(): void {
    this.#wakeWaiting();
    this.#observer.changed();
  }

  /** Called at the end of every use of a model, so it costs nothing while nobody waits. */
  #wakeWaiting(): void {
    if (this.#waitingForRoom === 0) return;
    const waiting = this.#roomChanged;
    this.#roomChanged = deferred();
    waiting.resolve();
  }

  #scheduleSweep(): void {
    const { idleTtlMs, clock } = this.#options;
    if (idleTtlMs === undefined || this.#cancelSweep !== undefined) return;
    this.#cancelSweep = clock.after(Math.max(10, idleTtlMs / 2), () => {
      this.#cancelSweep = undefined;
      const entries = Array.from(this.#entries.values());
      for (const entry of entries) {
        if (entry.leases === 0 && !entry.pinned && entry.idleMs() >= idleTtlMs) void this.#remove(entry, 'idle');
      }
      if (this.#entries.size > 0) this.#scheduleSweep();
    });
  }
}
