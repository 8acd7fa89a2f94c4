import type { OnnxGraphProto, OnnxNode, OnnxTensor } from '../formats/onnx-proto/onnx-model.ts';
import { subgraphsOf } from '../formats/onnx-proto/subgraphs.ts';

/** Who writes and who reads each value of a graph. */
export class GraphLinks {
  readonly #producers = new Map<string, OnnxNode>();
  readonly #consumers = new Map<string, OnnxNode[]>();
  readonly #initializers: ReadonlyMap<string, OnnxTensor>;

  constructor(graph: OnnxGraphProto) {
    this.#initializers = new Map(graph.initializers.map((tensor) => [tensor.name ?? '', tensor]));
    for (const node of graph.nodes) {
      for (const name of node.outputs) if (name !== '') this.#producers.set(name, node);
      for (const name of namesRead(node)) {
        const known = this.#consumers.get(name);
        if (known === undefined) this.#consumers.set(name, [node]);
        else known.push(node);
      }
    }
  }

  /** The node that writes a value; `undefined` for inputs and initializers. */
  producer(name: string): OnnxNode | undefined {
    return this.#producers.get(name);
  }

  /** The weight of that name. */
  initializer(name: string): OnnxTensor | undefined {
    return this.#initializers.get(name);
  }

  /** The nodes that read a value, themselves or in a subgraph of theirs. */
  consumers(name: string): readonly OnnxNode[] {
    return this.#consumers.get(name) ?? [];
  }
}

/** Every name that a node reads, those in its subgraphs included. */
export function namesRead(node: OnnxNode): ReadonlySet<string> {
  const names = new Set(node.inputs.filter((name) => name !== ''));
  const waiting = [...subgraphsOf(node)];
  for (let graph = waiting.pop(); graph !== undefined; graph = waiting.pop()) {
    for (const inner of graph.nodes) {
      for (const name of inner.inputs) if (name !== '') names.add(name);
      waiting.push(...subgraphsOf(inner));
    }
    for (const output of graph.outputs) names.add(output.name);
  }
  return names;
}

/** Every name in a graph and below it, for choosing one that is free. */
export function namesUsed(graph: OnnxGraphProto): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting = [graph];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { name } of [...next.inputs, ...next.outputs, ...next.initializers]) names.add(name ?? '');
    for (const { values } of next.sparseInitializers) names.add(values?.name ?? '');
    for (const node of next.nodes) {
      for (const name of node.inputs) names.add(name);
      for (const name of node.outputs) names.add(name);
      waiting.push(...subgraphsOf(node));
    }
  }
  return names;
}

/** A name that is not among `used`, made from another. */
export function freeName(used: ReadonlySet<string>, wish: string): string {
  let name = wish;
  for (let i = 1; used.has(name); i++) name = `${wish}_${i}`;
  return name;
}
