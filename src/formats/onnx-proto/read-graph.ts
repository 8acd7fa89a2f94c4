import { lazyBytes, lazyFloats, lazyInt64s } from './lazy-list.ts';
import type { OnnxAttribute, OnnxGraphProto, OnnxNode, OnnxSparseTensor, OnnxTensor, OnnxType } from './onnx-model.ts';
import { append, NONE, once, type ReadContext } from './read-context.ts';
import { readEntry } from './read-entry.ts';
import { readSparseTensor, readTensor } from './read-tensor.ts';
import { readType, readValueInfo } from './read-type.ts';
import { WIRE } from '../protobuf/wire-reader.ts';

/**
 * GraphProto.
 *
 * @param depth levels of graphs around this one
 */
export function readGraph(body: Uint8Array, context: ReadContext, depth: number): OnnxGraphProto {
  const reader = context.open(body, 'GraphProto');
  let name: string | undefined;
  let docString: string | undefined;
  let nodes: readonly OnnxNode[] = NONE;
  let initializers: readonly OnnxTensor[] = NONE;
  let sparseInitializers: readonly OnnxSparseTensor[] = NONE;
  let inputs: OnnxGraphProto['inputs'] = NONE;
  let outputs: OnnxGraphProto['outputs'] = NONE;
  let valueInfos: OnnxGraphProto['valueInfos'] = NONE;
  let quantizationAnnotations: OnnxGraphProto['quantizationAnnotations'] = NONE;
  let metadataProps: OnnxGraphProto['metadataProps'] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        nodes = append(nodes, readNode(reader.bytes(), context, depth));
        break;
      case 2:
        name = reader.text();
        break;
      case 5:
        initializers = append(initializers, readTensor(reader.bytes(), context));
        break;
      case 10:
        docString = reader.text();
        break;
      case 11:
        inputs = append(inputs, readValueInfo(reader.bytes(), context));
        break;
      case 12:
        outputs = append(outputs, readValueInfo(reader.bytes(), context));
        break;
      case 13:
        valueInfos = append(valueInfos, readValueInfo(reader.bytes(), context));
        break;
      case 14:
        context.spend();
        quantizationAnnotations = append(quantizationAnnotations, { source: reader.bytes(), unknown: NONE });
        break;
      case 15:
        sparseInitializers = append(sparseInitializers, readSparseTensor(reader.bytes(), context));
        break;
      case 16:
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
    nodes,
    initializers,
    sparseInitializers,
    docString,
    inputs,
    outputs,
    valueInfos,
    quantizationAnnotations,
    metadataProps,
  };
}

/** NodeProto. */
export function readNode(body: Uint8Array, context: ReadContext, depth: number): OnnxNode {
  const reader = context.open(body, 'NodeProto');
  let name: string | undefined;
  let opType = '';
  let domain = '';
  let overload: string | undefined;
  let docString: string | undefined;
  let inputs: readonly string[] = NONE;
  let outputs: readonly string[] = NONE;
  let attributes: readonly OnnxAttribute[] = NONE;
  let metadataProps: OnnxNode['metadataProps'] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        context.spend();
        inputs = append(inputs, reader.name());
        break;
      case 2:
        context.spend();
        outputs = append(outputs, reader.name());
        break;
      case 3:
        name = reader.text();
        break;
      case 4:
        opType = reader.name();
        break;
      case 5:
        attributes = append(attributes, readAttribute(reader.bytes(), context, depth));
        break;
      case 6:
        docString = reader.text();
        break;
      case 7:
        domain = reader.name();
        break;
      case 8:
        overload = reader.name();
        break;
      case 9:
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
    opType,
    domain,
    overload,
    inputs,
    outputs,
    attributes,
    docString,
    metadataProps,
  };
}

/** AttributeProto. */
export function readAttribute(body: Uint8Array, context: ReadContext, depth: number): OnnxAttribute {
  const reader = context.open(body, 'AttributeProto');
  let name = '';
  let type: number | undefined;
  let refAttrName: string | undefined;
  let docString: string | undefined;
  let f: number | undefined;
  let i: bigint | undefined;
  let s: Uint8Array | undefined;
  let t: OnnxTensor | undefined;
  let g: OnnxGraphProto | undefined;
  let sparseTensor: OnnxSparseTensor | undefined;
  let tp: OnnxType | undefined;
  let floats = 0;
  let ints = 0;
  let strings = 0;
  let tensors: readonly OnnxTensor[] = NONE;
  let graphs: readonly OnnxGraphProto[] = NONE;
  let sparseTensors: readonly OnnxSparseTensor[] = NONE;
  let typeProtos: readonly OnnxType[] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        name = reader.name();
        break;
      case 2:
        f = reader.float();
        break;
      case 3:
        i = reader.int64();
        break;
      case 4:
        s = reader.bytes();
        break;
      case 5:
        t = readTensor(once(t, reader), context);
        break;
      case 6:
        g = readGraph(once(g, reader), context, context.deeper(depth));
        break;
      case 7:
        floats += reader.count(WIRE.FIXED32);
        break;
      case 8:
        ints += reader.count(WIRE.VARINT);
        break;
      case 9:
        reader.bytes();
        strings++;
        break;
      case 10:
        tensors = append(tensors, readTensor(reader.bytes(), context));
        break;
      case 11:
        graphs = append(graphs, readGraph(reader.bytes(), context, context.deeper(depth)));
        break;
      case 13:
        docString = reader.text();
        break;
      case 14:
        tp = readType(once(tp, reader), context, 0);
        break;
      case 15:
        typeProtos = append(typeProtos, readType(reader.bytes(), context, 0));
        break;
      case 20:
        type = reader.int32();
        break;
      case 21:
        refAttrName = reader.name();
        break;
      case 22:
        sparseTensor = readSparseTensor(once(sparseTensor, reader), context);
        break;
      case 23:
        sparseTensors = append(sparseTensors, readSparseTensor(reader.bytes(), context));
        break;
      default:
        unknown = append(unknown, reader.raw());
    }
  }
  return {
    source: body,
    unknown,
    name,
    type,
    refAttrName,
    docString,
    f,
    i,
    s,
    t,
    g,
    sparseTensor,
    tp,
    floats: lazyFloats(body, 7, floats),
    ints: lazyInt64s(body, 8, ints),
    strings: lazyBytes(body, 9, strings),
    tensors,
    graphs,
    sparseTensors,
    typeProtos,
  };
}
