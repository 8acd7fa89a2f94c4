import { FormatError } from '../../errors/format-error.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { isFloat } from './compute-type.ts';
import { shown } from '../model/layer-config.ts';

/** Gives a variable of the model by its full name, or `undefined`; reads it from the file when first asked. */
export type WeightLookup = (name: string) => TensorLike | undefined;

/** The variables of one layer, by the names that its class declares. */
export class LayerWeights {
  readonly #lookup: WeightLookup;
  readonly #prefix: string;
  readonly #subject: string;
  readonly #dtype: DType | undefined;

  /** @param dtype floats are given in this type; default as the file has them */
  constructor(lookup: WeightLookup, prefix: string, subject: string, dtype?: DType) {
    this.#lookup = lookup;
    this.#prefix = prefix;
    this.#subject = subject;
    this.#dtype = dtype;
  }

  /** The same variables, floats in the type that the layer computes in. */
  in(dtype: DType): LayerWeights {
    return new LayerWeights(this.#lookup, this.#prefix, this.#subject, dtype);
  }

  /**
   * @param shape what the configuration and the inputs make it; `null` where any extent fits
   * @throws `ML_FORMAT_MALFORMED` for a missing variable or one of another shape
   */
  get(name: string, shape: readonly (number | null)[]): TensorLike {
    const tensor = this.#lookup(this.#prefix + name);
    if (tensor === undefined) {
      throw new FormatError(
        'ML_FORMAT_MALFORMED',
        `Keras model: ${this.#subject} has no variable "${name}" in the file; save the model again`,
        { details: { layer: this.#subject, variable: name } },
      );
    }
    const fits = tensor.shape.length === shape.length && shape.every((n, i) => n === null || n === tensor.shape[i]);
    if (fits) return converted(tensor, this.#dtype);
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `Keras model: ${this.#subject} needs its variable "${name}" of shape ${shown(shape)} by the architecture, the file has ${shown(tensor.shape)}: the weights do not fit the configuration`,
      { details: { layer: this.#subject, variable: name, expected: shape, got: tensor.shape } },
    );
  }

  /** The shape that the file has a variable in; `undefined` where it has none. For layers whose versions differ in it. */
  shape(name: string): readonly number[] | undefined {
    return this.#lookup(this.#prefix + name)?.shape;
  }

  /** Whether the file has the variable. */
  has(name: string): boolean {
    return this.#lookup(this.#prefix + name) !== undefined;
  }

  /** The variables of an object that the layer owns, as `nestedSpecs` named them. */
  scope(name: string, subject: string): LayerWeights {
    return new LayerWeights(this.#lookup, `${this.#prefix}${name}/`, subject);
  }
}

function converted(tensor: TensorLike, dtype: DType | undefined): TensorLike {
  if (dtype === undefined || dtype === tensor.dtype || !isFloat(tensor.dtype) || !isFloat(dtype)) return tensor;
  const from = tensor.data as ArrayLike<number>;
  return { data: dtype === 'float64' ? Float64Array.from(from) : Float32Array.from(from), shape: tensor.shape, dtype };
}
