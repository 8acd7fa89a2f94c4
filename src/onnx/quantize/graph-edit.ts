import { type AttributeValue, makeAttribute, makeNode } from '../../formats/onnx-proto/build.ts';
import { encodeTensor } from '../../formats/onnx-proto/encode-tensor.ts';
import {
  edited,
  type OnnxGraphProto,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from '../../formats/onnx-proto/onnx-model.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { freeName, GraphLinks, namesUsed } from '../graph-links.ts';

/** A weight that was made smaller. */
export interface SmallerWeight {
  /** Operator that reads it, e.g. `MatMul`; several are joined by commas. */
  readonly operator: string;
  /** Name of the initializer. */
  readonly weight: string;
  readonly shape: readonly number[];
}

/** A weight that stayed as it was. */
export interface KeptWeight extends SmallerWeight {
  readonly reason: string;
}

/** A graph with smaller weights, and what was done to which. */
export interface SmallerModel {
  readonly model: OnnxModel;
  readonly smaller: readonly SmallerWeight[];
  readonly kept: readonly KeptWeight[];
}

/** A graph that is being rewritten node by node: fresh names, new weights, and the old ones that nobody reads any more. */
export class GraphEdit {
  readonly links: GraphLinks;
  readonly smaller: SmallerWeight[] = [];
  readonly kept: KeptWeight[] = [];
  readonly #model: OnnxModel;
  readonly #graph: OnnxGraphProto;
  readonly #used: Set<string>;
  /** Before version 4 of the format every initializer is listed as an input and is a weight all the same. */
  readonly #fed: ReadonlySet<string>;
  readonly #nodes: OnnxNode[] = [];
  readonly #weights = new Map<string, TensorLike>();

  constructor(model: OnnxModel, graph: OnnxGraphProto) {
    this.#model = model;
    this.#graph = graph;
    this.links = new GraphLinks(graph);
    this.#fed = new Set((model.irVersion ?? 0) < 4 ? [] : graph.inputs.map(({ name }) => name));
    this.#used = new Set(namesUsed(graph));
  }

  /** The initializer of that name, unless callers may feed something else in its place. */
  constant(name: string): OnnxTensor | undefined {
    return this.#fed.has(name) ? undefined : this.links.initializer(name);
  }

  /** A name that nothing in the graph has. */
  name(wish: string): string {
    const name = freeName(this.#used, wish);
    this.#used.add(name);
    return name;
  }

  /** Adds a node with one output and gives that output's name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output: string = this.name(`${inputs[0]}_${opType}`),
  ): string {
    this.nodeOf(opType, { inputs, outputs: [output] }, attributes);
    return output;
  }

  nodeOf(
    opType: string,
    ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    const list = Object.entries(attributes).map(([name, value]) => makeAttribute(name, value));
    this.#nodes.push(makeNode(opType, ends, list));
  }

  /** Keeps a node of the graph. */
  keep(node: OnnxNode): void {
    this.#nodes.push(node);
  }

  /** Adds a weight and gives its name. */
  weight(wish: string, tensor: TensorLike): string {
    const name = this.name(wish);
    this.#weights.set(name, tensor);
    return name;
  }

  /** The model with the new nodes and weights; initializers that nothing reads any more are gone. */
  finish(): SmallerModel {
    const { smaller, kept } = this;
    if (smaller.length === 0) return { model: this.#model, smaller, kept };
    const { nodes, initializers, outputs } = { ...this.#graph, nodes: this.#nodes };
    const read = new GraphLinks({ ...this.#graph, nodes });
    const given = new Set(outputs.map(({ name }) => name));
    const left = initializers.filter(({ name = '' }) => read.consumers(name).length > 0 || given.has(name));
    const gone = new Set(initializers.filter((one) => !left.includes(one)).map(({ name }) => name));
    const graph = edited(this.#graph, {
      nodes,
      initializers: [...left, ...Array.from(this.#weights, ([name, tensor]) => encodeTensor(name, tensor))],
      // Files of old versions list weights as inputs too.
      inputs: this.#graph.inputs.filter(({ name }) => !gone.has(name)),
    });
    return { model: edited(this.#model, { graph }), smaller, kept };
  }
}
