import type { OnnxFunction, OnnxModel, OnnxOpset, OnnxTrainingInfo } from './onnx-model.ts';
import { writeAttribute, writeGraph, writeNode } from './write-graph.ts';
import { repeat, spell, writeEntry } from './write-message.ts';
import { writeValueInfo } from './write-type.ts';
import type { WireWriter } from './wire-writer.ts';

/**
 * The bytes of a model. Messages that are as they were read are copied, unknown fields included;
 * an unchanged model gives its own bytes (the same array).
 */
export function serializeModel(model: OnnxModel): Uint8Array {
  if (model.source !== undefined) return model.source;
  return spell(model, (w) => {
    w.int(1, model.irVersion)
      .text(2, model.producerName)
      .text(3, model.producerVersion)
      .text(4, model.domain)
      .int(5, model.modelVersion)
      .text(6, model.docString);
    if (model.graph !== undefined) w.message(7, writeGraph(model.graph));
    repeat(w, 8, model.opsetImport, writeOpset);
    repeat(w, 14, model.metadataProps, writeEntry);
    repeat(w, 20, model.trainingInfo, writeTrainingInfo);
    repeat(w, 25, model.functions, writeFunction);
  }).finish();
}

function writeOpset(opset: OnnxOpset): WireWriter {
  return spell(opset, (w) => w.text(1, opset.domain).int(2, opset.version));
}

function writeTrainingInfo(info: OnnxTrainingInfo): WireWriter {
  return spell(info, (w) => {
    if (info.initialization !== undefined) w.message(1, writeGraph(info.initialization));
    if (info.algorithm !== undefined) w.message(2, writeGraph(info.algorithm));
  });
}

function writeFunction(f: OnnxFunction): WireWriter {
  return spell(f, (w) => {
    w.text(1, f.name).texts(4, f.inputs).texts(5, f.outputs).texts(6, f.attributes);
    repeat(w, 7, f.nodes, writeNode);
    w.text(8, f.docString);
    repeat(w, 9, f.opsetImport, writeOpset);
    w.text(10, f.domain);
    repeat(w, 11, f.attributeProtos, writeAttribute);
    repeat(w, 12, f.valueInfos, writeValueInfo);
    w.text(13, f.overload);
    repeat(w, 14, f.metadataProps, writeEntry);
  });
}
