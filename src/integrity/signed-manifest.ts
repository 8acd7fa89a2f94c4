import { createHash } from 'node:crypto';
import { AuthenticityError } from '../errors/authenticity-error.ts';
import { OLD_PREDICATE, type SignedForm } from './dsse.ts';
import { arrayField, field, isObject, type JsonObject, objectField, textField } from './json-fields.ts';
import { malformed } from './signature-bundle.ts';
import { isIgnorablePath, isResourceName } from './signed-path.ts';
import { JsonProblem, parseStrictJson } from './strict-json.ts';

/** What a signature says of one file. */
export interface SignedFile {
  /** Lower-case hex: of the whole file, or of each shard in order. */
  readonly digests: readonly string[];
  /** Bytes, known where shards say so. */
  readonly size: number | undefined;
}

/** What a signature says of a model. */
export interface SignedManifest {
  /** What the signer called the model; informational. */
  readonly subject: string;
  /** Name of the hash in `node:crypto`. */
  readonly hash: string;
  /** Bytes of a shard; `undefined` where files are hashed whole. */
  readonly shardSize: number | undefined;
  readonly allowSymlinks: boolean;
  /** Paths that the signer left out. */
  readonly ignorePaths: readonly string[];
  /** By path below the signed folder; `.` for a single file. */
  readonly files: ReadonlyMap<string, SignedFile>;
}

const STATEMENT = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'https://model_signing/signature/v1.0';
/** Hashes by their name in the registry of algorithms, with hex digits. */
const HASHES: ReadonlyMap<string, { readonly name: string; readonly digits: number }> = new Map([
  ['sha256', { name: 'sha256', digits: 64 }],
  ['blake2b', { name: 'blake2b512', digits: 128 }],
]);

/**
 * Reads the statement that was signed. Its signature was verified before.
 *
 * @param form how it was signed: the predicate of version 0.2 counts only where the signature is of that version too
 * @param path for messages
 * @throws `ML_SIGNATURE_MALFORMED`, `ML_SIGNATURE_UNSUPPORTED`
 */
export function readManifest(payload: Uint8Array, form: SignedForm, path: string): SignedManifest {
  try {
    const statement = parseStrictJson(payload);
    if (!isObject(statement)) throw new JsonProblem('the signed statement is no object');
    if (field(statement, '_type') !== STATEMENT) throw new JsonProblem(`_type is not ${STATEMENT}`);
    const predicateType = field(statement, 'predicateType');
    const expected = form === 'dsse' ? PREDICATE : OLD_PREDICATE;
    if (predicateType !== expected) {
      throw new JsonProblem(`its predicateType is ${String(predicateType).slice(0, 80)}, not ${expected}`);
    }
    return form === 'dsse' ? current(statement, path) : old(statement);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw malformed(path, error.message);
  }
}

function current(statement: JsonObject, path: string): SignedManifest {
  const subjects = arrayField(statement, 'subject');
  const [subject] = subjects;
  if (subjects.length !== 1 || !isObject(subject)) throw new JsonProblem(`it has ${subjects.length} subjects, not one`);
  const predicate = objectField(statement, 'predicate');
  const serialization = objectField(predicate, 'serialization');
  const hashType = textField(serialization, 'hash_type');
  const hash = HASHES.get(hashType);
  if (hash === undefined) throw unsupported(path, `files are hashed with ${JSON.stringify(hashType.slice(0, 40))}`);
  const shardSize = shardSizeOf(serialization);
  const allowSymlinks = field(serialization, 'allow_symlinks');
  if (typeof allowSymlinks !== 'boolean') throw new JsonProblem('allow_symlinks is neither true nor false');
  const resources = arrayField(predicate, 'resources').map((resource) =>
    resourceOf(resource, { hashType, digits: hash.digits, shardSize }),
  );
  checkOrder(resources.map(({ name }) => name));
  checkRoot(objectField(subject, 'digest'), resources);
  return {
    subject: textField(subject, 'name'),
    hash: hash.name,
    shardSize,
    allowSymlinks,
    ignorePaths: ignorePathsOf(serialization),
    files: shardSize === undefined ? wholeFiles(resources) : shardedFiles(resources, shardSize),
  };
}

/** Version 0.2: one subject per file, SHA-256, no links. */
function old(statement: JsonObject): SignedManifest {
  const resources = arrayField(statement, 'subject').map((subject) => {
    const digest = textField(objectField(isObject(subject) ? subject : {}, 'digest'), 'sha256');
    const resource = { ...(isObject(subject) ? subject : {}), digest, algorithm: 'sha256' };
    return resourceOf(resource, { hashType: 'sha256', digits: 64, shardSize: undefined });
  });
  const shared = { hash: 'sha256', shardSize: undefined, allowSymlinks: false, ignorePaths: [] };
  return { subject: '', ...shared, files: wholeFiles(resources) };
}

interface Resource {
  readonly name: string;
  readonly digest: string;
}

interface Expected {
  readonly hashType: string;
  readonly digits: number;
  readonly shardSize: number | undefined;
}

