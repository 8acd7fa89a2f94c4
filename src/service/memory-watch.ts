import type { ModelCache } from '../cache/model-cache.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Clock } from '../internal/clock.ts';
import type { Container } from '../internal/container.ts';
import type { BuiltModel } from './build-model.ts';

/** What a watch over memory needs. */
export interface MemoryWatchParts {
  readonly cache: ModelCache<BuiltModel>;
  readonly container: Container;
  readonly events: EventBus;
  readonly clock: Clock;
  /** Resident bytes of this process. */
  readonly rss: () => number;
}

const INTERVAL_MS = 2_000;
/** From this share of the limit on, models that nobody uses are evicted ... */
const FULL = 0.9;
/** ... until this share would be left. */
const ENOUGH = 0.85;
/** How long the system gets to take memory back. */
const SETTLE_MS = 5_000;
/** Smaller models disappear in what a process grows and shrinks by anyway. */
const ALARM_BYTES = 64 * 2 ** 20;

/** Watches the memory of the container (or machine) while models are loaded, and what comes back when they leave. */
export class MemoryWatch {
  readonly #parts: MemoryWatchParts;
  #cancel: (() => void) | undefined;
  /** Counts loads: one in between would hide what came back. */
  #loads = 0;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
  }

  /** A load or an unload ended. */
  changed(): void {
    this.#loads += 1;
    const { cache, events, rss } = this.#parts;
    if (this.#cancel === undefined && cache.memory().residentBytes > 0) this.#schedule();
    if (events.wants('memory:sample')) events.emit('memory:sample', { ...cache.memory(), rssBytes: rss() });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Looks at the memory now. */
  check(): void {
    const { cache, container, events } = this.#parts;
    const { memoryLimit: limitBytes } = container;
    const usedBytes = container.memoryUsed();
    if (usedBytes === undefined || usedBytes < FULL * limitBytes) return;
    const neededBytes = Math.ceil(usedBytes - ENOUGH * limitBytes);
    events.emit('memory:pressure', { ...cache.memory(), neededBytes, usedBytes, limitBytes });
    cache.evictIdle(neededBytes);
  }

  /** A model was freed: says so if the process did not shrink. A child process gave its memory back by ending. */
  freed({ ref, bytes, placed }: BuiltModel): void {
    const { clock, events, rss } = this.#parts;
    if (bytes < ALARM_BYTES || placed.place === 'process' || !events.wants('memory:retained')) return;
    const before = rss();
    const loads = this.#loads;
    clock.after(SETTLE_MS, () => {
      // The freed model itself counts as one change.
      if (this.#loads > loads + 1) return;
      const rssBytes = rss();
      const returnedBytes = Math.max(0, before - rssBytes);
      if (returnedBytes < bytes / 2) events.emit('memory:retained', { ...ref, bytes, returnedBytes, rssBytes });
    });
  }

  #schedule(): void {
    this.#cancel = this.#parts.clock.after(INTERVAL_MS, () => {
      this.#cancel = undefined;
      this.check();
      if (this.#parts.cache.memory().residentBytes > 0) this.#schedule();
    });
  }
}
