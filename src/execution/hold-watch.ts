/** Calls watched one by one at first, and after each that held the loop. */
const CLOSE_LOOK = 16;
/** Of the others, one in so many is. */
const SAMPLE = 16;
/** Holds within this many looks that are too many. */
const HOLDS = 3;
const LOOKS = 64;
/** Below this many milliseconds per row, sending the rows elsewhere would hold the loop as long. */
const MIN_MS_PER_ROW = 0.01;
/** The share of a run in which the loop did nothing else, from which on the run counts as holding it. */
const MIN_UTILISATION = 0.8;

/** Finds out whether a model that runs on the event loop holds it. Costs a counter per call. */
export class HoldWatch {
  readonly #maxHoldMs: number;
  readonly #found: (reason: string) => void;
  #closely = CLOSE_LOOK;
  #calls = 0;
  #looks = 0;
  #holds = 0;
  #over = false;
  #startedAt: ReturnType<typeof performance.eventLoopUtilization> | undefined;

  /** @param found called once, with a reason for people */
  constructor(maxHoldMs: number, found: (reason: string) => void) {
    this.#maxHoldMs = maxHoldMs;
    this.#found = found;
  }

  /** Whether the next call that answers at once is to be timed. */
  due(): boolean {
    if (this.#over) return false;
    if (this.#closely > 0) {
      this.#closely -= 1;
      return true;
    }
    this.#calls += 1;
    return this.#calls % SAMPLE === 0;
  }

  /** A call that answered at once took this long. */
  held(durationMs: number, rows: number): void {
    this.#looks += 1;
    if (durationMs >= this.#maxHoldMs && durationMs / Math.max(1, rows) >= MIN_MS_PER_ROW) {
      this.#closely = CLOSE_LOOK;
      this.#holds += 1;
      if (this.#holds >= HOLDS && !this.#over) {
        this.#over = true;
        this.#found(`its calls held the event loop for ${durationMs.toFixed(1)} ms`);
      }
    }
    if (this.#looks < LOOKS) return;
    this.#looks = 0;
    this.#holds = 0;
  }

  /** A run begins whose answer comes later. */
  begin(): void {
    // Where nothing was slow yet, a look at the loop would only cost.
    if (this.#holds > 0 && !this.#over) this.#startedAt = performance.eventLoopUtilization();
  }

  /** Such a run ended: it held the loop if the loop did nothing but this. */
  end(durationMs: number, rows: number): void {
    const startedAt = this.#startedAt;
    this.#startedAt = undefined;
    if (this.#over) return;
    if (startedAt !== undefined && durationMs >= this.#maxHoldMs) {
      const { utilization } = performance.eventLoopUtilization(startedAt);
      if (utilization < MIN_UTILISATION) return;
    }
    this.held(durationMs, rows);
  }
}
