import { resolve } from 'node:path';
import * as z from 'zod/mini';
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
import { FALLBACKS, PLACES, readEnvironment } from './environment.ts';
import { type ExecutionConfig, executionConfig } from './execution-runtime.ts';
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

const positive = z.optional(z.int('a whole number').check(z.positive('a positive number')));
const notNegative = z.optional(z.int('a whole number').check(z.nonnegative('zero or a positive number')));
const text = z.string('a string').check(z.minLength(1, 'a non-empty string'));
const place = z.optional(z.enum(PLACES, PLACES.map((one) => `'${one}'`).join(', ')));
const signer = z.union(
  [
    z.strictObject({ publicKey: text }),
    z.strictObject({ certificateRoots: text }),
    z.strictObject({
      sigstore: z.strictObject({
        identity: text,
        issuer: text,
        trustedRoot: z.union([text, z.record(z.string(), z.unknown())]),
      }),
    }),
  ],
  'one of { publicKey }, { certificateRoots } and { sigstore: { identity, issuer, trustedRoot } }',
);
const authenticity = z.optional(
  z.strictObject(
    {
      policy: z.optional(z.enum(['require', 'ifPresent', 'off'], "'require', 'ifPresent' or 'off'")),
      lockFile: z.optional(text),
      signatures: z.optional(
        z.array(signer, 'an array of signers').check(z.minLength(1, 'an array of one or more signers')),
      ),
      ignorePaths: z.optional(z.array(text, 'an array of paths')),
    },
    'an object { policy?, lockFile?, signatures?, ignorePaths? }',
  ),
);
const callback = z.optional(z.custom((v) => typeof v === 'function', 'a function'));
const pem = z.optional(z.custom((v) => typeof v === 'string' || v instanceof Uint8Array, 'PEM text or bytes'));
const order = z.enum(FALLBACKS, FALLBACKS.map((one) => `'${one}'`).join(' or '));
const remote = z.optional(
  z.strictObject(
    {
      headers: callback,
      tls: z.optional(
        z.strictObject(
          { ca: pem, cert: pem, key: pem, servername: z.optional(text) },
          'an object { ca?, cert?, key?, servername? }',
        ),
      ),
      connections: positive,
      timeoutMs: positive,
      connectTimeoutMs: positive,
      maxResponseBytes: positive,
      retries: notNegative,
      failures: positive,
      pauseMs: positive,
      rowsIndependent: z.optional(z.boolean('a boolean')),
      outputs: z.optional(z.record(z.string(), text, 'an object of output names by method')),
    },
    'an object',
  ),
);
const fallback = z.optional(
  z.union(
    [order, z.strictObject({ order, path: z.optional(text), version: z.optional(text) })],
    "'remote-first', 'local-first' or an object { order, path?, version? }",
  ),
);
const loaderOptions = z.optional(
  z.record(z.string(), z.record(z.string(), z.unknown(), 'an object'), 'an object by loader name'),
);
const isLoader = (value: unknown): boolean => typeof value === 'object' && value !== null && 'load' in value;
const isRegistry = (value: unknown): value is LoaderRegistry =>
  typeof value === 'object' && value !== null && 'find' in value && 'reads' in value;

