import { OverloadError } from '../errors/overload-error.ts';

/** Bounds on what waits and runs; every one has a default (`docs/execution.md`). */
export interface AdmissionLimits {
  /** Calls of one model that wait. */
  readonly maxQueue: number;
  /** Bytes of the rows of these, as estimated. */
  readonly maxQueuedBytes: number;
  /** Calls of one model that are computed at once; where calls are joined, runs. */
  readonly maxConcurrency: number;
  /** Milliseconds that a call may wait. */
  readonly maxWaitMs: number;
  /** The same for all models together. */
  readonly maxTotalQueue: number;
  readonly maxTotalQueuedBytes: number;
  readonly maxTotalConcurrency: number;
}

/** Something whose work waits for others to end. */
export interface Waiting {
  /** Starts what may start now. */
  pump(): void;
}

/** What waits and runs in all models together. */
export class Admission {
  readonly limits: AdmissionLimits;
  readonly #starved = new Set<Waiting>();
  #queued = 0;
  #queuedBytes = 0;
  #running = 0;

  constructor(limits: AdmissionLimits) {
    this.limits = limits;
  }

  get queued(): number {
    return this.#queued;
  }

  get running(): number {
    return this.#running;
  }

  /** The limit that another call would exceed, if any. */
  exceeded(bytes: number): keyof AdmissionLimits | undefined {
    const { maxTotalQueue, maxTotalQueuedBytes } = this.limits;
    if (this.#queued >= maxTotalQueue) return 'maxTotalQueue';
    // A single call is never too large: what it holds is in memory already.
    if (this.#queued > 0 && this.#queuedBytes + bytes > maxTotalQueuedBytes) return 'maxTotalQueuedBytes';
    return undefined;
  }

  enter(bytes: number): void {
    this.#queued += 1;
    this.#queuedBytes += bytes;
  }

  leave(bytes: number): void {
    this.#queued -= 1;
    this.#queuedBytes -= bytes;
  }

  /** Takes a place among the runs; `false` where there is none: `waiting` is told when there may be one. */
  start(waiting: Waiting): boolean {
    if (this.#running >= this.limits.maxTotalConcurrency) {
      this.#starved.add(waiting);
      return false;
    }
    this.#running += 1;
    return true;
  }

  /** Takes a place even where there is none: the run is under way. */
  force(): void {
    this.#running += 1;
  }

  end(): void {
    this.#running -= 1;
    const [next] = this.#starved;
    if (next === undefined) return;
    // Behind the others, so that no model starves the rest.
    this.#starved.delete(next);
    next.pump();
  }
}

/** The refusal of a call. */
export function overloaded(
  label: string,
  facts: { readonly limit: keyof AdmissionLimits; readonly value: number; readonly retryAfterMs: number },
): OverloadError {
  const { limit, value, retryAfterMs } = facts;
  return new OverloadError(
    'ML_OVERLOADED',
    `${label} has more to do than admission.${limit} (${value}) allows; try again in ${retryAfterMs} ms`,
    { details: facts },
  );
}
