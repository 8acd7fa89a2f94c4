import { AuthenticityError } from '../errors/authenticity-error.ts';
import { arrayField, field, isObject, type JsonObject, objectField, textField } from './json-fields.ts';
import { JsonProblem, parseStrictJson } from './strict-json.ts';

/** One file as a lock pins it. */
export interface LockedFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** One model as a lock pins it. */
export interface LockedModel extends LockedFile {
  readonly name: string;
  /** As callers ask for it; `null` where it has none. */
  readonly version: string | null;
  /** Of a directory: the SHA-256 of each of its files, by path below it. `sha256` then covers all of them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Metadata files that speak of the model, by path below the models directory; their digests are in `files`. */
  readonly metadata: readonly string[];
}

/** What `models.lock.json` says. Paths are relative to the models directory, POSIX separators. */
export interface ModelsLock {
  readonly lockVersion: 1;
  readonly models: Readonly<Record<string, LockedModel>>;
  /** Every other file: metadata, weights beside graphs, notes. */
  readonly files: Readonly<Record<string, LockedFile>>;
}

const VERSION = 1;

/**
 * Reads a lock.
 *
 * @param path for messages
 * @throws `ML_LOCK_INVALID`
 */
export function parseLock(bytes: Uint8Array, path: string): ModelsLock {
  try {
    const lock = parseStrictJson(bytes);
    if (!isObject(lock)) throw new JsonProblem('it is no object');
    const version = field(lock, 'lockVersion');
    if (version !== VERSION) throw new JsonProblem(`lockVersion is ${JSON.stringify(version)}, not ${VERSION}`);
    return {
      lockVersion: VERSION,
      models: mapped(objectField(lock, 'models'), modelOf),
      files: mapped(objectField(lock, 'files'), fileOf),
    };
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw new AuthenticityError(
      'ML_LOCK_INVALID',
      `${path} is no lock file: ${error.message}; write it again with npx base-ml-service lock`,
      { details: { path } },
    );
  }
}

/** The text of a lock: the same for the same files, so that a difference is one. */
export function lockText(lock: ModelsLock): string {
  return `${JSON.stringify({ ...lock, models: sorted(lock.models), files: sorted(lock.files) }, undefined, 2)}\n`;
}

/** An entry, or `undefined` where there is none of its own. */
export function entryOf<T>(entries: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(entries, id) ? entries[id] : undefined;
}

function modelOf(value: JsonObject): LockedModel {
  const version = field(value, 'version');
  const files = field(value, 'files');
  return {
    name: textField(value, 'name'),
    version: typeof version === 'string' ? version : null,
    ...fileOf(value),
    ...(files !== undefined && { files: digestsIn(objectField(value, 'files')) }),
    metadata: arrayField(value, 'metadata').map(String),
  };
}

function fileOf(value: JsonObject): LockedFile {
  const bytes = field(value, 'bytes');
  if (typeof bytes !== 'number') throw new JsonProblem('bytes is no number');
  return { bytes, sha256: digestIn(textField(value, 'sha256')) };
}

function digestsIn(files: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, digest]) => [path, digestIn(String(digest))]));
}

function digestIn(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new JsonProblem(`${JSON.stringify(text.slice(0, 80))} is no SHA-256`);
}

function mapped<T>(entries: JsonObject, read: (value: JsonObject) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(entries).map(([id, value]) => {
      try {
        return [id, read(isObject(value) ? value : {})];
      } catch (error) {
        throw error instanceof JsonProblem ? new JsonProblem(`${JSON.stringify(id)}: ${error.message}`) : error;
      }
    }),
  );
}

function sorted<T>(entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
