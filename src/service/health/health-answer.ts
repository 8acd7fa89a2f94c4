import { ConfigurationError } from '../../errors/configuration-error.ts';
import type { ErrorCode } from '../../errors/error-code.ts';
import { ERROR_CODES } from '../../errors/error-codes.ts';
import type { ModelHealth, Readiness, RegistryHealth } from '../../spec/health.ts';

/** What health answers are made from: an `MLServiceRegistry`. */
export interface HealthSource {
  readiness(): Readiness;
  health(): RegistryHealth;
}

/** Where health is answered. A path must be whole: `/health/live` does not match `/health/live/x`. */
export interface HealthPaths {
  /** Default `/health/live`. */
  readonly live?: string;
  /** Default `/health/ready`. */
  readonly ready?: string;
  /** Default `/health/models`; that path with `/<name>` answers for one model. */
  readonly models?: string;
}

/** Options of health handlers. */
export interface HealthOptions {
  readonly paths?: HealthPaths;
  /**
   * Whether bodies have what only operators should see: files and the texts of errors, which name files. Default `false`.
   */
  readonly details?: boolean;
}

/** One model in a body. */
export interface ModelHealthBody {
  readonly name: string;
  /** As asked for by the caller, e.g. `v1`. */
  readonly version: string;
  readonly state: ModelHealth['state'];
  readonly available: boolean;
  /** ISO 8601. */
  readonly since: string;
  /** What an error of the code means, or why it is in this state; with `details` the text of the error. */
  readonly reason?: string;
  readonly code?: string;
  /** With `details`. */
  readonly artefact?: string;
}

/** The body of every health answer. */
export interface HealthBody {
  readonly status: 'ok' | 'unavailable' | 'unknown';
  readonly reason?: string;
  readonly models?: readonly ModelHealthBody[];
}

/** An answer over HTTP. */
export interface HealthAnswer {
  readonly status: 200 | 404 | 503;
  readonly body: HealthBody;
}

const DEFAULT_PATHS: Required<HealthPaths> = { live: '/health/live', ready: '/health/ready', models: '/health/models' };

/** @throws `ML_OPTIONS_INVALID` for a path that no request can have, or one that two things would answer */
export function healthPaths(given: HealthPaths = {}): Required<HealthPaths> {
  const paths = { ...DEFAULT_PATHS, ...given };
  for (const [key, path] of Object.entries(paths) as [string, unknown][]) {
    if (typeof path === 'string' && /^\/[^?#]*[^/?#]$/.test(path)) continue;
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `options.paths.${key} must be a path such as '/health/live', got ${JSON.stringify(path)}`,
      { details: { path: `options.paths.${key}`, value: path } },
    );
  }
  if (new Set(Object.values(paths)).size === 3) return paths;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.paths must be three different paths, got ${JSON.stringify(paths)}`,
    { details: { path: 'options.paths', value: paths } },
  );
}

/** Who answers at all is alive. A registry that is closed, or a model that fails, is no reason to kill the process. */
export function liveAnswer(): HealthAnswer {
  return { status: 200, body: { status: 'ok' } };
}

export function readyAnswer(source: HealthSource, details: boolean): HealthAnswer {
  const { ready, reason, models } = source.readiness();
  return answer(ready, { reason, models: models.map((model) => bodyOf(model, details)) });
}

/** Every model that was asked for so far, and the required ones. */
export function modelsAnswer(source: HealthSource, details: boolean): HealthAnswer {
  const models = known(source).map((model) => bodyOf(model, details));
  return { status: 200, body: { status: 'ok', models } };
}

/** One model in the versions that were asked for: 503 where one of them is not available. */
export function modelAnswer(source: HealthSource, name: string, details: boolean): HealthAnswer {
  const models = known(source).filter((model) => model.name === name);
  if (models.length === 0)
    return { status: 404, body: { status: 'unknown', reason: 'no model of that name was asked for' } };
  const closed = source.health().status === 'closed';
  const ready = !closed && models.every(({ available }) => available);
  const reason = closed ? 'closed' : undefined;
  return answer(ready, { reason, models: models.map((model) => bodyOf(model, details)) });
}

function known(source: HealthSource): readonly ModelHealth[] {
  // Looking at readiness makes the required ones known.
  source.readiness();
  return source.health().models;
}

function answer(
  ready: boolean,
  { reason, models }: { readonly reason: string | undefined; readonly models: readonly ModelHealthBody[] },
): HealthAnswer {
  const body: HealthBody = { status: ready ? 'ok' : 'unavailable', ...(reason !== undefined && { reason }), models };
  return { status: ready ? 200 : 503, body };
}

function bodyOf(model: ModelHealth, details: boolean): ModelHealthBody {
  const { name, version, state, available, since, code, artefact } = model;
  // The text of an error may name files; what its code means does not.
  const reason = code === undefined || details ? model.reason : (ERROR_CODES[code as ErrorCode]?.meaning ?? undefined);
  return {
    name,
    version,
    state,
    available,
    since,
    ...(reason !== undefined && { reason }),
    ...(code !== undefined && { code }),
    ...(details && artefact !== undefined && { artefact }),
  };
}