const schema = z.strictObject(
  {
    modelsDir: z.optional(text),
    repository: z.optional(
      z.custom((v) => typeof v === 'object' && v !== null && 'index' in v && 'open' in v, 'a ModelRepository'),
    ),
    loaders: z.optional(
      z.custom(
        (v) => isRegistry(v) || (Array.isArray(v) && v.every(isLoader)),
        'an array of loaders or a LoaderRegistry',
      ),
    ),
    loaderOptions,
    authenticity,
    verification: z.optional(z.enum(['require', 'ifPresent', 'off'], "'require', 'ifPresent' or 'off'")),
    strictExtensions: z.optional(z.boolean('a boolean')),
    fileNamePattern: z.optional(
      z.custom((v) => v instanceof RegExp && v.source.includes('(?<name>'), 'a RegExp with the named group `name`'),
    ),
    formatPreference: z.optional(z.array(text, 'an array of file extensions')),
    aliases: z.optional(
      z.record(z.string(), z.record(z.string(), text, 'an object of versions'), 'an object by model name'),
    ),
    models: z.optional(
      z.record(
        z.string(),
        z.strictObject(
          {
            path: z.optional(text),
            version: z.optional(text),
            place,
            remote,
            fallback,
            loaderOptions,
            engine: z.optional(z.literal('python', "'python'")),
          },
          'an object { path?, version?, place?, remote?, fallback?, loaderOptions?, engine? }',
        ),
        'an object by model name',
      ),
    ),
    watch: z.optional(z.boolean('a boolean')),
    swapOnChange: z.optional(
      z.union(
        [z.boolean(), z.enum(['availability-first', 'memory-first'])],
        "a boolean, 'availability-first' or 'memory-first'",
      ),
    ),
    cache: z.optional(
      z.strictObject(
        {
          maxBytes: positive,
          idleTtlMs: positive,
          pinned: z.optional(z.array(text, 'an array of model names')),
          minResidencyMs: notNegative,
          maxWaitMs: notNegative,
        },
        'an object',
      ),
    ),
    limits: z.optional(
      z.strictObject(
        {
          maxModelBytes: positive,
          maxMetadataBytes: positive,
          maxNesting: positive,
          maxElements: positive,
          maxFiles: positive,
        },
        'an object',
      ),
    ),
    loadTimeoutMs: positive,
    execution: z.optional(
      z.strictObject(
        {
          place,
          inlineMaxBytes: notNegative,
          maxHoldMs: positive,
          killAfterMs: positive,
          maxRestarts: notNegative,
          restartMs: notNegative,
          warmUp: z.optional(z.boolean('a boolean')),
        },
        'an object',
      ),
    ),
    admission: z.optional(
      z.strictObject(
        {
          maxQueue: positive,
          maxQueuedBytes: positive,
          maxConcurrency: positive,
          maxWaitMs: positive,
          maxTotalQueue: positive,
          maxTotalQueuedBytes: positive,
          maxTotalConcurrency: positive,
        },
        'an object',
      ),
    ),
    batching: z.optional(z.strictObject({ maxRows: positive, inlineMs: positive, workerMs: positive }, 'an object')),
    backoff: z.optional(
      z.strictObject({ initialMs: notNegative, maxMs: notNegative }, 'an object { initialMs?, maxMs? }'),
    ),
    extraFeatures: z.optional(z.enum(['ignore', 'warn', 'error'], "'ignore', 'warn' or 'error'")),
    validateInput: z.optional(z.enum(['off', 'warn', 'error'], "'off', 'warn' or 'error'")),
    sidecar: z.optional(
      z.union(
        [
          z.enum(['off', 'auto']),
          z.strictObject({
            mode: z.optional(z.enum(['off', 'auto'])),
            python: z.optional(text),
            cacheDir: z.optional(text),
            sandbox: z.optional(z.enum(['require', 'best-effort', 'off'])),
            timeoutMs: positive,
            memoryBytes: positive,
            maxCacheBytes: positive,
          }),
        ],
        "'off', 'auto' or an object { mode?, python?, cacheDir?, sandbox?, timeoutMs?, memoryBytes?, maxCacheBytes? }",
      ),
    ),
    required: z.optional(
      z.union(
        [z.literal('services'), z.array(text.check(z.regex(/^[^@].*[^@]$|^[^@]$/)))],
        "'services' or an array of `name` or `name@version`",
      ),
    ),
    encryption: z.optional(
      z.strictObject(
        { key: z.custom((v) => typeof v === 'function', 'a function that gives a key by its id') },
        'an object { key }',
      ),
    ),
    filePermissions: z.optional(z.enum(['off', 'warn', 'error'], "'off', 'warn' or 'error'")),
    // Judged where the rules are compiled.
    access: z.optional(z.unknown()),
    remote,
    env: z.optional(z.custom((v) => typeof v === 'object' && v !== null, 'an object of environment variables')),
    clock: z.optional(z.custom((v) => typeof v === 'object' && v !== null && 'now' in v, 'a Clock')),
  },
  'an object',
);

/**
 * @throws `ML_OPTIONS_INVALID`, its message starting `options.<path> must be`; `ML_ENV_INVALID`
 */
export function configure(options: RegistryOptions): RegistryConfig {
  const checked = z.safeParse(schema, options);
  if (!checked.success) throw invalidOption(checked.error.issues[0] as z.core.$ZodIssue, options);
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

/** The error for the first thing that is wrong with options. */
export function invalidOption(issue: z.core.$ZodIssue, options: unknown): ConfigurationError {
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
  const path = ['options', ...keys.map(String)].join('.');
  let value = options;
  for (const key of keys) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const message =
    unknownKey === undefined
      ? `${path} must be ${issue.message}, got ${show(value)}`
      : `${path} must be absent: there is no such option`;
  return new ConfigurationError('ML_OPTIONS_INVALID', message, { details: { path, value } });
}

/** A value in a message: JSON where it has any. */
function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
