import { RemoteError } from '../errors/remote-error.ts';
import type { Clock } from '../internal/clock.ts';

/** The longest pause, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/** What a breaker is made of. */
export interface BreakerParts {
  /** For messages. */
  readonly label: string;
  readonly failures: number;
  readonly pauseMs: number;
  readonly clock: Clock;
  /** Told when the server is given up for a while (with the last failure), and when it answers again. */
  readonly changed: (failure: RemoteError | undefined) => void;
}

/**
 * Leaves a server alone that failed several times in a row: calls are refused at once until the pause is over. Then
 * one call tries, and its outcome decides.
 */
export class CircuitBreaker {
  readonly #parts: BreakerParts;
  #inARow = 0;
  /** Set while the server is left alone. */
  #last: RemoteError | undefined;
  #pauseMs: number;
  #openUntil = 0;
  #trying = false;

  constructor(parts: BreakerParts) {
    this.#parts = parts;
    this.#pauseMs = parts.pauseMs;
  }

  /** Before each call. @throws `ML_REMOTE_PAUSED` */
  enter(): void {
    if (this.#last === undefined) return;
    const left = this.#openUntil - this.#parts.clock.now();
    if (left <= 0 && !this.#trying) {
      this.#trying = true;
      return;
    }
    const retryAfterMs = Math.max(1, Math.ceil(left));
    throw new RemoteError(
      'ML_REMOTE_PAUSED',
      `${this.#parts.label} failed ${this.#inARow} times in a row and is left alone for now: ${this.#last.message}`,
      { details: { retryAfterMs, lastCode: this.#last.code }, cause: this.#last },
    );
  }

  succeeded(): void {
    this.#inARow = 0;
    if (this.#last === undefined) return;
    this.#last = undefined;
    this.#trying = false;
    this.#pauseMs = this.#parts.pauseMs;
    this.#parts.changed(undefined);
  }

  failed(error: RemoteError): void {
    this.#inARow += 1;
    const wasOpen = this.#last !== undefined;
    // Calls that began before the pause say nothing new.
    if ((wasOpen && !this.#trying) || this.#inARow < this.#parts.failures) return;
    if (wasOpen) this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
    this.#last = error;
    this.#trying = false;
    this.#openUntil = this.#parts.clock.now() + this.#pauseMs;
    if (!wasOpen) this.#parts.changed(error);
  }

  /** A call ended without saying anything of the server: its caller left. The next one may try. */
  left(): void {
    this.#trying = false;
  }
}
