import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import type { AtenNode } from '../graph/aten-graph.ts';
import { dtypeOf, SCALAR_TYPES } from '../graph/dtypes.ts';
import type { NumberOperand, Operand } from '../graph/operand.ts';
import type { Binding } from './bind.ts';
import { UnsupportedCall } from './unsupported.ts';

/** An extent, an index: known now, or a number of the running graph. */
export type Dim = number | NumberOperand;
/** A Python number: known now, or of the running graph. */
export type Scalar = { readonly kind: 'int' | 'float' | 'bool'; readonly value: number } | NumberOperand;

/** One call of an operator: its arguments by parameter name, read as what the operator needs them to be. */
export class Call {
  readonly g: GraphBuilder;
  readonly node: AtenNode;
  /** The overload that was bound. */
  readonly overload: string;
  readonly #binding: Binding;

  constructor(g: GraphBuilder, node: AtenNode, binding: Binding) {
    this.g = g;
    this.node = node;
    this.#binding = binding;
    this.overload = binding.overload;
  }

  /** Whether the overload has the parameter and something is passed for it. */
  has(name: string): boolean {
    const value = this.#binding.values.get(name);
    return value !== undefined && value.kind !== 'none';
  }

  arg(name: string): Operand {
    const value = this.#binding.values.get(name);
    return value ?? this.fail(`the overload ${this.overload} has no parameter ${name}`);
  }

  /** Whether one of several results is used by anybody: the others have no name. */
  isUsed(result: number): boolean {
    const { outputs } = this.node;
    const name = outputs[result]?.name;
    return outputs.length === 1 || (name !== undefined && name !== '');
  }

  /** Every argument, in the order of the signature. */
  operands(): readonly Operand[] {
    return [...this.#binding.parameters.keys()].map((name) => this.arg(name)).filter(({ kind }) => kind !== 'none');
  }

  tensor(name: string): Value {
    return this.#asTensor(this.arg(name), name);
  }

  tensorOr(name: string): Value | undefined {
    return this.has(name) ? this.tensor(name) : undefined;
  }

  tensors(name: string): readonly Value[] {
    return this.items(name).map((item) => this.#asTensor(item, name));
  }

  /** A list of tensors with gaps, as indices are given. */
  optionalTensors(name: string): readonly (Value | undefined)[] {
    return this.items(name).map((item) => (item.kind === 'none' ? undefined : this.#asTensor(item, name)));
  }

  items(name: string): readonly Operand[] {
    const value = this.arg(name);
    return value.kind === 'list' ? value.items : this.fail(`${name} is no list`);
  }

  int(name: string): number {
    return this.#asInt(this.arg(name), name);
  }

  intOr(name: string): number | undefined {
    return this.has(name) ? this.int(name) : undefined;
  }

  /** Integers that must be known when the graph is written; one stands for `count` equal ones. */
  ints(name: string, count?: number): readonly number[] {
    const value = this.arg(name);
    const items = value.kind === 'list' ? value.items : [value];
    const ints = items.map((item) => this.#asInt(item, name));
    const [only] = ints;
    return count !== undefined && ints.length === 1 && only !== undefined
      ? Array.from({ length: count }, () => only)
      : ints;
  }

  dim(name: string): Dim {
    return this.#asDim(this.arg(name), name);
  }

  dims(name: string): readonly Dim[] {
    const value = this.arg(name);
    return (value.kind === 'list' ? value.items : [value]).map((item) => this.#asDim(item, name));
  }

  float(name: string): number {
    const value = this.arg(name);
    if (value.kind === 'float' || value.kind === 'int' || value.kind === 'bool') return Number(value.value);
    return this.fail(`${name} is ${describe(value)}, where a number that is known beforehand is needed`);
  }

  floatOr(name: string): number | undefined {
    return this.has(name) ? this.float(name) : undefined;
  }

  floats(name: string): readonly number[] {
    return this.items(name).map((item) =>
      item.kind === 'float' || item.kind === 'int' ? Number(item.value) : this.fail(`${name} is ${describe(item)}`),
    );
  }

  scalar(name: string): Scalar {
    const value = this.arg(name);
    if (value.kind === 'number') return value;
    if (value.kind === 'int' || value.kind === 'float' || value.kind === 'bool') {
      return { kind: value.kind, value: Number(value.value) };
    }
    return this.fail(`${name} is ${describe(value)}, not a number`);
  }

  bool(name: string): boolean {
    const value = this.arg(name);
    if (value.kind === 'bool' || value.kind === 'int') return Boolean(value.value);
    return this.fail(`${name} is ${describe(value)}, where a bool that is known beforehand is needed`);
  }

  text(name: string): string {
    const value = this.arg(name);
    return value.kind === 'string' ? value.value : this.fail(`${name} is ${describe(value)}, not a string`);
  }

  /** The element type asked for; `undefined` for none. */
  dtype(name = 'dtype'): DType | undefined {
    if (!this.has(name)) return undefined;
    const value = this.arg(name);
    const wanted =
      value.kind === 'int' ? SCALAR_TYPES[Number(value.value)] : 'value' in value ? value.value : undefined;
    const dtype = typeof wanted === 'string' ? dtypeOf(wanted) : undefined;
    if (dtype === undefined) return this.fail(`element type ${describe(value)} is not supported`);
    return dtype.startsWith('complex') ? this.fail('complex numbers are not supported') : dtype;
  }

  /** Ends the translation of this call; the reason goes into the message. */
  fail(reason: string): never {
    throw new UnsupportedCall(reason);
  }

  #asTensor(operand: Operand, name: string): Value {
    if (operand.kind === 'tensor' || operand.kind === 'number') return operand.value;
    if (operand.kind === 'int') return this.g.scalar(operand.value, 'int64');
    if (operand.kind === 'float') return this.g.scalar(operand.value, 'float32');
    if (operand.kind === 'bool') return this.g.scalar(operand.value, 'bool');
    return this.fail(`${name} is ${describe(operand)}, not a tensor`);
  }

  #asInt(operand: Operand, name: string): number {
    if (operand.kind === 'int' || operand.kind === 'bool') return Number(operand.value);
    return this.fail(`${name} is ${describe(operand)}, where an integer that is known beforehand is needed`);
  }

  #asDim(operand: Operand, name: string): Dim {
    if (operand.kind === 'number') return operand;
    // An extent that went through a tensor without dimensions, as traced code has it.
    if (operand.kind === 'tensor' && operand.value.dtype === 'int64' && operand.value.shape?.length === 0) {
      return { kind: 'number', value: operand.value };
    }
    return this.#asInt(operand, name);
  }
}

function describe(operand: Operand): string {
  switch (operand.kind) {
    case 'none':
      return 'None';
    case 'tensor':
      return 'a tensor';
    case 'number':
      return 'a number that depends on the input';
    case 'list':
      return `a list of ${operand.items.length}`;
    case 'complex':
      return 'a complex number';
    default:
      return `${operand.kind} ${String(operand.value)}`;
  }
}
