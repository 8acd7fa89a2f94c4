import { ints } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';

/** Extents as Keras has them, batch first; `null` where the extent is known only when the graph runs. */
export type KerasShape = readonly (number | null)[];

/**
 * Where a tensor comes from if it is a function of one input of the model that is computed in
 * TypeScript, before the graph runs: the input itself, or what text steps made of it.
 */
export interface InputOrigin {
  /** The model's input, as the framework calls it. */
  readonly input: string;
  readonly compute: (given: TensorLike) => TensorLike;
}

/**
 * A tensor of the model under translation: what Keras knows of it (shape, element type, mask) and
 * how to get it inside the graph.
 *
 * Keras keeps channels last, ONNX convolves with channels first. A tensor can have either form; the
 * other one is made on demand, once, so that a chain of convolutions, pools and activations never
 * changes back and forth.
 */
export class KerasTensor {
  readonly shape: KerasShape;
  readonly dtype: DType;
  /** Which steps count, as Keras passes it beside the tensor: bool, usually `[batch, time]`. */
  readonly mask: KerasTensor | undefined;
  readonly origin: InputOrigin | undefined;
  readonly #forms: TensorForms;

  constructor(forms: TensorForms, { shape, dtype, mask, origin }: TensorFacts) {
    this.shape = shape;
    this.dtype = dtype;
    this.mask = mask;
    this.origin = origin;
    this.#forms = forms;
  }

  /** A value of the graph whose axes are in Keras's order. */
  static of(g: GraphBuilder, value: Value, facts: TensorFacts): KerasTensor {
    return new KerasTensor(new TensorForms(g, { plain: () => value }, facts.shape.length), facts);
  }

  /** A value whose axes are batch, last of Keras's, the others; `shape` is in Keras's order. */
  static channelsFirst(g: GraphBuilder, value: Value, facts: TensorFacts): KerasTensor {
    return new KerasTensor(new TensorForms(g, { first: () => value }, facts.shape.length), facts);
  }

  /** A tensor whose value is made when it is first needed; for inputs that only text steps read. */
  static lazy(g: GraphBuilder, make: () => Value, facts: TensorFacts): KerasTensor {
    return new KerasTensor(new TensorForms(g, { plain: make }, facts.shape.length), facts);
  }

  get rank(): number {
    return this.shape.length;
  }

  /** The value in Keras's order of axes. */
  plain(): Value {
    return this.#forms.plain();
  }

  /** The value with the last axis moved behind the batch axis. */
  channelsFirst(): Value {
    return this.#forms.first();
  }

  /** Whether only the channels-first form exists so far: work on that one costs nothing. */
  get prefersChannelsFirst(): boolean {
    return this.#forms.onlyFirst;
  }

  /** The same tensor with another mask. */
  withMask(mask: KerasTensor | undefined): KerasTensor {
    if (mask === this.mask) return this;
    const { shape, dtype, origin } = this;
    return new KerasTensor(this.#forms, { shape, dtype, origin, mask });
  }

  /** An elementwise operation: done on whichever form exists, shape unchanged. */
  map(apply: (value: Value) => Value, dtype: DType = this.dtype): KerasTensor {
    const { shape, mask } = this;
    const facts = { shape, dtype, mask };
    const { g } = this.#forms;
    return this.prefersChannelsFirst
      ? KerasTensor.channelsFirst(g, apply(this.channelsFirst()), facts)
      : KerasTensor.of(g, apply(this.plain()), facts);
  }
}

/** What Keras knows of a tensor. */
export interface TensorFacts {
  readonly shape: KerasShape;
  readonly dtype: DType;
  readonly mask?: KerasTensor | undefined;
  readonly origin?: InputOrigin | undefined;
}

interface FormMakers {
  readonly plain?: () => Value;
  readonly first?: () => Value;
}

/** The two forms of one tensor; shared by copies that differ in their mask alone. */
class TensorForms {
  readonly g: GraphBuilder;
  readonly #makers: FormMakers;
  readonly #rank: number;
  #plain: Value | undefined;
  #first: Value | undefined;

  constructor(g: GraphBuilder, makers: FormMakers, rank: number) {
    this.g = g;
    this.#makers = makers;
    this.#rank = rank;
  }

  get onlyFirst(): boolean {
    return this.#plain === undefined && this.#makers.plain === undefined;
  }

  plain(): Value {
    this.#plain ??= this.#makers.plain?.() ?? this.#transposed(this.first(), lastAxisBack(this.#rank));
    return this.#plain;
  }

  first(): Value {
    this.#first ??= this.#makers.first?.() ?? this.#transposed(this.plain(), lastAxisForward(this.#rank));
    return this.#first;
  }

  #transposed(value: Value, perm: readonly number[]): Value {
    return perm.length < 3 ? value : this.g.op('Transpose', [value], { perm: ints(perm) });
  }
}

/** `[0, last, 1, 2, ...]`. */
function lastAxisForward(rank: number): readonly number[] {
  return [0, rank - 1, ...Array.from({ length: Math.max(rank - 2, 0) }, (_, i) => i + 1)];
}

/** `[0, 2, 3, ..., 1]`. */
function lastAxisBack(rank: number): readonly number[] {
  return [0, ...Array.from({ length: Math.max(rank - 2, 0) }, (_, i) => i + 2), 1];
}
