import { ConfigurationError } from '../errors/configuration-error.ts';
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
    place: place(env, 'ML_EXECUTION_PLACE'),
  };
}

/** `fraud-detector` is set by `ML_MODEL_FRAUD_DETECTOR_PATH`, `..._VERSION` and `..._PLACE`. */
export function variableNames(model: string): {
  readonly path: string;
  readonly version: string;
  readonly place: string;
} {
  const name = model.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  return { path: `ML_MODEL_${name}_PATH`, version: `ML_MODEL_${name}_VERSION`, place: `ML_MODEL_${name}_PLACE` };
}

/** What the environment says of one model. */
export function modelEnvironment(env: Env, model: string): ModelOverride {
  const names = variableNames(model);
  const path = value(env, names.path);
  const version = value(env, names.version);
  const where = place(env, names.place);
  return {
    ...(path !== undefined && { path }),
    ...(version !== undefined && { version }),
    ...(where !== undefined && { place: where }),
  };
}

export const PLACES: readonly PlaceChoice[] = ['auto', 'inline', 'thread', 'process'];

function place(env: Env, name: string): PlaceChoice | undefined {
  const text = value(env, name);
  const known = PLACES.find((one) => one === text);
  if (text === undefined || known !== undefined) return known;
  throw new ConfigurationError('ML_ENV_INVALID', `${name} must be one of ${PLACES.join(', ')}, got "${text}"`, {
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
