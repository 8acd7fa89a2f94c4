// The part of TensorFlow.js that is called here. The packages are optional peers, so that neither
// this library nor its type declarations may import them.

export type TfDataType = 'float32' | 'int32' | 'bool' | 'string' | 'complex64';

export interface TfTensor {
  readonly dtype: TfDataType;
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array | readonly string[]>;
  dispose(): void;
}

/** A value that enters or leaves a model; a graph model does not always know shapes and types of its outputs. */
export interface TfEdge {
  readonly name: string;
  readonly dtype?: TfDataType | null;
  /** `null` and -1 are any extent. */
  readonly shape?: readonly (number | null)[] | null;
}

/** What both kinds of model share. */
interface TfModel {
  readonly inputs: readonly TfEdge[];
  readonly outputs: readonly TfEdge[];
  dispose(): unknown;
}

export interface TfGraphModel extends TfModel {
  executeAsync(feeds: Readonly<Record<string, TfTensor>>, outputs: readonly string[]): Promise<TfTensor | TfTensor[]>;
}

export interface TfLayersModel extends TfModel {
  /** Names of the layers; one that was used before in this process gets a number behind it. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  predictOnBatch(inputs: TfTensor | readonly TfTensor[]): TfTensor | TfTensor[];
}

/** A model's parts in memory, as every `load...Model` function takes them. */
export interface TfArtifacts {
  readonly format?: string;
  readonly modelTopology: unknown;
  readonly signature?: unknown;
  readonly weightSpecs: readonly unknown[];
  readonly weightData: ArrayBuffer;
}

interface TfIOHandler {
  load(): Promise<TfArtifacts>;
}

/** `@tensorflow/tfjs-node`, or core, layers, converter and a backend together. */
export interface TfModule {
  readonly version_core: string;
  tensor(values: unknown, shape: readonly number[], dtype: TfDataType): TfTensor;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  getBackend(): string;
  loadGraphModel(this: void, handler: TfIOHandler): Promise<TfGraphModel>;
  loadLayersModel(this: void, handler: TfIOHandler): Promise<TfLayersModel>;
}
