import type { Clock } from '../internal/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until a test moves it: pass it as `clock` to a registry to test pauses,
 * time limits and idle models without waiting.
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;
  readonly #epochMs: number;

  /** @param epochMs wall time in milliseconds at the start; default 2024-01-01 */
  constructor(epochMs: number = Date.UTC(2024, 0, 1)) {
    this.#epochMs = epochMs;
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#epochMs + this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /**
   * Moves time on by `ms`. Timers fire in order, each at its own time; promises settle before,
   * between and after them.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#next(end);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
    await settle();
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
