import type { FormatError } from '../../errors/format-error.ts';
import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { type ArgumentValue, plainConstant } from '../graph/call-arguments.ts';
import { dtypeOf, isFloat } from '../graph/compute-type.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { KerasGeneration } from '../model/keras-layer.ts';
import { isRecord, type LayerConfig, own, shown } from '../model/layer-config.ts';

/** The arguments of an operation on tensors, by the names of its parameters. */
export class OpArguments {
  readonly g: GraphBuilder;
  readonly config: LayerConfig;
  readonly generation: KerasGeneration;
  readonly #values: ReadonlyMap<string, ArgumentValue>;

  constructor(
    {
      g,
      config,
      generation,
    }: { readonly g: GraphBuilder; readonly config: LayerConfig; readonly generation: KerasGeneration },
    values: ReadonlyMap<string, ArgumentValue>,
  ) {
    this.g = g;
    this.config = config;
    this.generation = generation;
    this.#values = values;
  }

  /** As the file has it; `undefined` where it is left out or `None`. */
  value(name: string): ArgumentValue | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value instanceof KerasTensor) return value;
    return 'constant' in value && value.constant === null ? undefined : value;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** A tensor that must be one of the model's. */
  tensor(name: string): KerasTensor {
    const value = this.value(name);
    if (value instanceof KerasTensor) return value;
    const constant = value === undefined ? undefined : this.constantTensor(value, 'float32');
    if (constant !== undefined) return constant;
    throw this.config.malformed(`has no tensor as ${name}`);
  }

  /** A list of tensors; constants among them take the type of the first tensor. */
  tensors(name: string): readonly KerasTensor[] {
    const value = this.value(name);
    if (value instanceof KerasTensor) return [value];
    if (!Array.isArray(value)) throw this.config.malformed(`has no list of tensors as ${name}`);
    const items = value as readonly ArgumentValue[];
    const first = items.find((item) => item instanceof KerasTensor);
    return items.map((item) => {
      if (item instanceof KerasTensor) return item;
      const constant = this.constantTensor(item, first?.dtype ?? 'float32');
      if (constant === undefined) throw this.config.malformed(`has ${name} with a part that is no tensor`);
      return constant;
    });
  }

  /** Two operands: a constant takes the type of the tensor, a fraction makes whole numbers floats. */
  pair(a: string, b: string): readonly [KerasTensor, KerasTensor] {
    const [x, y] = [this.value(a), this.value(b)];
    const known = x instanceof KerasTensor ? x : y instanceof KerasTensor ? y : undefined;
    if (known === undefined || x === undefined || y === undefined)
      throw this.config.malformed(`lacks one of its operands ${a}, ${b}`);
    const operand = (value: ArgumentValue): KerasTensor => {
      if (value instanceof KerasTensor) return value;
      const constant = this.constantTensor(value, known.dtype);
      if (constant === undefined) throw this.config.malformed('has an operand that is neither tensor nor number');
      return constant;
    };
    return [operand(x), operand(y)];
  }

  /** A JSON value, lists and records included. */
  constant(name: string): unknown {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const found = plainConstant(value);
    if (typeof found === 'symbol') throw this.unsupported(`has a tensor as ${name}, which must be known beforehand`);
    return found;
  }

  number(name: string, fallback: number): number {
    const value = this.constant(name) ?? fallback;
    if (typeof value === 'number') return value;
    throw this.config.malformed(`has ${name}=${shown(value)}, which must be a number`);
  }

  text(name: string, fallback: string): string {
    const value = this.constant(name) ?? fallback;
    if (typeof value === 'string') return value;
    throw this.config.malformed(`has ${name}=${shown(value)}, which must be a text`);
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.constant(name) ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.config.malformed(`has ${name}=${shown(value)}, which must be true or false`);
  }

  /** Whole numbers; a single one is a list of one; `undefined` where left out. */
  integers(name: string): readonly number[] | undefined {
    const value = listed(this.constant(name));
    if (value === undefined) return undefined;
    const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    if (list.every((item) => Number.isSafeInteger(item))) return list as readonly number[];
    throw this.config.malformed(`has ${name}=${shown(value)}, which must be whole numbers`);
  }

  dtype(name: string): DType | undefined {
    const value = this.constant(name);
    if (value === undefined) return undefined;
    const text = isRecord(value) ? own(value, 'config') : value;
    const found = typeof text === 'string' ? dtypeOf(text.replace(/^<dtype: '(.*)'>$/, '$1')) : undefined;
    if (found === undefined) throw this.unsupported(`has ${name}=${shown(value)}, a type that is not computed here`);
    return found;
  }

  unsupported(what: string): FormatError {
    return this.config.unsupported(`${what}; replace it by Keras layers, or export the model as ONNX or SavedModel`);
  }

  /** A number or nested list of numbers as a tensor without a batch. */
  constantTensor(value: ArgumentValue, dtype: DType): KerasTensor | undefined {
    if (value instanceof KerasTensor) return value;
    const plain = plainConstant(value);
    const described = isRecord(plain) ? constantOf(plain) : { value: plain, dtype: undefined };
    const data: (number | boolean)[] = [];
    const shape: number[] = [];
    if (described === undefined || !flatten(described.value, { shape, depth: 0, data })) return undefined;
    const fraction = data.some((n) => typeof n === 'number' && !Number.isInteger(n));
    const boolean = data.length > 0 && data.every((n) => typeof n === 'boolean');
    const type =
      described.dtype ?? (boolean && dtype === 'bool' ? 'bool' : fraction && !isFloat(dtype) ? 'float32' : dtype);
    const tensor = typed(data, shape, type);
    if (tensor === undefined) return undefined;
    return KerasTensor.of(this.g, this.g.constant(tensor), { shape, dtype: type });
  }
}

