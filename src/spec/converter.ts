import type { Artefact } from './artefact.ts';
import type { Limits } from './limits.ts';
import type { ModelMetadata } from './metadata.ts';
import type { Awaitable, ExtraFeatures, LoadedModel, ModelWarning } from './model-loader.ts';

/**
 * What a loader tells of a file that it has judged safe and cannot compute: which tool could make another format of it.
 * Everything here came out of the file without executing it.
 */
export interface ConversionNeed {
  /** Name of what wrote the file, as its package registry has it, e.g. `scikit-learn`. */
  readonly framework: string;
  /** The version that wrote it, where the file has it. */
  readonly version: string | undefined;
  /** Classes and functions that reading the file needs, as `module.name`. */
  readonly names: readonly string[];
  /** Which of the framework's kinds of file it is, where it has several. */
  readonly form?: string;
  /** What else its converter must know, as JSON has it. Another value is another conversion. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * What the converter is given in place of the file's bytes, made of them when it is asked for: where a model is a folder,
   * or more than what was judged is in the file. Absent: the bytes as they are.
   */
  readonly content?: () => Awaitable<Uint8Array>;
}

/** One file to convert. */
export interface ConversionRequest {
  /** The bytes that were judged. */
  readonly artefact: Artefact;
  readonly need: ConversionNeed;
  readonly metadata: ModelMetadata | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly warn: (warning: ModelWarning) => void;
}

/** What the original takes: a converted model must refuse the rest, for a graph would give it some answer. */
export interface ConvertedInput {
  /** Columns of a row. */
  readonly columns: number;
  /** Names of the columns, where the original has them. */
  readonly features: readonly string[] | undefined;
  /** Whether numbers may be missing. */
  readonly missing: boolean;
  /** Whether numbers may be infinite. */
  readonly infinite: boolean;
}

/** Another file with the same model: as untrusted as any, and compared with the original. */
export interface Conversion {
  /** File name, whose extension says what it is. */
  readonly name: string;
  /** In memory that nobody else uses: it may be handed over to a worker. */
  readonly bytes: Uint8Array;
  /** What rows the original takes; absent where it takes tensors, whatever they hold. */
  readonly input?: ConvertedInput;
  /** How it was made and compared; values that JSON can hold. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** Why there is no conversion now, with what to do: a clause that continues the reason for which none else could load. */
export interface NotConverted {
  readonly why: string;
}

/** A model that another program answers for. */
export interface ServedModel {
  readonly model: LoadedModel;
  /** Bytes that the program takes. */
  readonly residentBytes: number;
  /** How often the program was started again. */
  readonly restarts: number;
  /** Ends the call under way, for which nobody waits any more. */
  abandon(): void;
}

/** How a served model answers. */
export interface ServeOptions {
  readonly extraFeatures: ExtraFeatures;
  /** Milliseconds after which a call counts as hung. */
  readonly callMs: number;
}

/** Makes a file that a loader can compute out of one that none can. */
export interface ModelConverter {
  /** A conversion that was made before, without making one. */
  kept(request: ConversionRequest): Promise<Conversion | undefined>;
  /** @throws `ML_SIDECAR_*` and any other `MLServiceError` where it tried and could not */
  convert(request: ConversionRequest): Promise<Conversion | NotConverted>;
  /**
   * The model as its own framework answers for it, in a program that stays until the model is disposed.
   *
   * @throws `ML_SIDECAR_*` and any other `MLServiceError`
   */
  serve(request: ConversionRequest, options: ServeOptions): Promise<ServedModel>;
}
