import type { Artefact, Content } from './artefact.ts';
import type { ByteSource } from './byte-source.ts';
import type { ConversionNeed } from './converter.ts';
import type { LoaderModule } from './execution.ts';
import type { Limits } from './limits.ts';
import type { ModelMetadata } from './metadata.ts';
import type { CallOptions, Feeds, ModelInfo, Prediction } from './model.ts';
import type { Rows } from './rows.ts';
import type { Finding } from './scan.ts';
import type { StoredTensor, TensorInfo } from './stored-tensor.ts';
import type { TensorLike } from './tensor.ts';

/** A value now or later; loaders that compute at once need not pay for a promise. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Facts about a loader that the library relies on; every one defaults to `false`. */
export interface LoaderCapabilities {
  /** Models may be used from a worker thread. */
  readonly threadSafe?: boolean;
  /** A loaded model can be moved to another thread without loading it again. */
  readonly transferable?: boolean;
  /** `byteSize` of a loaded model is measured, not guessed from the file's size. */
  readonly reportsByteSize?: boolean;
  /** `load` stops early when its signal aborts. */
  readonly abortable?: boolean;
  /** `load` gives the event loop a turn every few milliseconds, however large the file is. */
  readonly yields?: boolean;
  /** Computes in a native engine, whose arrays are of the process's first realm and not of a test file's (Jest). */
  readonly nativeEngine?: boolean;
  /** Needs a Python interpreter on this machine. */
  readonly needsPython?: boolean;
}

/** The steps of a load, in order, as reported by load events. */
export type LoadPhase = 'resolve' | 'read' | 'verify' | 'parse' | 'build' | 'warm-up';

/** A remark that does not stop a load or a call. */
export interface ModelWarning {
  /** Stable and machine-readable, e.g. `extension-mismatch`. */
  readonly code: string;
  readonly message: string;
}

/** What to do with keys of a record that are no feature of the model. */
export type ExtraFeatures = 'ignore' | 'warn' | 'error';

/** Everything a loader is given. */
export interface LoadContext {
  readonly artefact: Artefact;
  readonly metadata: ModelMetadata | undefined;
  /** The options the user gave for this loader's name, as given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Tells which step begins, for load events. */
  phase(phase: 'parse' | 'build' | 'warm-up'): void;
  /** What to do with a record's keys that the model does not know. */
  readonly extraFeatures: ExtraFeatures;
  /** Threads that one computation of this model may use. Default: the engine's own choice. */
  readonly threads?: number;
  /** May be kept and called during predictions too. */
  readonly warn: (warning: ModelWarning) => void;
}

/** What a loader knows of its model; the library adds name, version, digest and path. */
export type LoadedInfo = Partial<
  Pick<
    ModelInfo,
    'task' | 'engine' | 'inputs' | 'outputs' | 'classes' | 'featureNames' | 'optionalFeatures' | 'categories'
  >
>;

