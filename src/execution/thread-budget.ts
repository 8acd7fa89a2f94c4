/**
 * Processors shared out among workers. One is left to the event loop; a worker gets what the others left, and at least
 * one thread.
 */
export class ThreadBudget {
  readonly processors: number;
  #granted = 0;

  constructor(processors: number) {
    this.processors = processors;
  }

  /** Threads that are granted at present. */
  get granted(): number {
    return this.#granted;
  }

  /** Takes threads for one worker; give them back with `release`. */
  take(): number {
    const threads = Math.max(1, this.processors - 1 - this.#granted);
    this.#granted += threads;
    return threads;
  }

  release(threads: number): void {
    this.#granted -= threads;
  }
}
