import type { FilePermissions } from '../access/file-permissions.ts';
import type { Clock } from '../internal/clock.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import type { FallbackOrder, RemoteOptions } from '../remote/remote-options.ts';
import type { SidecarOptions } from '../sidecar/sidecar-settings.ts';
import type { AuthenticityOptions } from '../spec/authenticity.ts';
import type { AccessOption } from '../spec/access.ts';
import type { EncryptionOptions } from '../spec/encryption.ts';
import type { PlaceChoice } from '../spec/execution.ts';
import type { Limits } from '../spec/limits.ts';
import type { ExtraFeatures, ModelLoader } from '../spec/model-loader.ts';
import type { ModelRepository } from '../spec/model-repository.ts';
import type { SwapPolicy } from '../spec/swap.ts';
import type { InputValidation } from './contract-guard.ts';
import type { AdmissionOptions, BatchingOptions, ExecutionOptions } from './execution-options.ts';

/** Whether bytes must be compared with a checksum from the metadata before they are parsed. */
export type Verification = 'require' | 'ifPresent' | 'off';

/** Options of the model cache. */
export interface CacheOptions {
  /** Bytes that all loaded models together may take. Default: half of this machine's (or container's) memory. */
  readonly maxBytes?: number;
  /** Milliseconds after which an unused model is unloaded. Default: never. */
  readonly idleTtlMs?: number;
  /** Names of models that are never evicted for others. Default: none. */
  readonly pinned?: readonly string[];
  /** Milliseconds a model stays before another may take its place: a thrash guard. Default 100. */
  readonly minResidencyMs?: number;
  /** Milliseconds a load waits for room. Default 5,000. */
  readonly maxWaitMs?: number;
}

/** What is set for one model, against its service class and the environment. */
export interface ModelOverride {
  /**
   * A file or directory to use instead of the models directory; absolute or relative to the working directory. Or a
   * model on a server of the Open Inference Protocol: `oip+http://host:port/v2/models/<name>[/versions/<version>]`,
   * `oip+https://...`, `oip+grpc://host:port/<name>[/<version>]`.
   */
  readonly path?: string;
  /** The version to use whatever the caller asks for. */
  readonly version?: string;
  /** Where it runs. */
  readonly place?: PlaceChoice;
  /** Options for its loader, by loader name; they win over `loaderOptions` of the registry. */
  readonly loaderOptions?: RegistryOptions['loaderOptions'];
  /**
   * `python`: the model's own framework answers, in a Python process that stays, in the same closed room as conversions.
   * Default: this library computes it.
   */
  readonly engine?: 'python';
  /** For a model on a server: over the registry's `remote`. */
  readonly remote?: RemoteOptions;
  /**
   * For a model on a server: which model answers first, that one or the one in this process. Default: the one on the
   * server answers alone.
   */
  readonly fallback?: FallbackOrder | FallbackOptions;
}

/** Two models that answer the same calls. */
export interface FallbackOptions {
  readonly order: FallbackOrder;
  /** The file for this process. Default: the model of the same name in the models directory. */
  readonly path?: string;
  /** The version in the models directory. Default: the one that callers ask for. */
  readonly version?: string;
}

/** Options of `MLServiceRegistry`. Options win over the environment, the environment over defaults. */
export interface RegistryOptions {
  /** The models directory. Default `ML_MODELS_DIR`, else `./models`. */
  readonly modelsDir?: string;
  /** A repository of your own in place of a directory. */
  readonly repository?: ModelRepository;
  /** Further loaders beside the built-in ones, or a `LoaderRegistry` in place of them. */
  readonly loaders?: readonly ModelLoader[] | LoaderRegistry;
  /** Options for single loaders, by loader name. */
  readonly loaderOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Checksums: `require` refuses files without one, `ifPresent` (default) checks those there are, `off` none. */
  readonly verification?: Verification;
  /** Lock file and signatures that prove where models come from. Default: the lock file of `ML_MODELS_LOCK`, or none. */
  readonly authenticity?: AuthenticityOptions;
  /** Whether a wrong file extension is an error. Default `false`: a `model:warning` event. */
  readonly strictExtensions?: boolean;
  /** A pattern with the named groups `name`, `version` and `date` in place of `{name}_{version}_{date}`. */
  readonly fileNamePattern?: RegExp;
  /** Which of several formats of the same model to take, best first. Default: as the metadata says, else by extension. */
  readonly formatPreference?: readonly string[];
  /** Aliases by model name: `{ fraud_detector: { champion: '1.0.0' } }`. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Settings for single models by name. */
  readonly models?: Readonly<Record<string, ModelOverride>>;
  /** Whether to watch the models directory for changes. Default `false`. */
  readonly watch?: boolean;
  /**
   * Whether a new file takes over by itself from the version that it makes outdated, as by `swap()`; a policy says how.
   * Needs `watch`. Default `false`.
   */
  readonly swapOnChange?: boolean | SwapPolicy;
  readonly cache?: CacheOptions;
  readonly limits?: Partial<Limits>;
  /** Milliseconds one load may take. Default 120,000. */
  readonly loadTimeoutMs?: number;
  /** Pause after a failed load: doubles from `initialMs` (default 1,000) to `maxMs` (default 60,000). */
  readonly backoff?: { readonly initialMs?: number; readonly maxMs?: number };
  /** Where models run. */
  readonly execution?: ExecutionOptions;
  /** Bounds of what waits and runs. */
  readonly admission?: AdmissionOptions;
  /** How calls that wait together are joined. */
  readonly batching?: BatchingOptions;
  /** Keys of a record that are no feature. Default `ignore`. */
  readonly extraFeatures?: ExtraFeatures;
  /** Whether rows are compared with the model's contract: an error, a `model:warning`, or not at all (default). */
  readonly validateInput?: InputValidation;
  /** Whether and how Python converts files that have no native way. Default: only what was converted ahead is used. */
  readonly sidecar?: 'off' | 'auto' | SidecarOptions;
  /**
   * Models without which the process is not ready: `name` or `name@version` (a bare name means the versions that services
   * of that name ask for, else `latest`), or `services` for those of all services. Default: none.
   */
  readonly required?: 'services' | readonly string[];
  /**
   * Whether required models that `ready()` could not load are tried again by themselves, after a pause that doubles as
   * that of `backoff`, until all of them are there. Default `false`: `ready()` again tries again.
   */
  readonly retryRequired?: boolean;
  /** Who may do what with which models. Default: everybody everything. With it, only what a rule allows. */
  readonly access?: AccessOption;
  /** Keys of encrypted model files. Default: none can be opened. */
  readonly encryption?: EncryptionOptions;
  /** Model files and folders that others may write to: a warning (default), an error, or nothing. Not on Windows. */
  readonly filePermissions?: FilePermissions;
  /** How models on servers are asked. */
  readonly remote?: RemoteOptions;
  /** Environment variables. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Time source, for tests. */
  readonly clock?: Clock;
}
