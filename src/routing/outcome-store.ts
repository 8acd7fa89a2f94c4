import { randomFillSync } from 'node:crypto';
import type { Clock } from '../internal/clock.ts';
import type { OutcomeResult } from '../spec/routing.ts';

/** How many predictions wait for their outcome, and how long. */
export interface OutcomeLimits {
  readonly maxOpen: number;
  readonly ttlMs: number;
}

/** Places that are made at first; doubled as they are needed, up to `maxOpen`. */
const FIRST = 1_024;
const RADIX = 36;
/** Random words that are drawn at once. */
const POOL = 1_024;

/** Places for predictions: the n-th given id is in place `n % size`. */
interface Ring<T> {
  readonly size: number;
  readonly owners: (T | undefined)[];
  readonly expiresAt: Float64Array;
  /** Two random words per place, so that ids cannot be guessed from others. */
  readonly secrets: Uint32Array;
  readonly reported: Uint8Array;
}

/**
 * Which arm answered which prediction, until the outcome comes or its time is over; the oldest give way. In arrays that
 * are written over and over: objects and strings that live for a while would cost more than the calls that they are of.
 */
export class OutcomeStore<T> {
  #limits: OutcomeLimits;
  readonly #clock: Clock;
  #ring: Ring<T>;
  /** Number of the next id. */
  #next = 0;
  /** The first that may still be in the ring. */
  #first = 0;
  readonly #pool = new Uint32Array(POOL);
  #drawn = POOL;

  constructor(limits: OutcomeLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#ring = emptyRing(Math.min(FIRST, limits.maxOpen));
  }

  get limits(): OutcomeLimits {
    return this.#limits;
  }

  /** Predictions that are remembered, those whose time is over among them. */
  get size(): number {
    return this.#next - this.#first;
  }

  /** Other limits, for predictions that are there too: the oldest beyond `maxOpen` are forgotten. */
  limit(limits: OutcomeLimits): void {
    this.#limits = limits;
    this.#first = Math.max(this.#first, this.#next - limits.maxOpen);
    this.#resize(Math.min(limits.maxOpen, Math.max(FIRST, this.size)));
  }

  /** Remembers a prediction and gives its id. */
  add(owner: T): string {
    if (this.size === this.#ring.size) {
      if (this.size < this.#limits.maxOpen) this.#resize(Math.min(this.#limits.maxOpen, this.size * 2));
      else this.#first += 1;
    }
    const { size, owners, expiresAt, secrets, reported } = this.#ring;
    const number = this.#next++;
    const at = number % size;
    const [one, other] = [this.#random(), this.#random()];
    owners[at] = owner;
    expiresAt[at] = this.#clock.now() + this.#limits.ttlMs;
    secrets[at * 2] = one;
    secrets[at * 2 + 1] = other;
    reported[at] = 0;
    return idOf(number, one, other);
  }

  /** @param count told whose outcome it is; `false` from it: nobody's any more */
  report(id: string, count: (owner: T) => boolean): OutcomeResult {
    const number = Number.parseInt(id, RADIX);
    if (!(number >= this.#first && number < this.#next)) return 'unknown';
    const { size, owners, expiresAt, secrets, reported } = this.#ring;
    const at = number % size;
    const known = idOf(number, secrets[at * 2] as number, secrets[at * 2 + 1] as number);
    if (id !== known || (expiresAt[at] as number) <= this.#clock.now()) return 'unknown';
    if (reported[at] === 1) return 'repeated';
    if (!count(owners[at] as T)) return 'unknown';
    reported[at] = 1;
    return 'counted';
  }

  #resize(size: number): void {
    if (size === this.#ring.size) return;
    const [from, to] = [this.#ring, emptyRing<T>(size)];
    for (let number = this.#first; number < this.#next; number++) {
      const [a, b] = [number % from.size, number % size];
      to.owners[b] = from.owners[a];
      to.expiresAt[b] = from.expiresAt[a] as number;
      to.secrets[b * 2] = from.secrets[a * 2] as number;
      to.secrets[b * 2 + 1] = from.secrets[a * 2 + 1] as number;
      to.reported[b] = from.reported[a] as number;
    }
    this.#ring = to;
  }

  #random(): number {
    if (this.#drawn === POOL) {
      randomFillSync(this.#pool);
      this.#drawn = 0;
    }
    return this.#pool[this.#drawn++] as number;
  }
}

function emptyRing<T>(size: number): Ring<T> {
  return {
    size,
    owners: Array.from<T | undefined>({ length: size }),
    expiresAt: new Float64Array(size),
    secrets: new Uint32Array(size * 2),
    reported: new Uint8Array(size),
  };
}

function idOf(number: number, one: number, other: number): string {
  return `${number.toString(RADIX)}-${one.toString(RADIX)}-${other.toString(RADIX)}`;
}
