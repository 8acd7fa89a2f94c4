import { AbortedError } from '../errors/aborted-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import { RemoteError } from '../errors/remote-error.ts';
import type { Clock } from '../internal/clock.ts';
import type { CallOptions } from '../spec/model.ts';
import { Cancellation } from './cancellation.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { GrpcTransport } from './grpc-transport.ts';
import { HttpTransport } from './http-transport.ts';
import type { RemoteAddress } from './remote-address.ts';
import type { RemoteSettings } from './remote-options.ts';
import type { Sending, Transport } from './transport.ts';

/** Milliseconds before the first repetition; doubles. Half of it is left to chance, so that clients do not march in step. */
const FIRST_WAIT_MS = 50;

/** What a client is made of. */
export interface ClientParts {
  readonly address: RemoteAddress;
  readonly settings: RemoteSettings;
  readonly clock: Clock;
  /** Told when the server is given up for a while, and when it answers again. */
  readonly changed: (failure: RemoteError | undefined) => void;
}

/** Work over the transport, under the time and the signal of a call. */
export type RemoteWork<T> = (transport: Transport, sending: Omit<Sending, 'binary'>) => Promise<T>;

/** Calls to one server: in time, again where that is safe, and not while it is down. */
export class RemoteClient {
  readonly #parts: ClientParts;
  readonly #breaker: CircuitBreaker;
  #transport: Promise<Transport> | undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    const { address, settings, clock, changed } = parts;
    const { failures, pauseMs } = settings;
    this.#breaker = new CircuitBreaker({ label: address.text, failures, pauseMs, clock, changed });
  }

  /** @throws `ML_REMOTE_*`, `ML_ABORTED` */
  async call<T>(work: RemoteWork<T>, options: CallOptions): Promise<T> {
    this.#breaker.enter();
    try {
      const value = await this.#inTime(work, options);
      this.#breaker.succeeded();
      return value;
    } catch (caught) {
      const error = this.#typed(caught);
      if (error instanceof RemoteError) {
        if (saysDown(error)) this.#breaker.failed(error);
        else this.#breaker.succeeded();
      } else this.#breaker.left();
      throw error;
    }
  }

  async close(): Promise<void> {
    const transport = await this.#transport?.catch(() => undefined);
    await transport?.close();
  }

  async #inTime<T>(work: RemoteWork<T>, { signal, timeoutMs }: CallOptions): Promise<T> {
    const { address, settings } = this.#parts;
    const limitMs = Math.min(timeoutMs ?? settings.timeoutMs, settings.timeoutMs);
    const deadlineAt = performance.now() + limitMs;
    const cancellation = new Cancellation();
    const leave = (): void =>
      cancellation.abort(
        new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: signal?.reason }),
      );
    if (signal?.aborted === true) leave();
    signal?.addEventListener('abort', leave, { once: true });
    const timer = setTimeout(() => {
      const message = `${address.text} did not answer within ${Math.ceil(limitMs)} ms`;
      cancellation.abort(new RemoteError('ML_REMOTE_TIMEOUT', message, { details: { timeoutMs: limitMs } }));
    }, limitMs);
    try {
      const transport = await (this.#transport ??= this.#open());
      return await this.#repeatedly(() => work(transport, { signal: cancellation, deadlineAt }), {
        signal: cancellation,
        deadlineAt,
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    }
  }

  async #open(): Promise<Transport> {
    const { address, settings } = this.#parts;
    try {
      return await (address.transport === 'http' ? HttpTransport : GrpcTransport).open(address, settings);
    } catch (error) {
      this.#transport = undefined;
      throw error;
    }
  }

  async #repeatedly<T>(work: () => Promise<T>, { signal, deadlineAt }: Omit<Sending, 'binary'>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const waitMs = attempt < this.#parts.settings.retries ? waitBefore(error, attempt) : undefined;
        if (waitMs === undefined || signal.aborted || performance.now() + waitMs >= deadlineAt) throw error;
        await pause(waitMs, signal);
      }
    }
  }

  #typed(error: unknown): MLServiceError {
    const { text } = this.#parts.address;
    if (!MLServiceError.isInstance(error)) {
      const message = error instanceof Error ? error.message : String(error);
      return new RemoteError('ML_REMOTE_FAILED', `${text} could not be asked: ${message}`, { cause: error });
    }
    // What was sent is checked before it is sent; what cannot be read now came from the server.
    if (!(error instanceof ProtocolError)) return error;
    return new RemoteError('ML_REMOTE_INVALID_ANSWER', `${text} breaks the protocol: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}

/** Whether a failure counts towards leaving the server alone: not where it works and refuses this one request. */
function saysDown({ code, details }: RemoteError): boolean {
  if (code === 'ML_REMOTE_REFUSED') return false;
  return !(code === 'ML_REMOTE_BUSY' && (details['status'] === 429 || details['grpcStatus'] === 8));
}

/** Milliseconds until the request may go again; `undefined` where it may have been processed. */
function waitBefore(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof RemoteError)) return undefined;
  const { code, details } = error;
  const chance = 0.5 + Math.random() / 2;
  if (code === 'ML_REMOTE_UNREACHABLE' && details['sent'] === false) return FIRST_WAIT_MS * 2 ** attempt * chance;
  const { retryAfterMs } = details;
  if (code !== 'ML_REMOTE_BUSY' || typeof retryAfterMs !== 'number') return undefined;
  return retryAfterMs + FIRST_WAIT_MS * chance;
}

function pause(ms: number, signal: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.off('abort', leave);
      resolve();
    }, ms);
    signal.once('abort', leave);
  });
}
