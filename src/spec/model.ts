import type { Priority } from './execution.ts';
import type { RoutedPrediction } from './routing.ts';
import type { Row, Rows } from './rows.ts';
import type { StoredTensor, TensorInfo } from './stored-tensor.ts';
import type { DType, Tensor, TensorLike } from './tensor.ts';

/** A class label or a predicted value, in the type that it had in Python. */
export type Label = string | number | bigint | boolean | null;

/**
 * What `predict` gives for one row: a label or value; an array of them for a multi-output model; nested arrays for a
 * model whose output has more dimensions.
 */
export type Prediction = Label | readonly Prediction[];

/** What kind of question the model answers. */
export type Task =
  | 'binary-classification'
  | 'multiclass-classification'
  | 'multilabel-classification'
  | 'regression'
  | 'outlier-detection'
  | 'clustering'
  | 'transformation'
  | 'unknown';

/** One named input or output of a model. */
export interface ValueInfo {
  readonly name: string;
  /** `undefined` where the model does not say (or the value is no tensor). */
  readonly dtype: DType | undefined;
  /** A number, a symbolic name such as `batch`, or `null` for unknown, per dimension. */
  readonly shape: readonly (number | string | null)[];
}

/** What is known of a loaded model. */
export interface ModelInfo {
  readonly name: string;
  /** Version label as in the file name or the metadata (`v1`, `1.2.0`), or `undefined` for a bare file. */
  readonly version: string | undefined;
  /** Name of the loader that read the file. */
  readonly format: string;
  readonly task: Task;
  /** What computes: `onnxruntime-node`, `onnxruntime-web`, `native`, ... */
  readonly engine: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Class labels in the order of `predictProba`'s columns. */
  readonly classes: readonly Label[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  /** Those of the features that a record may lack. Absent where the model does not say. */
  readonly optionalFeatures?: readonly string[];
  /** Per feature the values that the model takes, where it refuses all others; absent where it does not say. */
  readonly categories?: readonly (readonly Label[] | undefined)[];
  /** Estimated resident bytes, as counted by the cache. */
  readonly bytes: number;
  /**
   * Lower-case hex digest of the artefact. Empty for a large file that is read in pieces, unless its metadata states
   * a checksum to compare with.
   */
  readonly sha256: string;
  /** Where it was read from, if it was a file. */
  readonly path: string | undefined;
}

/** Options of every prediction. */
export interface CallOptions {
  /** Rejects the call with `ML_ABORTED`; work already inside an engine finishes unseen. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds until the call is rejected with `ML_DEADLINE_EXCEEDED`, waiting and loading included. A model in a
   * child process is stopped then; elsewhere work already inside an engine finishes unseen. Default: no limit.
   */
  readonly timeoutMs?: number;
  /** Which calls start first when several wait for the same model. Default `normal`. */
  readonly priority?: Priority;
  /**
   * Where the model has a route: who asks, e.g. a user's id. The same key gets the same arm. Without one, or with an
   * empty one, each call is dealt by the weights.
   */
  readonly routingKey?: string;
  /** Told which arm of the model's route gets this call, before it is asked; not called where there is no route. */
  readonly onRouted?: (routed: RoutedPrediction) => void;
}

/** Methods that take rows. */
export type RowMethod =
  | 'predict'
  | 'predictProba'
  | 'predictLogProba'
  | 'decisionFunction'
  | 'transform'
  | 'inverseTransform'
  | 'scoreSamples'
  | 'apply';

/** Any prediction method of a model. */
export type ModelMethod = RowMethod | 'run';

/** Named tensors, as fed to and returned by `run`. */
export type Feeds = Readonly<Record<string, TensorLike>>;

/**
 * A model ready to be asked. A method that the model lacks rejects with
 * `ML_MODEL_METHOD_UNSUPPORTED`, naming those it has.
 */
export interface Model<R = Row, P = Prediction> {
  readonly info: ModelInfo;
  /** The prediction methods that this model has. */
  readonly methods: readonly ModelMethod[];
  /** One label or value per row; an array per row for multi-output models. */
  predict(rows: Rows<R>, options?: CallOptions): Promise<P[]>;
  /** `predict` for a single row. */
  predictOne(row: R, options?: CallOptions): Promise<P>;
  /**
   * Probabilities, shape `[rows, classes]`, columns in the order of `info.classes`. A multi-output
   * classifier gives an array of them, one per output: `predictProba<Tensor[]>(rows)`.
   */
  predictProba<T extends Tensor | Tensor[] = Tensor>(rows: Rows<R>, options?: CallOptions): Promise<T>;
  /** Natural logarithm of `predictProba`. */
  predictLogProba<T extends Tensor | Tensor[] = Tensor>(rows: Rows<R>, options?: CallOptions): Promise<T>;
  /** Confidence scores: shape `[rows]` for binary models, else `[rows, classes]`. */
  decisionFunction(rows: Rows<R>, options?: CallOptions): Promise<Tensor>;
  /** Transformed features, shape `[rows, features out]`. */
  transform(rows: Rows<R>, options?: CallOptions): Promise<Tensor>;
  /** The inverse of `transform`. */
  inverseTransform(rows: Rows<R>, options?: CallOptions): Promise<Tensor>;
  /** One score per row; its meaning is the estimator's. */
  scoreSamples(rows: Rows<R>, options?: CallOptions): Promise<Tensor>;
  /** Leaf indices of tree models, shape `[rows, trees]`. */
  apply(rows: Rows<R>, options?: CallOptions): Promise<Tensor>;
  /** Runs named tensors through the model; gives every output by name. */
  run(feeds: Feeds, options?: CallOptions): Promise<Record<string, Tensor>>;
  /** Names of the objects in a file that holds several. */
  readonly parts: readonly string[];
  /**
   * One object of a file that holds several, by name; names with dots reach into containers
   * (`models.lr`, `0.scaler`). Throws `ML_MODEL_PART_UNKNOWN`, or why that part cannot be used.
   */
  part(name: string): Model<R, P>;
  /** The content of a file that holds only data; throws `ML_MODEL_METHOD_UNSUPPORTED` for a model. */
  readonly value: unknown;
  /**
   * The tensors of a file that holds such by name (state dicts, checkpoints): names, shapes and types, without
   * their elements; empty for other models. Keys of nested dictionaries are joined with dots.
   */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * Reads one of `tensors`. Throws `ML_MODEL_PART_UNKNOWN` for a name that is not there, `ML_FORMAT_UNSUPPORTED`
   * where the file has no dense elements for it (quantized, sparse).
   */
  tensor(name: string, options?: CallOptions): Promise<StoredTensor>;
  /**
   * Frees the model after the calls in flight. One from `loadModel` is then gone (`ML_MODEL_DISPOSED`);
   * one from a registry is loaded again by the next call.
   */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