/** What a loader tells of a file for people who look into it. */
export interface Inspection extends LoadedInfo {
  /** Facts of the format by name, e.g. `{ opset: 17, operators: { Gemm: 3 } }`; values that JSON can hold. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A method over rows that gives one tensor-like matrix. */
export type RowFunction = (rows: Rows, options: CallOptions) => Awaitable<TensorLike>;

/** Probabilities; an array of matrices, one per output, for a multi-output classifier. */
export type ProbabilityFunction = (rows: Rows, options: CallOptions) => Awaitable<TensorLike | readonly TensorLike[]>;

/**
 * What `load` gives back: the methods that the model has, and how to free it. Methods are called
 * only between `load` and `dispose`, never after; the library does leases, events and deadlines.
 */
export interface LoadedModel {
  readonly info?: LoadedInfo;
  /** Resident bytes. Default: the artefact's size. */
  readonly byteSize?: number;
  predict?(rows: Rows, options: CallOptions): Awaitable<ArrayLike<Prediction>>;
  predictProba?: ProbabilityFunction;
  predictLogProba?: ProbabilityFunction;
  decisionFunction?: RowFunction;
  transform?: RowFunction;
  inverseTransform?: RowFunction;
  scoreSamples?: RowFunction;
  apply?: RowFunction;
  run?(feeds: Feeds, options: CallOptions): Awaitable<Readonly<Record<string, TensorLike>>>;
  /**
   * Whether what a row gives depends on that row alone, whatever other rows are in the call. Only then are calls of
   * several callers joined into one. Default `false`.
   */
  readonly rowsIndependent?: boolean;
  /** The objects of a file that holds several, by name. */
  readonly parts?: ReadonlyMap<string, LoadedModel>;
  /** The content of a file that holds only data. */
  readonly value?: unknown;
  /** Tensors by name, of a file that is a collection of them. */
  readonly tensors?: ReadonlyMap<string, TensorInfo>;
  /** Reads one of `tensors`; called only with names that are there. */
  tensor?(name: string, options: CallOptions): Awaitable<StoredTensor>;
  /** What to do where a method is missing: a sentence that ends the error's message. */
  readonly advice?: string;
  /** Why this part of a file cannot be used; thrown when it is touched. */
  readonly unusable?: Error;
  /** Called once, when no call is in flight. Default: nothing to free. */
  dispose?(): Awaitable<void>;
}

/**
 * Reads one format. Three members are required; adding a format is writing one of these.
 */
export interface ModelLoader {
  /** Unique name, e.g. `onnx`; it is the `format` in `ModelInfo`. */
  readonly name: string;
  /** File extensions without the dot, lower case. */
  readonly formats: readonly string[];
  /**
   * Parses the artefact, judges it, then builds a model; called off the event loop's hot path,
   * never twice at once for the same model.
   *
   * @throws any `MLServiceError`; another error is wrapped as `ML_LOADER_FAILED`
   */
  load(context: LoadContext): Awaitable<LoadedModel>;
  /** Version of this contract that the loader was written for. Default `v1`. */
  readonly specVersion?: 'v1';
  /** Whether the content is of this format. Default: the extension alone decides. */
  detect?(content: Content): boolean;
  /**
   * For loaders that read large files in pieces: whether the source is of this format, told from few reads. Such a
   * loader takes artefacts whose `bytes` are empty and whose `slices` are set; it never closes them. Default: large
   * files are read whole.
   */
  detectSlices?(content: SlicedContent): Promise<boolean>;
  /** What is unsafe or unsupported in the file, without building it. Default: the file cannot be scanned. */
  scan?(context: ScanContext): Awaitable<readonly Finding[]>;
  /**
   * What is in the file, without building a model and without an engine. Default: the file is
   * loaded to describe it.
   */
  inspect?(context: ScanContext): Awaitable<Inspection>;
  /**
   * What it takes to make a file of another format out of this one, asked where `load` threw `ML_FORMAT_UNSUPPORTED`.
   * Judges the file again: what is unsafe is never converted. Default: files of this format are not converted.
   *
   * @throws as `load`, e.g. `ML_FORMAT_UNSAFE`
   */
  conversion?(context: ConversionContext): Awaitable<ConversionNeed | undefined>;
  /** Packages that `load` imports; named in the error when one is missing. Default none. */
  readonly dependencies?: readonly string[];
  readonly capabilities?: LoaderCapabilities;
  /**
   * Where workers import this loader from. Default: its models run on the event loop. The built-in loaders need none.
   */
  readonly module?: LoaderModule;
}

/** A large file whose format is looked for. */
export interface SlicedContent {
  readonly name: string;
  readonly source: ByteSource;
}

/** Everything a scan is given. */
export type ScanContext = Pick<LoadContext, 'artefact' | 'limits' | 'signal'>;

/** Everything that `conversion` is given. */
export type ConversionContext = ScanContext & Pick<LoadContext, 'options' | 'metadata'>;
