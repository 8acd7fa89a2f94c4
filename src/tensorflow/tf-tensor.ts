import type { Extent, GraphBuilder, Value } from '../onnx/builder/graph-builder.ts';
import type { DType, TensorData, TensorLike } from '../spec/tensor.ts';

export type Shape = readonly Extent[] | undefined;

/**
 * An element as far as it is known: a number or truth value, the name of an extent (the batch of an
 * input, say), or `null` for one that only a run tells.
 */
export type Element = number | boolean | string | null;

/** Type of a tensor under translation. */
export interface TfTensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Elements in row-major order, where at least some are known; never for text. */
  readonly content?: readonly Element[] | undefined;
}

/** Tensors beyond this many elements are not followed element by element. */
const MAX_CONTENT = 4096;
/** Values that nobody asked for yet may wait on each other this deep. */
const MAX_WAITING = 100;

/**
 * A tensor of the TensorFlow graph: what is known of it, and the ONNX value that computes it. What
 * may turn out to be needed only for its type (shapes above all) is written on first use.
 */
export class TfTensor {
  readonly kind = 'tensor';
  readonly dtype: DType;
  readonly shape: Shape;
  readonly content: readonly Element[] | undefined;
  /** All elements, for a constant. */
  readonly constant: TensorLike | undefined;
  /** Set where the tensor is another one and a number: how counters of loops are recognised. */
  readonly sumOf: { readonly base: TfTensor; readonly added: number } | undefined;
  readonly #waiting: number;
  #write: (() => Value) | undefined;
  #value: Value | undefined;

  private constructor(
    type: TfTensorType & Pick<Partial<TfTensor>, 'constant' | 'sumOf'>,
    write: (() => Value) | undefined,
    waiting = 0,
  ) {
    this.dtype = type.dtype;
    this.shape = type.shape;
    this.content = type.content;
    this.constant = type.constant;
    this.sumOf = type.sumOf;
    this.#write = write;
    this.#waiting = waiting;
  }

  /** A tensor that is in the graph already. */
  static of(value: Value): TfTensor {
    const tensor = new TfTensor(value, undefined);
    tensor.#value = value;
    return tensor;
  }

  /** A constant; it becomes a weight of the graph when it is used. */
  static constant(tensor: TensorLike, g: GraphBuilder): TfTensor {
    const { dtype, shape } = tensor;
    return new TfTensor({ dtype, shape, content: contentOf(tensor), constant: tensor }, () => g.constant(tensor));
  }

  /** A tensor that is written when its value is asked for; a constant where all elements are known. */
  static later(
    type: TfTensorType & Pick<Partial<TfTensor>, 'sumOf'>,
    {
      g,
      inputs,
      write,
    }: { readonly g: GraphBuilder; readonly inputs: readonly TfTensor[]; readonly write: () => Value },
  ): TfTensor {
    const known = constantOf(type);
    if (known !== undefined) return TfTensor.constant(known, g);
    const waiting = 1 + Math.max(0, ...inputs.map((input) => (input.#value === undefined ? input.#waiting : 0)));
    const tensor = new TfTensor(type, write, waiting);
    return waiting > MAX_WAITING ? tensor.#written() : tensor;
  }

  /** The ONNX value; written now if it was not yet. */
  get value(): Value {
    if (this.#value === undefined) {
      this.#value = (this.#write as () => Value)();
      this.#write = undefined;
    }
    return this.#value;
  }

  #written(): this {
    this.#value ??= this.value;
    return this;
  }

  get rank(): number | undefined {
    return this.shape?.length;
  }

  /** All elements as numbers, where they are known. */
  get numbers(): readonly number[] | undefined {
    const { content } = this;
    return content !== undefined && content.every((element) => typeof element === 'number') ? content : undefined;
  }
}

function contentOf({ dtype, data }: TensorLike): readonly Element[] | undefined {
  if (data.length > MAX_CONTENT || dtype === 'string' || dtype.startsWith('complex')) return undefined;
  const elements = Array.from(data as ArrayLike<number | bigint | boolean>, (value): Element => {
    if (dtype === 'bool') return Boolean(value);
    return Number(value);
  });
  // A number beyond 2^53 is not the one in the file any more.
  const exact = !/^u?int64$/.test(dtype) || elements.every((element) => Number.isSafeInteger(element));
  return exact ? elements : undefined;
}

/** The constant that fully known elements make. */
function constantOf({ dtype, shape, content }: TfTensorType): TensorLike | undefined {
  if (content === undefined || shape === undefined) return undefined;
  if (!shape.every((extent) => typeof extent === 'number')) return undefined;
  if (!content.every((element) => typeof element === 'number' || typeof element === 'boolean')) return undefined;
  return { data: arrayOf(dtype, content), shape, dtype };
}

function arrayOf(dtype: DType, content: readonly (number | boolean)[]): TensorData {
  switch (dtype) {
    case 'int64':
      return BigInt64Array.from(content, BigInt);
    case 'uint64':
      return BigUint64Array.from(content, BigInt);
    case 'float64':
      return Float64Array.from(content, Number);
    case 'int32':
      return Int32Array.from(content, Number);
    case 'int16':
      return Int16Array.from(content, Number);
    case 'int8':
      return Int8Array.from(content, Number);
    case 'uint32':
      return Uint32Array.from(content, Number);
    case 'uint16':
      return Uint16Array.from(content, Number);
    case 'uint8':
      return Uint8Array.from(content, Number);
    case 'bool':
      return content.map(Boolean);
    default:
      return Float32Array.from(content, Number);
  }
}
