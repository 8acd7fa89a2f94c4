import type { ArmBounds, Breach } from '../spec/routing.ts';

const FAILED = 1;
const SLOW = 2;
/** `1 - 0.9` is less than 0.1. */
const ROUNDING = 1e-9;

/** The latest calls of an arm, against its bounds. */
export class RecentCalls {
  readonly bounds: Required<ArmBounds>;
  /** A ring: what became of each call. */
  readonly #ring: Uint8Array;
  #at = 0;
  #count = 0;
  #failed = 0;
  #slow = 0;

  /** @param bounds all of them; one that does not hold is infinite */
  constructor(bounds: Required<ArmBounds>) {
    this.bounds = bounds;
    this.#ring = new Uint8Array(bounds.window);
  }

  record(failed: boolean, slow: boolean): void {
    if (this.#count === this.#ring.length) this.#drop(this.#ring[this.#at] as number);
    else this.#count += 1;
    this.#ring[this.#at] = (failed ? FAILED : 0) | (slow ? SLOW : 0);
    if (failed) this.#failed += 1;
    if (slow) this.#slow += 1;
    this.#at = (this.#at + 1) % this.#ring.length;
  }

  /** The bound that the latest calls are beyond, if there were enough of them. */
  breach(): Breach | undefined {
    const { minCalls, maxErrorRate, latencyQuantile, maxLatencyMs } = this.bounds;
    const calls = this.#count;
    if (calls < minCalls) return undefined;
    const failed = this.#failed / calls;
    if (failed > maxErrorRate + ROUNDING) return { reason: 'errors', share: failed, allowed: maxErrorRate, calls };
    const slow = this.#slow / calls;
    const allowed = 1 - latencyQuantile;
    return slow > allowed + ROUNDING ? { reason: 'latency', share: slow, allowed, calls, maxLatencyMs } : undefined;
  }

  clear(): void {
    this.#at = 0;
    this.#count = 0;
    this.#failed = 0;
    this.#slow = 0;
  }

  #drop(flags: number): void {
    if ((flags & FAILED) !== 0) this.#failed -= 1;
    if ((flags & SLOW) !== 0) this.#slow -= 1;
  }
}
