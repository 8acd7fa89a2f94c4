/** Buckets per doubling: a quantile is off by at most 2.2 %. */
const PER_OCTAVE = 16;
/** From a microsecond to an hour and more. */
const OCTAVES = 32;
const MICROSECONDS = 1_000;

/** Durations in buckets of equal relative width: quantiles in 4 KiB, however many calls there were. */
export class LatencyHistogram {
  readonly #buckets = new Float64Array(PER_OCTAVE * OCTAVES);
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  /** The longest, in milliseconds. */
  get maxMs(): number {
    return this.#maxMs;
  }

  record(ms: number): void {
    const at = Math.floor(Math.log2(Math.max(1, ms * MICROSECONDS)) * PER_OCTAVE);
    const bucket = Math.min(at, this.#buckets.length - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#count += 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** Milliseconds within which the share `q` of the calls was done; `undefined` before the first. */
  quantile(q: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let i = 0; i < this.#buckets.length; i++) {
      seen += this.#buckets[i] as number;
      if (seen >= wanted) return Math.min(this.#maxMs, 2 ** ((i + 0.5) / PER_OCTAVE) / MICROSECONDS);
    }
    return this.#maxMs;
  }
}
