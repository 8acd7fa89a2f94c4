import type { Limits } from '../../spec/limits.ts';
import type { OnnxFunction, OnnxGraphProto, OnnxModel, OnnxTrainingInfo } from './onnx-model.ts';
import { append, NONE, once, ReadContext } from './read-context.ts';
import { readEntry, readOpset } from './read-entry.ts';
import { readAttribute, readGraph, readNode } from './read-graph.ts';
import { readValueInfo } from './read-type.ts';

/**
 * Reads an ONNX file into inert data. Nothing is copied: tensors are views of `bytes`. Whether
 * the content makes sense, and is safe, is judged by `checkModel`.
 *
 * @throws `ML_FORMAT_TRUNCATED` where the file was cut off, `ML_FORMAT_MALFORMED` where it is no
 *   protobuf of this kind, `ML_FORMAT_LIMIT` for too many elements or too deep nesting
 */
export function readModel(bytes: Uint8Array, limits: Pick<Limits, 'maxNesting' | 'maxElements'>): OnnxModel {
  const context = new ReadContext(bytes, limits);
  const reader = context.open(bytes, 'ModelProto', true);
  let irVersion: number | undefined;
  let producerName: string | undefined;
  let producerVersion: string | undefined;
  let domain: string | undefined;
  let modelVersion: bigint | undefined;
  let docString: string | undefined;
  let graph: OnnxGraphProto | undefined;
  let opsetImport: OnnxModel['opsetImport'] = NONE;
  let metadataProps: OnnxModel['metadataProps'] = NONE;
  let trainingInfo: OnnxModel['trainingInfo'] = NONE;
  let functions: OnnxModel['functions'] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        irVersion = reader.integer();
        break;
      case 2:
        producerName = reader.text();
        break;
      case 3:
        producerVersion = reader.text();
        break;
      case 4:
        domain = reader.text();
        break;
      case 5:
        modelVersion = reader.int64();
        break;
      case 6:
        docString = reader.text();
        break;
      case 7:
        graph = readGraph(once(graph, reader), context, 0);
        break;
      case 8:
        opsetImport = append(opsetImport, readOpset(reader.bytes(), context));
        break;
      case 14:
        metadataProps = append(metadataProps, readEntry(reader.bytes(), context));
        break;
      case 20:
        trainingInfo = append(trainingInfo, readTrainingInfo(reader.bytes(), context));
        break;
      case 25:
        functions = append(functions, readFunction(reader.bytes(), context));
        break;
      default:
        unknown = append(unknown, reader.raw());
    }
  }
  return {
    source: bytes,
    unknown,
    irVersion,
    producerName,
    producerVersion,
    domain,
    modelVersion,
    docString,
    graph,
    opsetImport,
    metadataProps,
    trainingInfo,
    functions,
  };
}

function readTrainingInfo(body: Uint8Array, context: ReadContext): OnnxTrainingInfo {
  const reader = context.open(body, 'TrainingInfoProto');
  let initialization: OnnxGraphProto | undefined;
  let algorithm: OnnxGraphProto | undefined;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) initialization = readGraph(once(initialization, reader), context, 0);
    else if (reader.field === 2) algorithm = readGraph(once(algorithm, reader), context, 0);
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, initialization, algorithm };
}

function readFunction(body: Uint8Array, context: ReadContext): OnnxFunction {
  const reader = context.open(body, 'FunctionProto');
  let name = '';
  let domain = '';
  let overload: string | undefined;
  let docString: string | undefined;
  let inputs: readonly string[] = NONE;
  let outputs: readonly string[] = NONE;
  let attributes: readonly string[] = NONE;
  let attributeProtos: OnnxFunction['attributeProtos'] = NONE;
  let nodes: OnnxFunction['nodes'] = NONE;
  let opsetImport: OnnxFunction['opsetImport'] = NONE;
  let valueInfos: OnnxFunction['valueInfos'] = NONE;
  let metadataProps: OnnxFunction['metadataProps'] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        name = reader.name();
        break;
      case 4:
        context.spend();
        inputs = append(inputs, reader.name());
        break;
      case 5:
        context.spend();
        outputs = append(outputs, reader.name());
        break;
      case 6:
        context.spend();
        attributes = append(attributes, reader.name());
        break;
      case 7:
        nodes = append(nodes, readNode(reader.bytes(), context, 0));
        break;
      case 8:
        docString = reader.text();
        break;
      case 9:
        opsetImport = append(opsetImport, readOpset(reader.bytes(), context));
        break;
      case 10:
        domain = reader.name();
        break;
      case 11:
        attributeProtos = append(attributeProtos, readAttribute(reader.bytes(), context, 0));
        break;
      case 12:
        valueInfos = append(valueInfos, readValueInfo(reader.bytes(), context));
        break;
      case 13:
        overload = reader.name();
        break;
      case 14:
        metadataProps = append(metadataProps, readEntry(reader.bytes(), context));
        break;
      default:
        unknown = append(unknown, reader.raw());
    }
  }
  return {
    source: body,
    unknown,
    name,
    domain,
    overload,
    inputs,
    outputs,
    attributes,
    attributeProtos,
    nodes,
    opsetImport,
    valueInfos,
    docString,
    metadataProps,
  };
}
