import { resolve } from 'node:path';
import { type FilePermissions, filePermissionsOn } from '../access/file-permissions.ts';
import type { ModelCacheOptions } from '../cache/model-cache.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { Authenticity } from '../integrity/authenticity.ts';
import { type Clock, systemClock } from '../internal/clock.ts';
import { type Container, readContainer } from '../internal/container.ts';
import { LoaderRegistry } from '../loaders/loader-registry.ts';
import type { ModelConverter } from '../spec/converter.ts';
import type { RemoteOptions } from '../remote/remote-options.ts';
import { sidecarSettings, type SidecarSettings } from '../sidecar/sidecar-settings.ts';
import type { AccessOption } from '../spec/access.ts';
import type { EncryptionOptions } from '../spec/encryption.ts';
import type { Limits } from '../spec/limits.ts';
import type { ExtraFeatures } from '../spec/model-loader.ts';
import type { ModelRepository } from '../spec/model-repository.ts';
import type { SwapPolicy } from '../spec/swap.ts';
import type { InputValidation } from './contract-guard.ts';
import { readEnvironment } from './environment.ts';
import { checkOptions } from './check-options.ts';
import { type ExecutionConfig, executionConfig } from './execution-runtime.ts';
import { isRegistry, registrySchema } from './registry-schema.ts';
import type { ModelOverride, RegistryOptions, Verification } from './registry-options.ts';

/** Options, environment and defaults made one. */
export interface RegistryConfig {
  readonly modelsDir: string;
  readonly repository: ModelRepository | undefined;
  readonly loaders: LoaderRegistry;
  readonly loaderOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly verification: Verification;
  readonly authenticity: Authenticity | undefined;
  readonly strictExtensions: boolean;
  readonly fileNamePattern: RegExp | undefined;
  readonly formatPreference: readonly string[];
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly models: Readonly<Record<string, ModelOverride>>;
  readonly watch: boolean;
  /** `undefined`: new files take over with `load()` alone. */
  readonly swapOnChange: SwapPolicy | undefined;
  readonly pinned: ReadonlySet<string>;
  readonly cache: ModelCacheOptions;
  readonly limits: Limits;
  readonly loadTimeoutMs: number;
  /** Loads that read and build at the same time. */
  readonly maxParallelLoads: number;
  readonly extraFeatures: ExtraFeatures;
  readonly validateInput: InputValidation;
  readonly execution: ExecutionConfig;
  readonly container: Container;
  readonly sidecar: SidecarSettings;
  readonly remote: RemoteOptions;
  /** Made, and its code imported, when a file first needs it. */
  readonly converter: () => Promise<ModelConverter>;
  readonly required: 'services' | readonly string[];
  readonly retryRequired: boolean;
  readonly access: AccessOption | undefined;
  readonly encryption: EncryptionOptions | undefined;
  readonly filePermissions: FilePermissions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

export const DEFAULT_LIMITS: Limits = {
  maxModelBytes: 4 * 2 ** 30,
  maxMetadataBytes: 2 ** 20,
  maxNesting: 64,
  maxElements: 5_000_000,
  maxFiles: 100_000,
};

/**
 * @throws `ML_OPTIONS_INVALID`, its message starting `options.<path> must be`; `ML_ENV_INVALID`
 */
export function configure(options: RegistryOptions): RegistryConfig {
  checkOptions(registrySchema(), options);
  const { cache = {}, backoff = {}, limits = {} } = options;
  const clock = options.clock ?? systemClock;
  const env = options.env ?? process.env;
  const environment = readEnvironment(env);
  const container = readContainer();
  const modelsDir = resolve(options.modelsDir ?? environment.modelsDir ?? 'models');
  const sidecar = sidecarSettings(
    typeof options.sidecar === 'string' ? { mode: options.sidecar } : (options.sidecar ?? {}),
    env,
  );
  return {
    modelsDir,
    repository: options.repository,
    loaders: loadersOf(options.loaders),
    loaderOptions: options.loaderOptions ?? {},
    verification: options.verification ?? 'ifPresent',
    authenticity: authenticityOf(options.authenticity, environment.lockFile, modelsDir),
    strictExtensions: options.strictExtensions ?? false,
    fileNamePattern: options.fileNamePattern,
    formatPreference: options.formatPreference ?? [],
    aliases: options.aliases ?? {},
    models: options.models ?? {},
    watch: options.watch ?? false,
    swapOnChange: policyOf(options),
    pinned: new Set(cache.pinned),
    cache: {
      maxBytes: cache.maxBytes ?? Math.floor(container.memoryLimit / 2),
      idleTtlMs: cache.idleTtlMs,
      minResidencyMs: cache.minResidencyMs ?? 100,
      maxWaitMs: cache.maxWaitMs ?? 5_000,
      backoff: { initialMs: backoff.initialMs ?? 1_000, maxMs: backoff.maxMs ?? 60_000 },
      clock,
    },
    limits: {
      ...DEFAULT_LIMITS,
      ...(environment.maxModelBytes !== undefined && { maxModelBytes: environment.maxModelBytes }),
      ...limits,
    },
    loadTimeoutMs: options.loadTimeoutMs ?? 120_000,
    maxParallelLoads: Math.max(2, container.processors),
    extraFeatures: options.extraFeatures ?? 'ignore',
    validateInput: options.validateInput ?? 'off',
    execution: executionConfig(options, environment.place),
    container,
    sidecar,
    remote: options.remote ?? {},
    converter: converterOf(sidecar),
    required: options.required ?? [],
    retryRequired: options.retryRequired ?? false,
    access: options.access,
    encryption: options.encryption,
    filePermissions: filePermissionsOn(process.platform, options.filePermissions),
    env,
    clock,
  };
}

function authenticityOf(
  options: RegistryOptions['authenticity'],
  lockFile: string | undefined,
  modelsDir: string,
): Authenticity | undefined {
  if (options === undefined && lockFile === undefined) return undefined;
  return new Authenticity({ ...(lockFile !== undefined && { lockFile }), ...options }, modelsDir);
}

/** @throws `ML_OPTIONS_INVALID` */
function policyOf({ watch, swapOnChange = false }: RegistryOptions): SwapPolicy | undefined {
  if (swapOnChange === false) return undefined;
  if (watch !== true) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      'options.watch must be true where options.swapOnChange is set: nothing else notices new files',
      { details: { path: 'options.watch', value: watch } },
    );
  }
  return swapOnChange === true ? 'availability-first' : swapOnChange;
}

function converterOf(settings: SidecarSettings): () => Promise<ModelConverter> {
  let converter: Promise<ModelConverter> | undefined;
  return () =>
    (converter ??= import('../sidecar/python-converter.ts').then(
      ({ PythonConverter }) => new PythonConverter(settings),
    ));
}

function loadersOf(given: RegistryOptions['loaders']): LoaderRegistry {
  if (isRegistry(given)) return given;
  const loaders = new LoaderRegistry();
  for (const loader of given ?? []) loaders.register(loader);
  return loaders;
}
