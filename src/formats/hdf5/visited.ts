import { malformed, overLimit } from './hdf5-problem.ts';

/** Nodes of one tree or list; meeting one twice would mean a circle, or the same nodes counted over and over. */
export class Visited {
  readonly #seen = new Set<number>();
  readonly #what: string;
  readonly #limit: number;

  constructor(what: string, limit: number) {
    this.#what = what;
    this.#limit = limit;
  }

  add(address: number, offset: number): void {
    if (this.#seen.has(address)) throw malformed(`${this.#what} leads to the same node twice`, offset);
    this.#seen.add(address);
    if (this.#seen.size > this.#limit) throw overLimit(`${this.#what} has more than ${this.#limit} nodes`, this.#limit);
  }
}
