import { malformed, overLimit } from './problems.ts';
import type { PyValue } from './nodes.ts';

/** The stack of a pickle and its marks. Nothing below the last mark can be reached, as in CPython. */
export class PickleStack {
  readonly #items: PyValue[] = [];
  readonly #marks: number[] = [];
  readonly #maxNesting: number;
  #fence = 0;

  constructor(maxNesting: number) {
    this.#maxNesting = maxNesting;
  }

  push(value: PyValue): void {
    this.#items.push(value);
  }

  pop(offset: number): PyValue {
    if (this.#items.length <= this.#fence) throw malformed('a value is missing on the stack', offset);
    return this.#items.pop() as PyValue;
  }

  top(offset: number): PyValue {
    if (this.#items.length <= this.#fence) throw malformed('a value is missing on the stack', offset);
    return this.#items[this.#items.length - 1] as PyValue;
  }

  /** Replaces the value on top. */
  replaceTop(value: PyValue, offset: number): void {
    this.pop(offset);
    this.push(value);
  }

  mark(offset: number): void {
    if (this.#marks.length >= this.#maxNesting) {
      throw overLimit('maxNesting', this.#maxNesting, 'containers nested deeper', offset);
    }
    this.#marks.push(this.#items.length);
    this.#fence = this.#items.length;
  }

  /** Takes everything above the last mark, and the mark. */
  popMark(offset: number): PyValue[] {
    const start = this.#marks.pop();
    if (start === undefined) throw malformed('a mark is missing on the stack', offset);
    this.#fence = this.#marks.at(-1) ?? 0;
    return this.#items.splice(start);
  }

  /** POP takes a value, or the mark where it is on top. */
  discard(offset: number): void {
    if (this.#items.length > this.#fence) this.#items.pop();
    else if (this.#marks.length > 0 && this.#items.length === this.#fence) this.popMark(offset);
    else throw malformed('a value is missing on the stack', offset);
  }

  /** The one value that is left at STOP. */
  result(offset: number): PyValue {
    const value = this.pop(offset);
    if (this.#items.length > 0 || this.#marks.length > 0)
      throw malformed('values are left on the stack at its end', offset);
    return value;
  }
}
