import type { TensorLike } from '../../spec/tensor.ts';

/** Extents of a tensor, -1 where any is allowed; `undefined` where even the rank is unknown. */
export type TfShape = readonly number[] | undefined;

/** A list of values in an attribute. */
export interface TfAttrList {
  readonly texts: readonly Uint8Array[];
  readonly ints: readonly bigint[];
  readonly floats: readonly number[];
  readonly bools: readonly boolean[];
  readonly types: readonly number[];
  readonly shapes: readonly TfShape[];
  readonly functions: readonly string[];
}

/** The value of an attribute (AttrValue). */
export type TfAttr =
  | { readonly kind: 'text'; readonly text: Uint8Array }
  | { readonly kind: 'int'; readonly int: bigint }
  | { readonly kind: 'float'; readonly float: number }
  | { readonly kind: 'bool'; readonly bool: boolean }
  | { readonly kind: 'type'; readonly type: number }
  | { readonly kind: 'shape'; readonly shape: TfShape }
  /** A TensorProto, still encoded. */
  | { readonly kind: 'tensor'; readonly tensor: Uint8Array }
  | { readonly kind: 'list'; readonly list: TfAttrList }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'placeholder'; readonly name: string };

/** A node of a graph. Attributes stay encoded until someone asks for one. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** `node`, `node:2`, `^node` for a control edge; in a function `node:output_arg:0` or an argument's name. */
  readonly inputs: readonly string[];
  readonly attrs: ReadonlyMap<string, Uint8Array>;
}

/** An argument or result of a function. */
export interface ArgDef {
  readonly name: string;
  /** Element type; 0 where an attribute decides. */
  readonly type: number;
  /** Attribute that says how many tensors the one argument is, if any does. */
  readonly numberAttr: string;
  readonly typeListAttr: string;
}

/** A function of the library. */
export interface FunctionDef {
  readonly name: string;
  readonly inputs: readonly ArgDef[];
  readonly outputs: readonly ArgDef[];
  readonly nodes: readonly NodeDef[];
  /** Result name to the value that it is. */
  readonly ret: ReadonlyMap<string, string>;
  /** Nodes that run although nothing reads them. */
  readonly controlRet: readonly string[];
}

export interface GraphDef {
  /** As it lies in the file. */
  readonly encoded: Uint8Array;
  readonly nodes: readonly NodeDef[];
  readonly functions: ReadonlyMap<string, FunctionDef>;
}

/** One input or output of a signature. */
export interface TensorInfo {
  /** `node:0`; empty where it is no dense tensor. */
  readonly name: string;
  readonly type: number;
  readonly shape: TfShape;
}

export interface SignatureDef {
  readonly inputs: ReadonlyMap<string, TensorInfo>;
  readonly outputs: ReadonlyMap<string, TensorInfo>;
  /** e.g. `tensorflow/serving/predict`. */
  readonly method: string;
}

/** One graph of a SavedModel, with what belongs to it. */
export interface MetaGraph {
  readonly tags: readonly string[];
  readonly tensorflowVersion: string;
  readonly graph: GraphDef;
  readonly signatures: ReadonlyMap<string, SignatureDef>;
  /** Node that restores the variables; empty where nothing does. */
  readonly restoreOp: string;
  /** Nodes by collection, e.g. `table_initializer`. */
  readonly collections: ReadonlyMap<string, readonly string[]>;
  /** File below `assets/` by the name of the tensor that holds its path. */
  readonly assets: ReadonlyMap<string, string>;
}

export interface SavedModelFile {
  readonly metaGraphs: readonly MetaGraph[];
}

/** A constant of a graph. */
export type TfTensorValue = TensorLike;
