/**
 * The messages of an ONNX file as inert, immutable data: names follow `onnx.proto`, in camel case.
 * A field that the file does not have is `undefined`; a repeated one is empty.
 *
 * An edited message is a copy without `source` (see `edited`): the writer copies the bytes of
 * every message that still has its source, and spells out the others.
 */
export interface OnnxMessage {
  /** The message's bytes in the file (a view), while it is as it was read. */
  readonly source: Uint8Array | undefined;
  /** Fields that this reader does not know, tags included: kept when the message is written again. */
  readonly unknown: readonly Uint8Array[];
}

/** A repeated field whose elements are decoded only when asked for. */
export interface LazyList<T> {
  readonly length: number;
  /** Decodes the elements; a new array on each call for what was read from a file. */
  values(): T;
}

/** ModelProto: the whole file. */
export interface OnnxModel extends OnnxMessage {
  readonly irVersion: number | undefined;
  readonly producerName: string | undefined;
  readonly producerVersion: string | undefined;
  readonly domain: string | undefined;
  readonly modelVersion: bigint | undefined;
  readonly docString: string | undefined;
  readonly graph: OnnxGraphProto | undefined;
  readonly opsetImport: readonly OnnxOpset[];
  readonly metadataProps: readonly OnnxEntry[];
  readonly trainingInfo: readonly OnnxTrainingInfo[];
  readonly functions: readonly OnnxFunction[];
}

/** TrainingInfoProto: no engine reads it for inference; its graphs are read so that a scan sees them. */
export interface OnnxTrainingInfo extends OnnxMessage {
  readonly initialization: OnnxGraphProto | undefined;
  readonly algorithm: OnnxGraphProto | undefined;
}

/** OperatorSetIdProto. */
export interface OnnxOpset extends OnnxMessage {
  /** `''` is ONNX's own operator set. */
  readonly domain: string;
  readonly version: number;
}

/** StringStringEntryProto. */
export interface OnnxEntry extends OnnxMessage {
  readonly key: string;
  readonly value: string;
}

/** GraphProto: a model's graph or a subgraph in an attribute. */
export interface OnnxGraphProto extends OnnxMessage {
  readonly name: string | undefined;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly sparseInitializers: readonly OnnxSparseTensor[];
  readonly docString: string | undefined;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfos: readonly OnnxValueInfo[];
  /** TensorAnnotation (quantization): kept, not interpreted. */
  readonly quantizationAnnotations: readonly OnnxMessage[];
  readonly metadataProps: readonly OnnxEntry[];
}

/** NodeProto: one operator call. An empty name in `inputs` or `outputs` is one left out. */
export interface OnnxNode extends OnnxMessage {
  readonly name: string | undefined;
  readonly opType: string;
  /** `''` is ONNX's own operator set. */
  readonly domain: string;
  readonly overload: string | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
  readonly docString: string | undefined;
  readonly metadataProps: readonly OnnxEntry[];
}

/** AttributeProto. Which of the values counts is said by `type`; old files leave it out. */
export interface OnnxAttribute extends OnnxMessage {
  readonly name: string;
  /** `AttributeProto.AttributeType`; see `ATTRIBUTE_TYPE`. */
  readonly type: number | undefined;
  /** Within a function: the function's attribute whose value is used. */
  readonly refAttrName: string | undefined;
  readonly docString: string | undefined;
  readonly f: number | undefined;
  readonly i: bigint | undefined;
  readonly s: Uint8Array | undefined;
  readonly t: OnnxTensor | undefined;
  readonly g: OnnxGraphProto | undefined;
  readonly sparseTensor: OnnxSparseTensor | undefined;
  readonly tp: OnnxType | undefined;
  readonly floats: LazyList<Float32Array>;
  readonly ints: LazyList<BigInt64Array>;
  readonly strings: LazyList<readonly Uint8Array[]>;
  readonly tensors: readonly OnnxTensor[];
  readonly graphs: readonly OnnxGraphProto[];
  readonly sparseTensors: readonly OnnxSparseTensor[];
  readonly typeProtos: readonly OnnxType[];
}

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
} as const;

