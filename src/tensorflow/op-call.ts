import { FormatError } from '../errors/format-error.ts';
import type { AttributeValue } from '../formats/onnx-proto/build.ts';
import type { NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { GraphBuilder, Value } from '../onnx/builder/graph-builder.ts';
import type { DType, TensorLike } from '../spec/tensor.ts';
import { Attributes } from './attributes.ts';
import type { Scope } from './scope.ts';
import { type Element, type Shape, TfTensor, type TfTensorType } from './tf-tensor.ts';
import type { TfValue } from './tf-value.ts';

/** What an operator gives: its results, or the only one. */
export type OpResult = TfValue | readonly TfValue[];

/** Translates one operator. */
export type Operator = (call: OpCall) => OpResult;

/** Operators by TensorFlow's name. */
export type OperatorTable = Readonly<Record<string, Operator>>;

type AttributeRecord = Readonly<Record<string, AttributeValue>>;

/** Type of a result; the element type is that of the first input unless said otherwise. */
export interface ResultType {
  readonly dtype?: DType;
  readonly shape?: Shape;
}

/** One node that is being translated: its inputs, its attributes, and the graph that is written. */
export class OpCall {
  readonly node: NodeDef;
  readonly inputs: readonly TfValue[];
  readonly scope: Scope;
  readonly attrs: Attributes;

  constructor(node: NodeDef, inputs: readonly TfValue[], scope: Scope) {
    this.node = node;
    this.inputs = inputs;
    this.scope = scope;
    this.attrs = new Attributes(node, scope.translation.context);
  }

  get g(): GraphBuilder {
    return this.scope.g;
  }

  /**
   * An input that must be a tensor.
   *
   * @throws `ML_FORMAT_UNSUPPORTED` for a handle or list; `ML_FORMAT_MALFORMED` where it is missing
   */
  tensor(i: number): TfTensor {
    const value = this.inputs[i];
    if (value?.kind === 'tensor') return value;
    if (value !== undefined) throw this.unsupported(`takes a ${value.kind} where a tensor is known`);
    const { op, name } = this.node;
    throw new FormatError('ML_FORMAT_MALFORMED', `node ${JSON.stringify(name)} (${op}) lacks input ${i}`);
  }

  /** Inputs `from` up to `to` as tensors. */
  tensors(from = 0, to: number = this.inputs.length): readonly TfTensor[] {
    return Array.from({ length: Math.max(to - from, 0) }, (_, i) => this.tensor(from + i));
  }

  /** Shape of an input whose rank must be known. */
  shapeOf(i: number): NonNullable<Shape> {
    const { shape } = this.tensor(i);
    if (shape === undefined) throw this.unsupported(`needs the number of dimensions of its input ${i}, which is open`);
    return shape;
  }

  /** An input whose elements must be known when the model is loaded. */
  numbers(i: number, what: string): readonly number[] {
    const { numbers } = this.tensor(i);
    if (numbers === undefined) throw this.unsupported(`has a ${what} that only a run knows`);
    return numbers;
  }

  /** An input of one known number. */
  number(i: number, what: string): number {
    const [only, ...rest] = this.numbers(i, what);
    if (only === undefined || rest.length > 0) throw this.unsupported(`has a ${what} that is not one number`);
    return only;
  }

  /** Writes an ONNX node of one result. */
  write(
    opType: string,
    inputs: readonly (TfTensor | Value | undefined)[],
    { attributes = {}, ...type }: ResultType & { readonly attributes?: AttributeRecord } = {},
  ): TfTensor {
    const values = inputs.map((input) => (input instanceof TfTensor ? input.value : input));
    const dtype = type.dtype ?? inputs[0]?.dtype ?? 'float32';
    return TfTensor.of(this.g.op(opType, values, attributes, { dtype, shape: type.shape }));
  }

  /** Writes a node of another operator set than ONNX's own. */
  inDomain(
    domain: string,
    opType: string,
    inputs: readonly TfTensor[],
    { attributes = {}, dtype = 'float32', shape }: ResultType & { readonly attributes?: AttributeRecord },
  ): TfTensor {
    const values = inputs.map((input) => input.value);
    const [value] = this.g.node(opType, { inputs: values, attributes, outputs: [{ dtype, shape }], domain });
    return TfTensor.of(value as Value);
  }

  /** A tensor that is written when it is needed, of partly known elements. */
  later(
    type: TfTensorType & { readonly sumOf?: TfTensor['sumOf'] },
    inputs: readonly TfTensor[],
    write: () => Value,
  ): TfTensor {
    return TfTensor.later(type, { g: this.g, inputs, write });
  }

  constant(tensor: TensorLike): TfTensor {
    return TfTensor.constant(tensor, this.g);
  }

  /** A constant of known elements. */
  known(dtype: DType, shape: readonly number[], content: readonly Element[]): TfTensor {
    return this.later({ dtype, shape, content }, [], () => this.scalar(0, dtype).value);
  }

  scalar(value: number | boolean, dtype: DType): TfTensor {
    if (['float16', 'bfloat16', 'float32', 'float64', 'int32', 'int64', 'uint8', 'bool'].includes(dtype)) {
      return TfTensor.of(this.g.scalar(value, dtype));
    }
    return this.known(dtype, [], [value]);
  }

  /** A vector of int64, as ONNX takes shapes and axes. */
  ints(values: readonly number[]): Value {
    return this.g.ints(values);
  }

  /** The same elements in another type; the same tensor where it has the type. */
  cast(tensor: TfTensor, dtype: DType): TfTensor {
    return tensor.dtype === dtype ? tensor : this.scope.translation.cast(this, tensor, dtype);
  }

  /** With the axes in another order. */
  transpose(tensor: TfTensor, perm: readonly number[]): TfTensor {
    if (perm.every((axis, i) => axis === i)) return tensor;
    const { shape } = tensor;
    return this.write('Transpose', [tensor], {
      attributes: { perm: { ints: perm } },
      shape: shape === undefined ? undefined : perm.map((axis) => shape[axis] ?? null),
    });
  }

  /** An error that says what is not translated and where. */
  unsupported(problem: string): FormatError {
    const { op, name } = this.node;
    const where = this.scope.body.name === '' ? '' : ` of function ${JSON.stringify(this.scope.body.name)}`;
    return new FormatError('ML_FORMAT_UNSUPPORTED', `${op} (node ${JSON.stringify(name)}${where}) ${problem}`, {
      details: { operator: op, node: name },
    });
  }
}
