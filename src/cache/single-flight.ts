import { AbortedError } from '../errors/aborted-error.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';

interface Flight<T> {
  readonly waiters: Set<Deferred<T>>;
  readonly controller: AbortController;
}

interface FlightOptions<T> {
  readonly signal: AbortSignal | undefined;
  readonly handOver: (result: T) => void;
  readonly landed: (result: T) => void;
}

/**
 * One piece of work per key, however many callers wait for it; different keys run side by side.
 * A caller that aborts leaves alone; the work is aborted when the last caller has left.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * `handOver` is called once per waiting caller, `landed` once after all of them; then callers get the result.
   *
   * @throws `ML_ABORTED` for a caller whose signal aborts; else what the work throws, to every caller
   */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, options: FlightOptions<T>): Promise<T> {
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(aborted(signal));
    const waiter = deferred<T>();
    const known = this.#flights.get(key);
    const flight = known ?? { waiters: new Set<Deferred<T>>(), controller: new AbortController() };
    flight.waiters.add(waiter);
    if (signal !== undefined) this.#leaveOnAbort(key, flight, waiter, signal);
    if (known === undefined) {
      this.#flights.set(key, flight);
      void this.#fly(key, flight, work, options);
    }
    return waiter.promise;
  }

  /** Aborts all work; every caller gets `reason`. */
  abortAll(reason: unknown): void {
    for (const [key, flight] of this.#flights) {
      this.#flights.delete(key);
      for (const waiter of flight.waiters) waiter.reject(reason);
      flight.waiters.clear();
      flight.controller.abort(reason);
    }
  }

  async #fly(
    key: string,
    flight: Flight<T>,
    work: (signal: AbortSignal) => Promise<T>,
    options: FlightOptions<T>,
  ): Promise<void> {
    try {
      const result = await work(flight.controller.signal);
      this.#land(key, flight);
      for (const waiter of flight.waiters) {
        options.handOver(result);
        waiter.resolve(result);
      }
      options.landed(result);
    } catch (error) {
      this.#land(key, flight);
      for (const waiter of flight.waiters) waiter.reject(error);
    }
    flight.waiters.clear();
  }

  /** A flight that everybody left was already replaced, perhaps by a newer one. */
  #land(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  #leaveOnAbort(key: string, flight: Flight<T>, waiter: Deferred<T>, signal: AbortSignal): void {
    const leave = (): void => {
      if (!flight.waiters.delete(waiter)) return;
      waiter.reject(aborted(signal));
      if (flight.waiters.size > 0) return;
      this.#land(key, flight);
      flight.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    const stay = (): void => signal.removeEventListener('abort', leave);
    waiter.promise.then(stay, stay);
  }
}

function aborted(signal: AbortSignal): AbortedError {
  return new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: signal.reason });
}
