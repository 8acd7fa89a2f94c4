import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { Operand } from '../graph/operand.ts';

/** How a view follows its base, and how writing into it changes the base. */
export interface ViewOf {
  readonly base: TensorBox;
  /** The view of the base's present value. */
  readonly take: () => Value;
  /** The base with the view's elements replaced; `undefined` where that cannot be written. */
  readonly put: ((part: Value) => Value) | undefined;
}

/**
 * A tensor of the program. Code may write into it: whoever holds it, or a view of it, sees that. The graph itself
 * has no such thing: a box always holds the latest value.
 */
export class TensorBox {
  readonly #view: ViewOf | undefined;
  #value: Value | (() => Value);
  #version = 0;
  /** The base's version that the value was made of. */
  #seen: number;
  /** Set where the tensor was made of a number: the number. */
  readonly number: Operand | undefined;

  /** @param value the value, or how to make it when it is first asked for */
  constructor(value: Value | (() => Value), view?: ViewOf, number?: Operand) {
    this.#value = value;
    this.#view = view;
    this.#seen = view?.base.version ?? 0;
    this.number = number;
  }

  /** Counts changes, those of bases included. */
  get version(): number {
    return this.#version + (this.#view?.base.version ?? 0);
  }

  get value(): Value {
    const view = this.#view;
    if (view !== undefined && view.base.version !== this.#seen) {
      this.#value = view.take();
      this.#seen = view.base.version;
    }
    if (typeof this.#value === 'function') this.#value = this.#value();
    return this.#value;
  }

  /**
   * Writes into the tensor.
   *
   * @returns whether that could be told to the tensors that it is a view of
   */
  write(value: Value): boolean {
    const view = this.#view;
    if (view === undefined) {
      this.#value = value;
      this.#version++;
      return true;
    }
    if (view.put === undefined || !view.base.write(view.put(value))) return false;
    this.#value = value;
    this.#seen = view.base.version;
    return true;
  }
}
