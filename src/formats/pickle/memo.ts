import type { PyValue } from './nodes.ts';
import { malformed, overLimit } from './problems.ts';

/** The memo of a pickle. Indexes run up by one in real files; others are kept apart, so that none costs memory. */
export class Memo {
  readonly #dense: PyValue[] = [];
  readonly #sparse = new Map<number, PyValue>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#dense.length + this.#sparse.size;
  }

  put(index: number, value: PyValue, offset: number): void {
    if (index < this.#dense.length) {
      this.#dense[index] = value;
      return;
    }
    if (this.size >= this.#max && !this.#sparse.has(index))
      throw overLimit('maxMemo', this.#max, 'more memo entries', offset);
    if (index === this.#dense.length) {
      this.#sparse.delete(index);
      this.#dense.push(value);
    } else {
      this.#sparse.set(index, value);
    }
  }

  get(index: number, offset: number): PyValue {
    const value = index < this.#dense.length ? this.#dense[index] : this.#sparse.get(index);
    if (value === undefined) throw malformed(`the memo has no entry ${index}`, offset);
    return value;
  }
}
