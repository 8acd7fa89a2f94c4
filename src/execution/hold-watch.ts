/** Calls watched one by one at first, and after each that was slow. */
const CLOSE_LOOK = 4;
/** Of the others, one in so many is. */
const SAMPLE = 16;
/** Holds within this many looks that are too many. */
const HOLDS = 3;
const LOOKS = 64;
/** Below this many milliseconds per row, sending the rows elsewhere would hold the loop as long. */
const MIN_MS_PER_ROW = 0.01;
/** The share of a slow call in which this process must have computed: else it waited for something. */
const MIN_COMPUTING = 0.3;

/**
 * Finds out whether a model that runs on the event loop holds it: some of its calls take long, by the clock and by the
 * processor's. Costs a counter per call, and a look at the clock for one call in sixteen.
 */
export class HoldWatch {
  readonly #maxHoldMs: number;
  readonly #found: (reason: string) => void;
  #closely = CLOSE_LOOK;
  #calls = 0;
  #looks = 0;
  #holds = 0;
  #over = false;
  #startedAt: number | undefined;
  #usage: NodeJS.CpuUsage | undefined;
  /** A slow call was seen: the processor's clock, which costs more to look at, counts from now on. */
  #suspected = false;

  /** @param found called once, with a reason for people */
  constructor(maxHoldMs: number, found: (reason: string) => void) {
    this.#maxHoldMs = maxHoldMs;
    this.#found = found;
  }

  /** A call begins. Whether it is watched: then `end` is to be called. */
  begin(): boolean {
    if (this.#over || this.#startedAt !== undefined) return false;
    if (this.#closely > 0) this.#closely -= 1;
    else {
      this.#suspected = false;
      this.#calls += 1;
      if (this.#calls % SAMPLE !== 0) return false;
    }
    if (this.#suspected) this.#usage = process.cpuUsage();
    this.#startedAt = performance.now();
    return true;
  }

  /** The watched call ended. */
  end(rows: number): void {
    const { startedAt, usage } = { startedAt: this.#startedAt ?? 0, usage: this.#usage };
    this.#startedAt = undefined;
    this.#usage = undefined;
    const durationMs = performance.now() - startedAt;
    if (durationMs >= this.#maxHoldMs && durationMs / Math.max(1, rows) >= MIN_MS_PER_ROW) {
      this.#closely = CLOSE_LOOK;
      if (usage === undefined) this.#suspected = true;
      else {
        // On a busy machine a call of microseconds takes milliseconds now and then: it waited for its turn.
        const computed = computedMs(usage);
        if (computed >= this.#maxHoldMs && computed >= MIN_COMPUTING * durationMs) this.#hold(durationMs);
      }
    }
    this.#looks += 1;
    if (this.#looks < LOOKS) return;
    this.#looks = 0;
    this.#holds = 0;
  }

  #hold(durationMs: number): void {
    this.#holds += 1;
    if (this.#holds < HOLDS) return;
    this.#over = true;
    this.#found(`its calls held the event loop for ${durationMs.toFixed(1)} ms`);
  }
}

function computedMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
