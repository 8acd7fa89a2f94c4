import type { Clock } from '../internal/clock.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import type { Awaitable } from '../spec/model-loader.ts';

/** What the cache needs to know of a loaded model. */
export interface CachedValue {
  /** What people call it, in messages and memory reports. */
  readonly label: string;
  /** Resident bytes. */
  readonly bytes: number;
  /** Never rejects: there is nobody left to tell. */
  dispose(): Awaitable<void>;
}

/** What an entry is made of. */
export interface CacheEntryParts<T extends CachedValue> {
  readonly key: string;
  readonly value: T;
  /** Never evicted for another model. */
  readonly pinned: boolean;
  readonly clock: Clock;
  /** Told each time the last lease ends. */
  readonly idle?: () => void;
}

/** A loaded model and the leases on it. */
export class CacheEntry<T extends CachedValue> {
  readonly key: string;
  readonly value: T;
  readonly bytes: number;
  readonly #pinned: boolean;
  readonly #clock: Clock;
  readonly #idle: (() => void) | undefined;
  readonly #loadedAt: number;
  #usedAt: number;
  #leases = 0;
  #kept = 0;
  #quiet: Deferred<void> | undefined;
  #lastLease: Deferred<void> | undefined;
  #retirement: Promise<void> | undefined;

  constructor({ key, value, pinned, clock, idle }: CacheEntryParts<T>) {
    this.key = key;
    this.value = value;
    this.bytes = value.bytes;
    this.#pinned = pinned;
    this.#clock = clock;
    this.#idle = idle;
    this.#loadedAt = clock.now();
    this.#usedAt = this.#loadedAt;
  }

  /** Never evicted for another model. */
  get pinned(): boolean {
    return this.#pinned || this.#kept > 0;
  }

  get leases(): number {
    return this.#leases;
  }

  /** Whether it is in the cache: new leases are possible. */
  get live(): boolean {
    return this.#lastLease === undefined;
  }

  ageMs(): number {
    return this.#clock.now() - this.#loadedAt;
  }

  idleMs(): number {
    return this.#clock.now() - this.#usedAt;
  }

  lease(): void {
    this.#leases += 1;
  }

  /** Pins it until the function given back is called, which may be once. */
  keep(): () => void {
    this.#kept += 1;
    return () => {
      this.#kept -= 1;
      this.#idle?.();
    };
  }

  /** Resolves when no lease is held. There may be a new one by the time the waiting caller runs. */
  quiet(): Promise<void> {
    if (this.#leases === 0) return Promise.resolve();
    this.#quiet ??= deferred();
    return this.#quiet.promise;
  }

  /** Gives a lease back; the last one of a retired entry lets it be disposed. */
  release(): void {
    this.#leases -= 1;
    if (this.#leases > 0) return;
    this.#usedAt = this.#clock.now();
    this.#lastLease?.resolve();
    this.#quiet?.resolve();
    this.#quiet = undefined;
    this.#idle?.();
  }

  /** Waits for the last lease, then disposes the model; every call gives the same promise. */
  retire(): Promise<void> {
    this.#retirement ??= this.#retire();
    return this.#retirement;
  }

  async #retire(): Promise<void> {
    this.#lastLease = deferred();
    if (this.#leases === 0) this.#lastLease.resolve();
    await this.#lastLease.promise;
    await this.value.dispose();
  }
}
