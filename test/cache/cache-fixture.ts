import type { CacheEntry } from '../../src/cache/cache-entry.ts';
import { type AcquireRequest, ModelCache, type ModelCacheOptions } from '../../src/cache/model-cache.ts';
import { type Deferred, deferred } from '../../src/internal/deferred.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

/** A cached value that knows whether it was used after its end. */
export class Block {
  readonly bytes: number;
  readonly label: string;
  disposals = 0;
  /** Set to hold `dispose` back. */
  disposing: Deferred<void> | undefined;

  constructor(bytes: number, label = 'block') {
    this.bytes = bytes;
    this.label = label;
  }

  async dispose(): Promise<void> {
    this.disposals += 1;
    await this.disposing?.promise;
  }
}

export interface Evicted {
  readonly key: string;
  readonly reason: string;
  readonly idleMs: number;
}

export function makeCache(options: Partial<Omit<ModelCacheOptions, 'clock'>> = {}) {
  const clock = new FakeClock();
  const evicted: Evicted[] = [];
  const pressure: number[] = [];
  let changes = 0;
  const cache = new ModelCache<Block>(
    {
      maxBytes: 100,
      idleTtlMs: undefined,
      minResidencyMs: 0,
      maxWaitMs: 1_000,
      backoff: { initialMs: 1_000, maxMs: 60_000 },
      clock,
      ...options,
    },
    {
      evicted: (entry, reason, idleMs) => evicted.push({ key: entry.key, reason, idleMs }),
      pressure: (needed) => pressure.push(needed),
      changed: () => {
        changes += 1;
      },
    },
  );
  return { cache, clock, evicted, pressure, changes: () => changes };
}

export function request(key: string, bytes: number, more: Partial<AcquireRequest<Block>> = {}): AcquireRequest<Block> {
  return {
    key,
    estimate: bytes,
    pinned: false,
    load: async (_signal, makeRoom) => {
      await makeRoom();
      return new Block(bytes, key);
    },
    ...more,
  };
}

/** A load that the test finishes by hand. */
export function handLoad(bytes: number) {
  const gate = deferred<void>();
  const started = deferred<AbortSignal>();
  let loads = 0;
  return {
    gate,
    started: started.promise,
    loads: () => loads,
    load: async (signal: AbortSignal, makeRoom: () => Promise<void>): Promise<Block> => {
      loads += 1;
      started.resolve(signal);
      await gate.promise;
      await makeRoom();
      return new Block(bytes);
    },
  };
}

/** Loads and gives the lease back at once. */
export async function loadIdle(cache: ModelCache<Block>, key: string, bytes: number): Promise<CacheEntry<Block>> {
  const entry = await cache.acquire(request(key, bytes));
  entry.release();
  return entry;
}

export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
