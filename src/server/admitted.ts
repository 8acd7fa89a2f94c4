import type { ServerResponse } from 'node:http';
import type { ServerLimits } from './limits.ts';
import type { BodyBudget } from './read-body.ts';
import type { RequestGate } from './request-gate.ts';

/** A request that was let in: what it holds, and whether its client is still there. */
export class Admitted implements BodyBudget {
  readonly maxBodyBytes: number;
  readonly #gate: RequestGate;
  readonly #gone = new AbortController();
  readonly #response: ServerResponse;
  #bytes = 0;

  /** @throws `ML_OVERLOADED`, `ML_REGISTRY_CLOSED` */
  constructor(gate: RequestGate, { maxBodyBytes }: ServerLimits, response: ServerResponse) {
    gate.enter();
    this.#gate = gate;
    this.maxBodyBytes = maxBodyBytes;
    this.#response = response;
    response.once('close', this.#closed);
    if (response.destroyed) this.#closed();
  }

  /** Aborts when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  hold(bytes: number): void {
    this.#gate.hold(bytes, this.#bytes);
    this.#bytes += bytes;
  }

  leave(): void {
    this.#response.off('close', this.#closed);
    this.#gate.leave(this.#bytes);
  }

  readonly #closed = (): void => {
    if (!this.#response.writableFinished) this.#gone.abort();
  };
}
