import type { TensorLike } from '../spec/tensor.ts';
import type { Datatype } from './datatype.ts';
import type { Parameters } from './parameters.ts';

/** A tensor with what the protocol says of it. `BYTES` are strings, or `Uint8Array`s where they are no UTF-8. */
export interface NamedTensor extends TensorLike {
  readonly name: string;
  readonly datatype: Datatype;
  readonly parameters: Parameters;
}

/** An output that a request asks for. */
export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

/** What is asked of a model, in either transport. */
export interface InferRequest {
  /** Given back with the answer. */
  readonly id: string | undefined;
  readonly parameters: Parameters;
  readonly inputs: readonly NamedTensor[];
  /** `undefined`: all of them. */
  readonly outputs: readonly RequestedOutput[] | undefined;
}

/** What a model answered. */
export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string | undefined;
  readonly id: string | undefined;
  readonly parameters: Parameters;
  readonly outputs: readonly NamedTensor[];
}

/** What is known of a tensor before there is one. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 for an extent that may vary. */
  readonly shape: readonly number[];
  readonly parameters?: Parameters;
}

/** `GET /v2/models/{name}`. */
export interface ModelMetadataMessage {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  readonly parameters?: Parameters;
}

/** `GET /v2`. */
export interface ServerMetadataMessage {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** One entry of `POST /v2/repository/index`. */
export interface RepositoryIndexEntry {
  readonly name: string;
  readonly version: string;
  /** `READY`, `LOADING`, `UNLOADING`, `UNAVAILABLE`, or empty for one that was never loaded. */
  readonly state: string;
  readonly reason: string;
}

/** The header with the length of the JSON in front of binary tensors. HTTP headers have no case; Node's are lower. */
export const JSON_LENGTH_HEADER = 'inference-header-content-length';
