import { LifecycleError } from '../errors/lifecycle-error.ts';
import { OverloadError } from '../errors/overload-error.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import type { ServerLimits } from './limits.ts';

/** When a refused client should come again, in milliseconds. */
const RETRY_AFTER_MS = 1000;

/** Counts requests and the bytes that they hold, and refuses what is too much before it is read. */
export class RequestGate {
  readonly #limits: ServerLimits;
  #running = 0;
  #bytes = 0;
  #closed = false;
  #idle: Deferred<void> | undefined;

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws `ML_OVERLOADED`, or `ML_REGISTRY_CLOSED` while the server drains */
  enter(): void {
    if (this.#closed) throw new LifecycleError('ML_REGISTRY_CLOSED', 'the server is shutting down; ask another one');
    if (this.#running >= this.#limits.maxConcurrency) throw refused('maxConcurrency', this.#limits.maxConcurrency);
    this.#running += 1;
  }

  /** A request is over. `bytes`: all that it had held. */
  leave(bytes: number): void {
    this.#running -= 1;
    this.#bytes -= bytes;
    if (this.#running === 0) this.#idle?.resolve();
  }

  /**
   * Counts further bytes of a body.
   *
   * @param held what the same request holds already
   * @throws `ML_PROTOCOL_LIMIT`, `ML_OVERLOADED`
   */
  hold(bytes: number, held: number): void {
    const { maxBodyBytes, maxTotalBodyBytes } = this.#limits;
    if (bytes + held > maxBodyBytes) throw bodyTooLarge(bytes + held, maxBodyBytes);
    // One request may always come, else a large one never could.
    if (this.#bytes > held && this.#bytes + bytes > maxTotalBodyBytes)
      throw refused('maxTotalBodyBytes', maxTotalBodyBytes);
    this.#bytes += bytes;
  }

  /** Lets nobody in any more, and waits until those inside are gone. */
  drain(): Promise<void> {
    this.#closed = true;
    if (this.#running === 0) return Promise.resolve();
    this.#idle ??= deferred();
    return this.#idle.promise;
  }
}

/** The refusal of a body that is larger than one may be. */
export function bodyTooLarge(bytes: number, limit: number): ProtocolError {
  return new ProtocolError(
    'ML_PROTOCOL_LIMIT',
    `the body has ${bytes} bytes or more; maxBodyBytes is ${limit}: send fewer rows at once`,
    { details: { bytes, limit } },
  );
}

function refused(limit: keyof ServerLimits, value: number): OverloadError {
  return new OverloadError(
    'ML_OVERLOADED',
    `the server has more to do than ${limit} (${value}) allows; try again in ${RETRY_AFTER_MS} ms`,
    { details: { limit, value, retryAfterMs: RETRY_AFTER_MS } },
  );
}