function resourceOf(value: unknown, { hashType, digits, shardSize }: Expected): Resource {
  const resource = isObject(value) ? value : {};
  const name = textField(resource, 'name');
  const digest = textField(resource, 'digest');
  const algorithm = textField(resource, 'algorithm');
  // The signing tool writes `sha256-sharded-1000000000` where the specification has `sha256`.
  const known = algorithm === hashType || (shardSize !== undefined && algorithm === `${hashType}-sharded-${shardSize}`);
  if (!known) throw new JsonProblem(`${quoted(name)} has the algorithm ${quoted(algorithm)}, not ${hashType}`);
  if (digest.length !== digits || !/^[0-9a-f]+$/.test(digest)) {
    throw new JsonProblem(`the digest of ${quoted(name)} is not ${digits} lower-case hex digits`);
  }
  return { name, digest };
}

function shardSizeOf(serialization: JsonObject): number | undefined {
  const method = textField(serialization, 'method');
  const size = field(serialization, 'shard_size');
  if (method === 'files' && size === undefined) return undefined;
  if (method === 'shards' && typeof size === 'number' && Number.isSafeInteger(size) && size > 0) return size;
  throw new JsonProblem(
    method === 'files' || method === 'shards'
      ? `shard_size ${JSON.stringify(size)} does not go with the method "${method}"`
      : `the method ${quoted(method)} is neither "files" nor "shards"`,
  );
}

function ignorePathsOf(serialization: JsonObject): readonly string[] {
  if (field(serialization, 'ignore_paths') === undefined) return [];
  return arrayField(serialization, 'ignore_paths').map((path) => {
    if (typeof path === 'string' && isIgnorablePath(path)) return path;
    throw new JsonProblem(`ignore_paths has ${quoted(String(path))}, which is no plain path below the folder`);
  });
}

/** By code points as the specification says; by path components, then offsets, as the signing tool does. */
function checkOrder(names: readonly string[]): void {
  const sortedBy = (compare: (a: string, b: string) => number): boolean =>
    names.every((name, i) => i === 0 || compare(names[i - 1] as string, name) < 0);
  if (!sortedBy(byCodePoint) && !sortedBy(byComponents)) {
    throw new JsonProblem('its resources are not in order, or one is there twice');
  }
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function byComponents(a: string, b: string): number {
  const [left, right] = [splitShard(a), splitShard(b)];
  const [one, two] = [left.path.split('/'), right.path.split('/')];
  for (let i = 0; i < Math.min(one.length, two.length); i++) {
    const order = byCodePoint(one[i] as string, two[i] as string);
    if (order !== 0) return order;
  }
  return one.length - two.length || left.start - right.start;
}

function checkRoot(digest: JsonObject, resources: readonly Resource[]): void {
  const hash = createHash('sha256');
  for (const resource of resources) hash.update(Buffer.from(resource.digest, 'hex'));
  if (textField(digest, 'sha256') !== hash.digest('hex')) {
    throw new JsonProblem('its subject is not the digest of its resources');
  }
}

function wholeFiles(resources: readonly Resource[]): ReadonlyMap<string, SignedFile> {
  const files = new Map<string, SignedFile>();
  for (const { name, digest } of resources) {
    add(files, name, { digests: [digest], size: undefined });
  }
  return required(files);
}

function shardedFiles(resources: readonly Resource[], shardSize: number): ReadonlyMap<string, SignedFile> {
  const shards = new Map<string, (Resource & { readonly start: number; readonly end: number })[]>();
  for (const resource of resources) {
    const { path, start, end } = splitShard(resource.name);
    const shard = { ...resource, start, end };
    const known = shards.get(path);
    if (known === undefined) shards.set(path, [shard]);
    else known.push(shard);
  }
  const files = new Map<string, SignedFile>();
  for (const [path, parts] of shards) {
    parts.sort((a, b) => a.start - b.start);
    const fits = parts.every(({ start, end }, i) => {
      const length = end - start;
      return (
        start === i * shardSize && (i < parts.length - 1 ? length === shardSize : length > 0 && length <= shardSize)
      );
    });
    if (!fits) throw new JsonProblem(`the shards of ${quoted(path)} do not make one file of ${shardSize}-byte pieces`);
    add(files, path, { digests: parts.map(({ digest }) => digest), size: parts.at(-1)?.end });
  }
  return required(files);
}

/** `weights.bin:0:1000`. A file name may have colons itself, so the last two parts count. */
function splitShard(name: string): { readonly path: string; readonly start: number; readonly end: number } {
  const [, path = name, start, end] = /^(.+):(0|[1-9]\d{0,15}):([1-9]\d{0,15})$/s.exec(name) ?? [];
  return { path, start: Number(start), end: Number(end) };
}

function add(files: Map<string, SignedFile>, path: string, file: SignedFile): void {
  if (!isResourceName(path)) throw new JsonProblem(`the name ${quoted(path)} is no plain path below the folder`);
  if (files.has(path)) throw new JsonProblem(`${quoted(path)} is there twice`);
  files.set(path, file);
}

function required(files: ReadonlyMap<string, SignedFile>): ReadonlyMap<string, SignedFile> {
  if (files.size === 0) throw new JsonProblem('it lists no file');
  return files;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function unsupported(path: string, what: string): AuthenticityError {
  return new AuthenticityError(
    'ML_SIGNATURE_UNSUPPORTED',
    `${path}: ${what}; known here are ${[...HASHES.keys()].join(' and ')}. Sign the model with sha256`,
    { details: { path } },
  );
}
