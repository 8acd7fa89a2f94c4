import type { WireError } from '../errors/wire-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ConvertedInput } from '../spec/converter.ts';
import type { LoaderModule } from '../spec/execution.ts';
import type { LoadContext, LoadedInfo, LoadPhase, ModelWarning } from '../spec/model-loader.ts';
import type { ModelMethod } from '../spec/model.ts';
import type { TensorInfo } from '../spec/stored-tensor.ts';

// What the event loop and a worker say to each other; the same for threads and processes. Data only.

/** Which loader a worker uses: one of the package's own by name, or one of the user's by where it is exported. */
export interface LoaderReference {
  readonly name: string;
  readonly module: LoaderModule | undefined;
}

/** Bytes within a message, or the number of an announced transfer. */
export type BytesReference = { readonly bytes: Uint8Array } | { readonly blob: number };

export interface LoadMessage
  extends Pick<LoadContext, 'metadata' | 'options' | 'limits' | 'extraFeatures' | 'threads'> {
  readonly type: 'load';
  readonly loader: LoaderReference;
  readonly artefact: Omit<Artefact, 'bytes' | 'read'>;
  readonly content: BytesReference;
  readonly warmUp: boolean;
  /** Set for a model that was converted: it refuses the rows that the original refuses. */
  readonly guard: ConvertedInput | undefined;
}

/** Several calls of one method, each on its own. */
export interface CallsMessage {
  readonly type: 'calls';
  readonly id: number;
  /** Names from the file's root object to the one that is called. */
  readonly path: readonly string[];
  readonly method: ModelMethod | 'tensor';
  readonly inputs: readonly unknown[];
}

/** The answer to a `read`. */
export interface FileMessage {
  readonly type: 'file';
  readonly id: number;
  readonly content: BytesReference | undefined;
  readonly error: WireError | undefined;
}

/** So many bytes come on the pipe beside the messages, after those that were announced before. */
export interface BlobMessage {
  readonly type: 'blob';
  readonly blob: number;
  readonly size: number;
}

export type HostMessage =
  | LoadMessage
  | CallsMessage
  | FileMessage
  | BlobMessage
  | { readonly type: 'abort' }
  | { readonly type: 'dispose' };

/** A loaded model as the other side may know it. */
export interface ModelDescription {
  readonly info: LoadedInfo | undefined;
  readonly byteSize: number | undefined;
  readonly methods: readonly ModelMethod[];
  readonly rowsIndependent: boolean;
  readonly parts: readonly (readonly [name: string, part: ModelDescription])[] | undefined;
  readonly value: { readonly content: unknown } | undefined;
  readonly tensors: readonly (readonly [name: string, tensor: TensorInfo])[] | undefined;
  readonly advice: string | undefined;
  readonly unusable: WireError | undefined;
}

export interface LoadedMessage {
  readonly type: 'loaded';
  readonly model: ModelDescription;
  /** Resident bytes of a child process; `undefined` in a thread, which shares its process. */
  readonly residentBytes: number | undefined;
}

/** What one of several calls gave. */
export type CallOutcome = { readonly value: unknown } | { readonly error: WireError };

export interface ResultsMessage {
  readonly type: 'results';
  readonly id: number;
  readonly outcomes: readonly CallOutcome[];
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'phase'; readonly phase: Extract<LoadPhase, 'parse' | 'build' | 'warm-up'> }
  | { readonly type: 'warning'; readonly warning: ModelWarning }
  | { readonly type: 'read'; readonly id: number; readonly path: string }
  | LoadedMessage
  | { readonly type: 'failed'; readonly error: WireError }
  | ResultsMessage
  | { readonly type: 'disposed' };
