import type { OnnxModel, OnnxNode } from '../formats/onnx-proto/onnx-model.ts';
import { subgraphsOf } from '../formats/onnx-proto/subgraphs.ts';

/** A node and where it stands. */
export interface WalkedNode {
  readonly node: OnnxNode;
  /** Whether it is a node of the model's own graph, not of a subgraph or function. */
  readonly top: boolean;
}

/** Every node of a model: the graph's in order, each followed by those of its subgraphs, then the functions'. */
export function* eachNode(model: OnnxModel): Generator<WalkedNode> {
  for (const node of model.graph?.nodes ?? []) {
    yield { node, top: true };
    yield* inside(node);
  }
  for (const { nodes } of model.functions) {
    for (const node of nodes) {
      yield { node, top: false };
      yield* inside(node);
    }
  }
}

function* inside(node: OnnxNode): Generator<WalkedNode> {
  const waiting = [...subgraphsOf(node)];
  for (let graph = waiting.pop(); graph !== undefined; graph = waiting.pop()) {
    for (const inner of graph.nodes) {
      yield { node: inner, top: false };
      waiting.push(...subgraphsOf(inner));
    }
  }
}
