import { ConfigurationError } from '../errors/configuration-error.ts';
import type { FallbackOrder } from '../remote/remote-options.ts';
import type { PlaceChoice } from '../spec/execution.ts';
import type { ModelOverride } from './registry-options.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What the environment says of the registry as a whole. */
export interface EnvironmentSettings {
  readonly modelsDir: string | undefined;
  readonly lockFile: string | undefined;
  readonly maxModelBytes: number | undefined;
  readonly place: PlaceChoice | undefined;
}

/** @throws `ML_ENV_INVALID` */
export function readEnvironment(env: Env): EnvironmentSettings {
  return {
    modelsDir: value(env, 'ML_MODELS_DIR'),
    lockFile: value(env, 'ML_MODELS_LOCK'),
    maxModelBytes: bytes(env, 'ML_MAX_MODEL_BYTES'),
    place: choice(env, 'ML_EXECUTION_PLACE', PLACES),
  };
}

/** `fraud-detector` is set by `ML_MODEL_FRAUD_DETECTOR_PATH`, `..._VERSION`, `..._PLACE` and `..._FALLBACK`. */
export function variableNames(model: string): {
  readonly path: string;
  readonly version: string;
  readonly place: string;
  readonly fallback: string;
} {
  const name = model.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const prefix = `ML_MODEL_${name}`;
  return {
    path: `${prefix}_PATH`,
    version: `${prefix}_VERSION`,
    place: `${prefix}_PLACE`,
    fallback: `${prefix}_FALLBACK`,
  };
}

/** What the environment says of one model. */
export function modelEnvironment(env: Env, model: string): ModelOverride {
  const names = variableNames(model);
  const path = value(env, names.path);
  const version = value(env, names.version);
  const where = choice(env, names.place, PLACES);
  const fallback = choice(env, names.fallback, FALLBACKS);
  return {
    ...(path !== undefined && { path }),
    ...(version !== undefined && { version }),
    ...(where !== undefined && { place: where }),
    ...(fallback !== undefined && { fallback }),
  };
}

export const PLACES: readonly PlaceChoice[] = ['auto', 'inline', 'thread', 'process'];
export const FALLBACKS: readonly FallbackOrder[] = ['remote-first', 'local-first'];

function choice<T extends string>(env: Env, name: string, choices: readonly T[]): T | undefined {
  const text = value(env, name);
  const known = choices.find((one) => one === text);
  if (text === undefined || known !== undefined) return known;
  throw new ConfigurationError('ML_ENV_INVALID', `${name} must be one of ${choices.join(', ')}, got "${text}"`, {
    details: { name, value: text },
  });
}

/** An empty variable counts as unset, as in most shells' idioms. */
function value(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

function bytes(env: Env, name: string): number | undefined {
  const text = value(env, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new ConfigurationError('ML_ENV_INVALID', `${name} must be a positive whole number of bytes, got "${text}"`, {
    details: { name, value: text },
  });
}
