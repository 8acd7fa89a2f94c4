import {
  type AttributeValue,
  makeAttribute,
  makeGraph,
  makeModel,
  makeNode,
  makeTensorType,
  makeValueInfo,
} from '../../formats/onnx-proto/build.ts';
import { dataTypeOf } from '../../formats/onnx-proto/encode-tensor.ts';
import type {
  OnnxGraphProto,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValueInfo,
} from '../../formats/onnx-proto/onnx-model.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import { type ExternalBuffer, WeightStore } from './weight-store.ts';

/** A number, a name for an extent that varies (equal names, equal extents), or `null` for an unknown one. */
export type Extent = number | string | null;

/** A value of the graph under construction. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  /** `undefined` where even the rank is unknown. The translator's knowledge: the builder infers nothing. */
  readonly shape: readonly Extent[] | undefined;
}

/** What a node gives. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly Extent[] | undefined;
}

/** How one operator is called. */
export interface NodeCall {
  /** An `undefined` input is one left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Types of the outputs; their number is the number of outputs. */
  readonly outputs: readonly (ValueType | undefined)[];
  /** Operator set; default ONNX's own. */
  readonly domain?: string;
}

/** A graph that was written, and the memory that its weights refer to. */
export interface BuiltGraph {
  readonly model: OnnxModel;
  readonly externalData: readonly ExternalBuffer[];
}

/** The operator sets that are written: known to every supported runtime. */
const OPSETS: Readonly<Record<string, number>> = { '': 20 };
/** `ir_version` that belongs to opset 20. */
const IR_VERSION = 9;

/**
 * Writes an ONNX graph node by node. Values are named by the builder; large weights are not copied
 * but handed to the engine as external data in memory; equal small constants are stored once.
 */
export class GraphBuilder {
  readonly #parent: GraphBuilder | undefined;
  readonly #weights: WeightStore;
  readonly #nodes: OnnxNode[] = [];
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #outputs: OnnxValueInfo[] = [];
  readonly #names: Set<string>;

  constructor(parent?: GraphBuilder) {
    this.#parent = parent;
    this.#names = parent === undefined ? new Set() : parent.#names;
    this.#weights = parent === undefined ? new WeightStore((wish) => this.name(wish)) : parent.#weights;
  }

  /** A name that no value of the graph has yet, made from a wish. */
  name(wish: string): string {
    let name = wish;
    for (let i = 1; this.#names.has(name); i++) name = `${wish}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** An input of the graph, under exactly this name. */
  input(name: string, { dtype, shape }: ValueType): Value {
    const value = { name: this.name(name), dtype, shape };
    this.#inputs.push(makeValueInfo(value.name, makeTensorType(dataTypeOf(dtype), shape)));
    return value;
  }

  /** Declares a value as an output of the graph, under this name where it is free, and gives the output's name. */
  output(value: Value, wish: string): string {
    const name = this.name(wish);
    this.#nodes.push(makeNode('Identity', { inputs: [value.name], outputs: [name] }));
    this.#outputs.push(makeValueInfo(name, makeTensorType(dataTypeOf(value.dtype), value.shape)));
    return name;
  }

  /** A node of any number of outputs. An output of `undefined` is not computed. */
  node(opType: string, { inputs, attributes = {}, outputs, domain }: NodeCall): readonly Value[] {
    const values = outputs.map((type): Value => {
      if (type === undefined) return ABSENT;
      return { name: this.name(opType.toLowerCase()), dtype: type.dtype, shape: type.shape };
    });
    const ends = { inputs: namesOf(inputs), outputs: values.map((value) => value.name) };
    const list = Object.entries(attributes).map(([name, value]) => makeAttribute(name, value));
    this.#nodes.push(makeNode(opType, domain === undefined ? ends : { ...ends, domain }, list));
    return values;
  }

  /**
   * A node of one output.
   *
   * @param type default: the element type of the first input, shape unknown
   */
  op(
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    type?: Partial<ValueType>,
  ): Value {
    const dtype = type?.dtype ?? inputs[0]?.dtype ?? 'float32';
    const [value] = this.node(opType, { inputs, attributes, outputs: [{ dtype, shape: type?.shape }] });
    return value as Value;
  }

  /** A constant; a large one refers to the memory of the tensor given, which must not change any more. */
  constant(tensor: TensorLike, wish = 'constant'): Value {
    return { name: this.#weights.add(tensor, wish), dtype: tensor.dtype, shape: tensor.shape };
  }

  /** A vector of int64, as shapes and axes are given. */
  ints(values: readonly (number | bigint)[]): Value {
    return this.constant({ data: BigInt64Array.from(values, BigInt), shape: [values.length], dtype: 'int64' });
  }

  /** A constant without dimensions. */
  scalar(value: number | bigint | boolean, dtype: DType): Value {
    return this.constant(scalarTensor(value, dtype));
  }

  /**
   * A graph for an attribute of If, Loop or Scan. Inside, values of this graph may be used; weights
   * are stored in the outermost graph.
   *
   * @param build gets the inner builder; declares its inputs and outputs
   */
  subgraph(name: string, build: (inner: GraphBuilder) => void): AttributeValue {
    const inner = new GraphBuilder(this);
    build(inner);
    return { graph: inner.#graph(name, []) };
  }

  /** The finished model. */
  finish(name: string): BuiltGraph {
    if (this.#parent !== undefined) throw new TypeError('only the outermost graph is a model');
    const graph = this.#graph(name, this.#weights.tensors);
    return { model: makeModel(graph, OPSETS, IR_VERSION), externalData: this.#weights.buffers };
  }

  #graph(name: string, initializers: readonly OnnxTensor[]): OnnxGraphProto {
    return makeGraph(name, { nodes: this.#nodes, inputs: this.#inputs, outputs: this.#outputs, initializers });
  }
}

/** Inputs that are left out at the end are not there at all: onnxruntime has crashed on an empty name at the end. */
function namesOf(inputs: readonly (Value | undefined)[]): string[] {
  const last = inputs.findLastIndex((value) => value !== undefined);
  return inputs.slice(0, last + 1).map((value) => value?.name ?? '');
}

const ABSENT: Value = { name: '', dtype: 'float32', shape: undefined };

function scalarTensor(value: number | bigint | boolean, dtype: DType): TensorLike {
  switch (dtype) {
    case 'int64':
      return { data: BigInt64Array.of(BigInt(value)), shape: [], dtype };
    case 'int32':
      return { data: Int32Array.of(Number(value)), shape: [], dtype };
    case 'uint8':
      return { data: Uint8Array.of(Number(value)), shape: [], dtype };
    case 'bool':
      return { data: [Boolean(value)], shape: [], dtype };
    case 'float64':
      return { data: Float64Array.of(Number(value)), shape: [], dtype };
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return { data: Float32Array.of(Number(value)), shape: [], dtype };
    default:
      throw new TypeError(`no scalar constant of type ${dtype} is written`);
  }
}