/** TensorProto. The values are not copied: see `decodeTensor`. */
export interface OnnxTensor extends OnnxMessage {
  readonly name: string | undefined;
  readonly dims: readonly bigint[];
  /** `TensorProto.DataType` as the file says it; see `elementType`. 0 is undefined. */
  readonly dataType: number;
  /** TensorProto.Segment, a part of a larger tensor: no tool writes it. */
  readonly segment: OnnxMessage | undefined;
  readonly docString: string | undefined;
  /** Little-endian values, a view of the file. */
  readonly rawData: Uint8Array | undefined;
  readonly floatData: LazyList<Float32Array>;
  readonly int32Data: LazyList<Int32Array>;
  readonly int64Data: LazyList<BigInt64Array>;
  readonly doubleData: LazyList<Float64Array>;
  readonly uint64Data: LazyList<BigUint64Array>;
  readonly stringData: LazyList<readonly Uint8Array[]>;
  /** 1 when the values are in another file, which `externalData` describes. */
  readonly dataLocation: number | undefined;
  readonly externalData: readonly OnnxEntry[];
  readonly metadataProps: readonly OnnxEntry[];
}

/** SparseTensorProto: the values that are not zero, and where they are. */
export interface OnnxSparseTensor extends OnnxMessage {
  readonly values: OnnxTensor | undefined;
  /** int64, `[nnz]` (flat) or `[nnz, rank]`. */
  readonly indices: OnnxTensor | undefined;
  readonly dims: readonly bigint[];
}

/** ValueInfoProto: a named value with its type. */
export interface OnnxValueInfo extends OnnxMessage {
  readonly name: string;
  readonly type: OnnxType | undefined;
  readonly docString: string | undefined;
  readonly metadataProps: readonly OnnxEntry[];
}

/** TypeProto. */
export interface OnnxType extends OnnxMessage {
  readonly value: OnnxTypeValue | undefined;
  /** A semantic hint such as `DATA_BATCH`. */
  readonly denotation: string | undefined;
}

/** The kinds of value that a TypeProto can tell; each is a message of its own. */
export type OnnxTypeValue = OnnxMessage &
  (
    | { readonly kind: 'tensor' | 'sparse-tensor'; readonly elemType: number; readonly shape: OnnxShape | undefined }
    | { readonly kind: 'sequence' | 'optional'; readonly elem: OnnxType | undefined }
    | { readonly kind: 'map'; readonly keyType: number; readonly valueType: OnnxType | undefined }
    /** A custom type: its fields are kept, not interpreted. */
    | { readonly kind: 'opaque' }
  );

/** TensorShapeProto. */
export interface OnnxShape extends OnnxMessage {
  readonly dims: readonly OnnxDimension[];
}

/** TensorShapeProto.Dimension: a number, a name, or neither. */
export interface OnnxDimension extends OnnxMessage {
  readonly value: bigint | undefined;
  readonly param: string | undefined;
  readonly denotation: string | undefined;
}

/** FunctionProto: an operator that the file itself defines. */
export interface OnnxFunction extends OnnxMessage {
  readonly name: string;
  readonly domain: string;
  readonly overload: string | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes without a default. */
  readonly attributes: readonly string[];
  /** Attributes with their defaults. */
  readonly attributeProtos: readonly OnnxAttribute[];
  readonly nodes: readonly OnnxNode[];
  readonly opsetImport: readonly OnnxOpset[];
  readonly valueInfos: readonly OnnxValueInfo[];
  readonly docString: string | undefined;
  readonly metadataProps: readonly OnnxEntry[];
}

/** A changed copy of a message; the writer will spell it out. */
export function edited<M extends OnnxMessage>(message: M, changes: Partial<Omit<M, 'source' | 'unknown'>>): M {
  return { ...message, ...changes, source: undefined };
}
