import type { Clock } from '../internal/clock.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import type { Awaitable } from '../spec/model-loader.ts';

/** What the cache needs to know of a loaded model. */
export interface CachedValue {
  /** Resident bytes. */
  readonly bytes: number;
  dispose(): Awaitable<void>;
}

/** A loaded model and the leases on it. */
export class CacheEntry<T extends CachedValue> {
  readonly key: string;
  readonly value: T;
  readonly bytes: number;
  /** Never evicted for another model. */
  readonly pinned: boolean;
  readonly #clock: Clock;
  readonly #loadedAt: number;
  #usedAt: number;
  #leases = 0;
  #retired: Deferred<void> | undefined;

  constructor(key: string, value: T, pinned: boolean, clock: Clock) {
    this.key = key;
    this.value = value;
    this.bytes = value.bytes;
    this.pinned = pinned;
    this.#clock = clock;
    this.#loadedAt = clock.now();
    this.#usedAt = this.#loadedAt;
  }

  get leases(): number {
    return this.#leases;
  }

  /** Whether it is in the cache: new leases are possible. */
  get live(): boolean {
    return this.#retired === undefined;
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

  /** Gives a lease back; the last one of a retired entry lets it be disposed. */
  release(): void {
    this.#leases -= 1;
    if (this.#leases > 0) return;
    this.#usedAt = this.#clock.now();
    this.#retired?.resolve();
  }

  /** Waits for the last lease, then disposes the model. Called once. */
  async retire(): Promise<void> {
    this.#retired = deferred();
    if (this.#leases === 0) this.#retired.resolve();
    await this.#retired.promise;
    await this.value.dispose();
  }
}
