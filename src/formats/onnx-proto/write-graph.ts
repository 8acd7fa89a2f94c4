import type { OnnxAttribute, OnnxGraphProto, OnnxNode } from './onnx-model.ts';
import { repeat, spell, writeEntry, writeKept } from './write-message.ts';
import { writeSparseTensor, writeTensor } from './write-tensor.ts';
import { writeType, writeValueInfo } from './write-type.ts';
import type { WireWriter } from './wire-writer.ts';

/** GraphProto. */
export function writeGraph(graph: OnnxGraphProto): WireWriter {
  return spell(graph, (w) => {
    repeat(w, 1, graph.nodes, writeNode);
    w.text(2, graph.name);
    repeat(w, 5, graph.initializers, writeTensor);
    w.text(10, graph.docString);
    repeat(w, 11, graph.inputs, writeValueInfo);
    repeat(w, 12, graph.outputs, writeValueInfo);
    repeat(w, 13, graph.valueInfos, writeValueInfo);
    repeat(w, 14, graph.quantizationAnnotations, writeKept);
    repeat(w, 15, graph.sparseInitializers, writeSparseTensor);
    repeat(w, 16, graph.metadataProps, writeEntry);
  });
}

/** NodeProto. */
export function writeNode(node: OnnxNode): WireWriter {
  return spell(node, (w) => {
    w.texts(1, node.inputs).texts(2, node.outputs).text(3, node.name).text(4, node.opType);
    repeat(w, 5, node.attributes, writeAttribute);
    w.text(6, node.docString)
      .text(7, node.domain === '' ? undefined : node.domain)
      .text(8, node.overload);
    repeat(w, 9, node.metadataProps, writeEntry);
  });
}

/** AttributeProto. */
export function writeAttribute(attribute: OnnxAttribute): WireWriter {
  return spell(attribute, (w) => {
    w.text(1, attribute.name).float(2, attribute.f).int(3, attribute.i).bytes(4, attribute.s);
    if (attribute.t !== undefined) w.message(5, writeTensor(attribute.t));
    if (attribute.g !== undefined) w.message(6, writeGraph(attribute.g));
    w.floats(7, attribute.floats.values()).ints(8, attribute.ints.values());
    for (const text of attribute.strings.values()) w.bytes(9, text);
    repeat(w, 10, attribute.tensors, writeTensor);
    repeat(w, 11, attribute.graphs, writeGraph);
    w.text(13, attribute.docString);
    if (attribute.tp !== undefined) w.message(14, writeType(attribute.tp));
    repeat(w, 15, attribute.typeProtos, writeType);
    w.int(20, attribute.type).text(21, attribute.refAttrName);
    if (attribute.sparseTensor !== undefined) w.message(22, writeSparseTensor(attribute.sparseTensor));
    repeat(w, 23, attribute.sparseTensors, writeSparseTensor);
  });
}
