import { edited, type OnnxAttribute, type OnnxGraphProto, type OnnxNode } from '../../formats/onnx-proto/onnx-model.ts';
import { changedList } from './changed-list.ts';

/** The new name of a value, or its own. */
type Rename = (name: string) => string;

/**
 * Gives values of a graph other names, in every node that reads or writes them. A subgraph that
 * has a value of its own under the name keeps it. The graph's inputs, outputs and initializers
 * stay as they are: they are the caller's to change.
 */
export function renameValues(graph: OnnxGraphProto, names: ReadonlyMap<string, string>): OnnxGraphProto {
  return renameInNodes(graph, (name) => names.get(name) ?? name);
}

function renameInNodes(graph: OnnxGraphProto, rename: Rename): OnnxGraphProto {
  const nodes = changedList(graph.nodes, (node) => renameInNode(node, rename));
  return nodes === graph.nodes ? graph : edited(graph, { nodes });
}

function renameInNode(node: OnnxNode, rename: Rename): OnnxNode {
  const inputs = changedList(node.inputs, rename);
  const outputs = changedList(node.outputs, rename);
  const attributes = changedList(node.attributes, (attribute) => renameInAttribute(attribute, rename));
  if (inputs === node.inputs && outputs === node.outputs && attributes === node.attributes) return node;
  return edited(node, { inputs, outputs, attributes });
}

function renameInAttribute(attribute: OnnxAttribute, rename: Rename): OnnxAttribute {
  const g = attribute.g === undefined ? undefined : renameInSubgraph(attribute.g, rename);
  const graphs = changedList(attribute.graphs, (graph) => renameInSubgraph(graph, rename));
  return g === attribute.g && graphs === attribute.graphs ? attribute : edited(attribute, { g, graphs });
}

/** As deep as the reader allowed graphs to nest. */
function renameInSubgraph(graph: OnnxGraphProto, rename: Rename): OnnxGraphProto {
  const own = new Set([
    ...graph.inputs.map((info) => info.name),
    ...graph.initializers.map((tensor) => tensor.name ?? ''),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]);
  const outer: Rename = (name) => (own.has(name) ? name : rename(name));
  // A branch may give an outer value as it is.
  const outputs = changedList(graph.outputs, (info) => {
    const name = outer(info.name);
    return name === info.name ? info : edited(info, { name });
  });
  const inside = renameInNodes(graph, outer);
  return outputs === graph.outputs ? inside : edited(inside, { outputs });
}
