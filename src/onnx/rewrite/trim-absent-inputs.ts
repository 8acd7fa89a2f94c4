import {
  edited,
  type OnnxAttribute,
  type OnnxGraphProto,
  type OnnxModel,
  type OnnxNode,
} from '../../formats/onnx-proto/onnx-model.ts';
import { changedList } from './changed-list.ts';

/**
 * Takes empty names off the end of nodes' inputs: an optional input that is left out may be written so or not at all.
 * onnxruntime 1.30 ends the process on a LayerNormalization that is written so.
 *
 * `model` is the very object that was given when nothing changed.
 */
export function trimAbsentInputs(model: OnnxModel): OnnxModel {
  const graph = model.graph === undefined ? undefined : trimGraph(model.graph);
  const functions = changedList(model.functions, (definition) => {
    const nodes = changedList(definition.nodes, trimNode);
    return nodes === definition.nodes ? definition : edited(definition, { nodes });
  });
  return graph === model.graph && functions === model.functions ? model : edited(model, { graph, functions });
}

/** As deep as the reader allowed graphs to nest. */
function trimGraph(graph: OnnxGraphProto): OnnxGraphProto {
  const nodes = changedList(graph.nodes, trimNode);
  return nodes === graph.nodes ? graph : edited(graph, { nodes });
}

function trimNode(node: OnnxNode): OnnxNode {
  let count = node.inputs.length;
  while (count > 0 && node.inputs[count - 1] === '') count--;
  const inputs = count === node.inputs.length ? node.inputs : node.inputs.slice(0, count);
  const attributes = changedList(node.attributes, trimAttribute);
  return inputs === node.inputs && attributes === node.attributes ? node : edited(node, { inputs, attributes });
}

function trimAttribute(attribute: OnnxAttribute): OnnxAttribute {
  const g = attribute.g === undefined ? undefined : trimGraph(attribute.g);
  const graphs = changedList(attribute.graphs, trimGraph);
  return g === attribute.g && graphs === attribute.graphs ? attribute : edited(attribute, { g, graphs });
}
