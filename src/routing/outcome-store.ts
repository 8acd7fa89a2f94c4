import type { Clock } from '../internal/clock.ts';
import type { OutcomeResult } from '../spec/routing.ts';

/** How many predictions wait for their outcome, and how long. */
export interface OutcomeLimits {
  readonly maxOpen: number;
  readonly ttlMs: number;
}

interface Open<T> {
  readonly id: string;
  readonly owner: T;
  readonly expiresAt: number;
  reported: boolean;
}

/** Passed-over places at the head of the list that are not worth a copy. */
const SMALL = 1_024;

/** Which arm answered which prediction, until the outcome comes or its time is over. The oldest give way. */
export class OutcomeStore<T> {
  limits: OutcomeLimits;
  readonly #clock: Clock;
  readonly #byId = new Map<string, Open<T>>();
  /** Oldest first. Beside the map, because looking for the first entry of a map passes over all that were deleted. */
  #inOrder: Open<T>[] = [];
  #head = 0;

  constructor(limits: OutcomeLimits, clock: Clock) {
    this.limits = limits;
    this.#clock = clock;
  }

  get size(): number {
    return this.#byId.size;
  }

  add(id: string, owner: T): void {
    const now = this.#clock.now();
    this.#tidy(now, this.limits.maxOpen - 1);
    const open = { id, owner, expiresAt: now + this.limits.ttlMs, reported: false };
    this.#byId.set(id, open);
    this.#inOrder.push(open);
  }

  /** @param count told whose outcome it is; `false` from it: nobody's any more */
  report(id: string, count: (owner: T) => boolean): OutcomeResult {
    this.#tidy(this.#clock.now(), this.limits.maxOpen);
    const open = this.#byId.get(id);
    if (open === undefined || open.expiresAt <= this.#clock.now()) return 'unknown';
    if (open.reported) return 'repeated';
    if (!count(open.owner)) return 'unknown';
    open.reported = true;
    return 'counted';
  }

  #tidy(now: number, keep: number): void {
    for (;;) {
      const oldest = this.#inOrder[this.#head];
      if (oldest === undefined || (oldest.expiresAt > now && this.#byId.size <= keep)) return;
      this.#byId.delete(oldest.id);
      this.#head += 1;
      if (this.#head <= SMALL || this.#head * 2 < this.#inOrder.length) continue;
      this.#inOrder = this.#inOrder.slice(this.#head);
      this.#head = 0;
    }
  }
}
