import { LoadError } from '../errors/load-error.ts';
import type { Clock } from '../internal/clock.ts';

/** How long a failed load is not tried again: doubles with each failure in a row. */
export interface BackoffOptions {
  /** Milliseconds after the first failure. */
  readonly initialMs: number;
  /** Upper bound in milliseconds. */
  readonly maxMs: number;
}

interface Failure {
  readonly error: unknown;
  readonly attempts: number;
  readonly retryAt: number;
}

/** Beyond this many doublings the pause is at its upper bound anyway. */
const MAX_DOUBLINGS = 30;

/** Failures kept; the oldest is forgotten beyond this. */
const MAX_FAILURES = 1_000;

/** Remembers failed loads, so that a broken model is not read again for every request. */
export class FailureMemory {
  readonly #failures = new Map<string, Failure>();
  readonly #options: BackoffOptions;
  readonly #clock: Clock;

  constructor(options: BackoffOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** @throws `ML_LOAD_BACKOFF` while the last failure of `key` is too recent */
  check(key: string): void {
    const failure = this.#failures.get(key);
    if (failure === undefined) return;
    const retryAfterMs = Math.ceil(failure.retryAt - this.#clock.now());
    if (retryAfterMs <= 0) return;
    const reason = failure.error instanceof Error ? failure.error.message : String(failure.error);
    throw new LoadError(
      'ML_LOAD_BACKOFF',
      `${key} failed to load ${failure.attempts === 1 ? 'once' : `${failure.attempts} times in a row`}; it is tried again in ${retryAfterMs} ms (or at once with load()). Last failure: ${reason}`,
      { details: { key, retryAfterMs, attempts: failure.attempts }, cause: failure.error },
    );
  }

  remember(key: string, error: unknown): void {
    const attempts = (this.#failures.get(key)?.attempts ?? 0) + 1;
    const waitMs = Math.min(this.#options.initialMs * 2 ** Math.min(attempts - 1, MAX_DOUBLINGS), this.#options.maxMs);
    this.#failures.delete(key);
    this.#failures.set(key, { error, attempts, retryAt: this.#clock.now() + waitMs });
    if (this.#failures.size > MAX_FAILURES) this.#failures.delete(this.#failures.keys().next().value as string);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
}
