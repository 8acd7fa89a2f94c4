import { stat } from 'node:fs/promises';
import { extname, resolve as resolvePath } from 'node:path';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { isRemote } from '../remote/is-remote.ts';
import { remoteAddress } from '../remote/remote-address.ts';
import type { ModelRecord, RepositoryProblem } from '../spec/model-repository.ts';
import { modelEnvironment, variableNames } from './environment.ts';
import type { RegistryConfig } from './registry-config.ts';

type Settings = Pick<RegistryConfig, 'models' | 'env'>;

/** A path that was set for a model, and by what. */
interface SetPath {
  readonly path: string;
  /** E.g. `options.models.fraud.path` or `ML_MODEL_FRAUD_PATH`. */
  readonly origin: string;
}

/** What was set for a model: an option, else its environment variable. */
export function setPath({ models, env }: Settings, name: string): SetPath | undefined {
  const { path } = models[name] ?? {};
  if (path !== undefined) return { path, origin: `options.models.${name}.path` };
  const { path: fromEnvironment } = modelEnvironment(env, name);
  return fromEnvironment === undefined ? undefined : { path: fromEnvironment, origin: variableNames(name).path };
}

/**
 * Names of the models whose path was set. A variable does not tell the name exactly (`ML_MODEL_FRAUD_DETECTOR_PATH` is of
 * `fraud_detector` and of `fraud-detector`): it stands for the names that are known, else for the one in lower case.
 *
 * @param known names that something asks for or the repository has
 */
export function setNames(settings: Settings, known: Iterable<string>): string[] {
  const names = new Set(Object.keys(settings.models));
  for (const name of known) names.add(name);
  const variables = new Set([...names].map((name) => variableNames(name).path));
  for (const variable of Object.keys(settings.env)) {
    const name = /^ML_MODEL_([A-Z0-9_]+)_PATH$/.exec(variable)?.[1];
    if (name !== undefined && !variables.has(variable)) names.add(name.toLowerCase());
  }
  return [...names].filter((name) => setPath(settings, name) !== undefined).sort();
}

/** What is there; a path that leads nowhere has a problem. */
export async function setRecord(name: string, { path, origin }: SetPath): Promise<ModelRecord> {
  const base = {
    area: 'trained',
    name,
    label: undefined,
    version: undefined,
    date: undefined,
    extension: '',
    kind: 'file',
    size: 0,
    modifiedMs: 0,
    metadata: undefined,
    declared: false,
    setBy: origin,
  } as const;
  if (isRemote(path)) {
    // One that is wrong may hold credentials.
    const id = path.replace(/\/\/[^/]*@/, '//***@');
    try {
      return { ...base, id, version: remoteAddress(path).version };
    } catch (error) {
      return { ...base, id, problem: problemOf(id, error, 'ML_OPTIONS_INVALID') };
    }
  }
  const id = resolvePath(path);
  const extension = extname(id).slice(1).toLowerCase();
  try {
    const found = await stat(id);
    const kind = found.isDirectory() ? 'directory' : 'file';
    return { ...base, id, extension, kind, size: found.isFile() ? found.size : 0, modifiedMs: found.mtimeMs };
  } catch (error) {
    return { ...base, id, extension, problem: problemOf(id, error, 'ML_ARTEFACT_MISSING') };
  }
}

function problemOf(id: string, error: unknown, code: string): RepositoryProblem {
  const known = MLServiceError.isInstance(error) ? error.code : code;
  return { id, code: known, message: error instanceof Error ? error.message : String(error) };
}
