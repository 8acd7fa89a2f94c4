import type { MLServiceRegistry } from '../../index.ts';

/** One setting in force. */
export interface Setting {
  readonly name: string;
  readonly value: string | number | boolean | null;
  /** Where it comes from: an option, an environment variable, or the library's default. */
  readonly from: string;
}

/** What is in force in a process that is started here, and why. */
export function settingsOf({ config }: MLServiceRegistry, modelsDir: string | undefined): Setting[] {
  const fromEnvironment = (variable: string): string | undefined =>
    (config.env[variable] ?? '').trim() === '' ? undefined : `environment: ${variable}`;
  const setting = (name: string, value: Setting['value'] | undefined, from = 'default'): Setting => ({
    name,
    value: value ?? null,
    from,
  });
  const { cache, limits } = config;
  return [
    setting(
      'modelsDir',
      config.modelsDir,
      modelsDir === undefined ? fromEnvironment('ML_MODELS_DIR') : 'option: --models-dir',
    ),
    setting('verification', config.verification),
    setting('authenticity.lockFile', config.authenticity?.lockFile, fromEnvironment('ML_MODELS_LOCK')),
    setting('filePermissions', config.filePermissions),
    setting('strictExtensions', config.strictExtensions),
    setting('extraFeatures', config.extraFeatures),
    setting('watch', config.watch),
    setting('cache.maxBytes', cache.maxBytes, 'default: half of the memory of this machine or container'),
    setting('cache.idleTtlMs', cache.idleTtlMs),
    setting('cache.minResidencyMs', cache.minResidencyMs),
    setting('cache.maxWaitMs', cache.maxWaitMs),
    setting('backoff.initialMs', cache.backoff.initialMs),
    setting('backoff.maxMs', cache.backoff.maxMs),
    setting('loadTimeoutMs', config.loadTimeoutMs),
    setting('limits.maxModelBytes', limits.maxModelBytes, fromEnvironment('ML_MAX_MODEL_BYTES')),
    setting('limits.maxMetadataBytes', limits.maxMetadataBytes),
    setting('limits.maxNesting', limits.maxNesting),
    setting('limits.maxElements', limits.maxElements),
    setting('limits.maxFiles', limits.maxFiles),
  ];
}
