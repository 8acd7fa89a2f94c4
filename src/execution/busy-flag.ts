const BUSY = 0;
const ENDING = 1;

/**
 * Shared by the event loop and one worker thread: whether the thread computes, and whether the process ends. A native
 * runtime that is stopped in the middle of a computation takes the whole process down with it, so that whoever ends
 * the process waits here, without an event loop, and the thread begins nothing more.
 */
export class BusyFlag {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  /** Called by the thread before it computes; `false` where it must not begin any more. */
  begin(): boolean {
    Atomics.store(this.#words, BUSY, 1);
    if (Atomics.load(this.#words, ENDING) === 0) return true;
    this.end();
    return false;
  }

  /** Called by the thread when it is idle again. */
  end(): void {
    Atomics.store(this.#words, BUSY, 0);
    Atomics.notify(this.#words, BUSY);
  }

  /** Called while the process ends: lets nothing more begin and waits for what is under way. */
  drain(timeoutMs: number): void {
    Atomics.store(this.#words, ENDING, 1);
    Atomics.wait(this.#words, BUSY, 1, timeoutMs);
  }
}