/** A constant tensor as Keras 3 stores it. */
function constantOf(
  value: Readonly<Record<string, unknown>>,
): { readonly value: unknown; readonly dtype: DType | undefined } | undefined {
  const className = own(value, 'class_name');
  const config = own(value, 'config');
  if ((className !== '__tensor__' && className !== '__numpy__') || !isRecord(config)) return undefined;
  const dtype = own(config, 'dtype');
  return { value: own(config, 'value'), dtype: typeof dtype === 'string' ? dtypeOf(dtype) : undefined };
}

/** A tuple of Keras 3, or a list, as a list. */
function listed(value: unknown): unknown {
  return isRecord(value) && own(value, 'class_name') === '__tuple__' && isRecord(own(value, 'config'))
    ? own(own(value, 'config') as Readonly<Record<string, unknown>>, 'value')
    : value;
}

/** Constants in a call are written out in the configuration: a deep one is none. */
const MAX_CONSTANT_RANK = 8;

interface Flattening {
  readonly shape: number[];
  readonly depth: number;
  readonly data: (number | boolean)[];
}

function flatten(value: unknown, { shape, depth, data }: Flattening): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') {
    data.push(value);
    return depth === shape.length;
  }
  if (!Array.isArray(value) || depth >= MAX_CONSTANT_RANK) return false;
  if (data.length === 0 && shape.length === depth) shape.push(value.length);
  if (shape[depth] !== value.length) return false;
  return value.every((item) => flatten(item, { shape, depth: depth + 1, data }));
}

function typed(data: readonly (number | boolean)[], shape: readonly number[], dtype: DType): TensorLike | undefined {
  const numbers = data.map(Number);
  switch (dtype) {
    case 'float32':
      return { data: Float32Array.from(numbers), shape, dtype };
    case 'float64':
      return { data: Float64Array.from(numbers), shape, dtype };
    case 'int32':
      return { data: Int32Array.from(numbers), shape, dtype };
    case 'int64':
      return { data: BigInt64Array.from(numbers, BigInt), shape, dtype };
    case 'uint8':
      return { data: Uint8Array.from(numbers), shape, dtype };
    case 'bool':
      return { data: data.map(Boolean), shape, dtype };
    default:
      return undefined;
  }
}
