import { listOf } from './lazy-list.ts';
import {
  ATTRIBUTE_TYPE,
  type OnnxAttribute,
  type OnnxDimension,
  type OnnxGraphProto,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValueInfo,
} from './onnx-model.ts';

// Messages that were not read from a file. Each takes what is usual to say; the rest is absent
// and can be given with `edited`.

const BUILT = { source: undefined, unknown: [] } as const;
const encoder = new TextEncoder();

/** A model of one graph. */
export function makeModel(graph: OnnxGraphProto, opsets: Readonly<Record<string, number>>, irVersion = 8): OnnxModel {
  return {
    ...BUILT,
    irVersion,
    producerName: undefined,
    producerVersion: undefined,
    domain: undefined,
    modelVersion: undefined,
    docString: undefined,
    graph,
    opsetImport: Object.entries(opsets).map(([domain, version]) => ({ ...BUILT, domain, version })),
    metadataProps: [],
    trainingInfo: [],
    functions: [],
  };
}

/** What a graph is made of; node order is execution order. */
export interface GraphParts {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers?: readonly OnnxTensor[];
}

export function makeGraph(name: string, { nodes, inputs, outputs, initializers = [] }: GraphParts): OnnxGraphProto {
  return {
    ...BUILT,
    name,
    nodes,
    inputs,
    outputs,
    initializers,
    sparseInitializers: [],
    docString: undefined,
    valueInfos: [],
    quantizationAnnotations: [],
    metadataProps: [],
  };
}

/** What a node connects. */
export interface NodeEnds {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** `''`, ONNX's own operators, unless given. */
  readonly domain?: string;
}

export function makeNode(opType: string, ends: NodeEnds, attributes: readonly OnnxAttribute[] = []): OnnxNode {
  return {
    ...BUILT,
    name: undefined,
    opType,
    domain: ends.domain ?? '',
    overload: undefined,
    inputs: ends.inputs,
    outputs: ends.outputs,
    attributes,
    docString: undefined,
    metadataProps: [],
  };
}

/** The value of an attribute by its kind. */
export type AttributeValue =
  | { readonly int: bigint | number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly tensor: OnnxTensor }
  | { readonly graph: OnnxGraphProto }
  | { readonly ints: readonly (bigint | number)[] }
  | { readonly floats: readonly number[] }
  | { readonly texts: readonly string[] };

export function makeAttribute(name: string, value: AttributeValue): OnnxAttribute {
  return { ...EMPTY_ATTRIBUTE, name, ...attributeFields(value) };
}

function attributeFields(value: AttributeValue): Partial<OnnxAttribute> {
  if ('int' in value) return { type: ATTRIBUTE_TYPE.INT, i: BigInt(value.int) };
  if ('float' in value) return { type: ATTRIBUTE_TYPE.FLOAT, f: value.float };
  if ('text' in value) return { type: ATTRIBUTE_TYPE.STRING, s: encoder.encode(value.text) };
  if ('tensor' in value) return { type: ATTRIBUTE_TYPE.TENSOR, t: value.tensor };
  if ('graph' in value) return { type: ATTRIBUTE_TYPE.GRAPH, g: value.graph };
  if ('ints' in value) {
    return { type: ATTRIBUTE_TYPE.INTS, ints: listOf(BigInt64Array.from(value.ints, (v) => BigInt(v))) };
  }
  if ('floats' in value) return { type: ATTRIBUTE_TYPE.FLOATS, floats: listOf(Float32Array.from(value.floats)) };
  return { type: ATTRIBUTE_TYPE.STRINGS, strings: listOf(value.texts.map((text) => encoder.encode(text))) };
}

const EMPTY_ATTRIBUTE: OnnxAttribute = {
  ...BUILT,
  name: '',
  type: undefined,
  refAttrName: undefined,
  docString: undefined,
  f: undefined,
  i: undefined,
  s: undefined,
  t: undefined,
  g: undefined,
  sparseTensor: undefined,
  tp: undefined,
  floats: listOf(new Float32Array()),
  ints: listOf(new BigInt64Array()),
  strings: listOf([]),
  tensors: [],
  graphs: [],
  sparseTensors: [],
  typeProtos: [],
};

/** A tensor whose values are given as little-endian bytes, or as texts for strings. */
export function makeTensor(
  name: string | undefined,
  dataType: number,
  dims: readonly (bigint | number)[],
  values: Uint8Array | readonly string[],
): OnnxTensor {
  const raw = values instanceof Uint8Array;
  return {
    ...BUILT,
    name,
    dims: dims.map(BigInt),
    dataType,
    segment: undefined,
    docString: undefined,
    rawData: raw ? values : undefined,
    floatData: listOf(new Float32Array()),
    int32Data: listOf(new Int32Array()),
    int64Data: listOf(new BigInt64Array()),
    doubleData: listOf(new Float64Array()),
    uint64Data: listOf(new BigUint64Array()),
    stringData: listOf(raw ? [] : values.map((text) => encoder.encode(text))),
    dataLocation: undefined,
    externalData: [],
    metadataProps: [],
  };
}

/** A tensor type; `undefined` for a shape of unknown rank, a name or `null` for an extent that varies. */
export function makeTensorType(
  elemType: number,
  shape: readonly (bigint | number | string | null)[] | undefined,
): OnnxType {
  return {
    ...BUILT,
    value: {
      ...BUILT,
      kind: 'tensor',
      elemType,
      shape: shape === undefined ? undefined : { ...BUILT, dims: shape.map(makeDimension) },
    },
    denotation: undefined,
  };
}

function makeDimension(extent: bigint | number | string | null): OnnxDimension {
  return {
    ...BUILT,
    value: typeof extent === 'bigint' || typeof extent === 'number' ? BigInt(extent) : undefined,
    param: typeof extent === 'string' ? extent : undefined,
    denotation: undefined,
  };
}

export function makeValueInfo(name: string, type: OnnxType | undefined): OnnxValueInfo {
  return { ...BUILT, name, type, docString: undefined, metadataProps: [] };
}
