import { randomBytes } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AbortedError } from '../errors/aborted-error.ts';
import { BackupError } from '../errors/backup-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { isInside } from '../repository/contained-path.ts';
import { refuseNonModels } from '../repository/file-kind.ts';
import { resolveLinks } from '../repository/read-file.ts';
import { configure } from '../service/registry-config.ts';
import type { Limits } from '../spec/limits.ts';
import type { RepositoryProblem } from '../spec/model-repository.ts';
import { isArchivePath, writeToArchive } from './archive-store.ts';
import type { BackupFile, BackupManifest } from './backup-manifest.ts';
import type { BlobSource } from './backup-store.ts';
import { changedSource } from './changed-source.ts';
import { checkModels, digestsNeeded } from './check-models.ts';
import { writeToDirectory } from './directory-store.ts';
import { errnoOf, isOfSystem } from '../internal/durable.ts';
import { type Digested, digestFile, type Write } from './hashing-copy.ts';
import { readModelsDirectory, type ModelsDirectory } from './read-models-directory.ts';

/** Options of `backupModels`. */
export interface BackupOptions {
  /** Default `ML_MODELS_DIR`, else `./models`. */
  readonly modelsDir?: string;
  /** A directory, where backups share what is the same in them; or a new file: `.tar`, `.tar.gz`, `.tgz`. */
  readonly to: string;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** Told how far it is: bytes read, of those to read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/** A backup that was made. */
export interface Backup {
  readonly id: string;
  /** Absolute. */
  readonly modelsDir: string;
  /** Absolute. */
  readonly to: string;
  readonly files: number;
  readonly models: number;
  /** Models whose metadata has a checksum; all of these agree. */
  readonly verified: number;
  readonly bytes: number;
  /** Contents that were not in the directory before. */
  readonly newBlobs: number;
  readonly newBytes: number;
  /** What the repository has to say of files that it cannot use; they are in the backup. */
  readonly problems: readonly RepositoryProblem[];
}

/** How often it begins again where files change under it. */
const MOST_TRIES = 5;

/** See `backupModels` in `lazy.ts`. */
export async function backupModels(options: BackupOptions): Promise<Backup> {
  const { modelsDir, limits } = configure({
    ...(options.modelsDir !== undefined && { modelsDir: options.modelsDir }),
    ...(options.limits !== undefined && { limits: options.limits }),
  });
  const { signal = new AbortController().signal, onProgress } = options;
  const to = resolve(options.to);
  try {
    await refuseInside(modelsDir, to);
    for (let tries = 1; ; tries += 1) {
      try {
        return await backupOnce(modelsDir, { to, limits, signal, onProgress });
      } catch (error) {
        const moved =
          MLServiceError.isInstance(error) && ['ML_ARTEFACT_CHANGED', 'ML_ARTEFACT_MISSING'].includes(error.code);
        if (!moved || tries === MOST_TRIES) throw error;
      }
    }
  } catch (error) {
    throw typed(error, to);
  }
}

interface Run {
  readonly to: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly onProgress: BackupOptions['onProgress'];
}

async function backupOnce(modelsDir: string, { to, limits, signal, onProgress }: Run): Promise<Backup> {
  const directory = await readModelsDirectory(modelsDir, limits);
  const total = Array.from(directory.files.values()).reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    // Everything is read once to be compared, and once to be copied.
    onProgress?.(done, 2 * total);
  };
  const { digested, strangers } = await digestAll(directory, { signal, onBytes });
  await assertUnchanged(directory, limits);
  const { models, refused } = checkModels(directory, digested, limits);
  if (strangers.length + refused.length > 0) throw notAsStated([...strangers, ...refused]);
  const files = Array.from(directory.files.values(), ({ id, modifiedMs }): BackupFile => {
    const { size, sha256 } = digested.get(id) as Digested;
    return { path: id, size, sha256, modified: new Date(modifiedMs).toISOString() };
  }).sort((a, b) => (a.path < b.path ? -1 : 1));
  const created = new Date().toISOString();
  const id = `${created.replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
  const manifest: BackupManifest = { format: 'base-ml-service-backup', formatVersion: 1, id, created, files, models };
  const content = { manifest, blobs: await blobsOf(directory.root, files) };
  const write = isArchivePath(to) ? writeToArchive : writeToDirectory;
  const written = await write(to, content, { signal, onBytes });
  return {
    id,
    modelsDir,
    to,
    files: files.length,
    models: models.length,
    verified: models.filter(({ verified }) => verified).length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    ...written,
    problems: directory.index.problems,
  };
}

/** Reads every file; `strangers` are those that should be models and are a Git LFS pointer or an HTML page. */
async function digestAll(
  { root, files, index }: ModelsDirectory,
  options: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
): Promise<{ readonly digested: Map<string, Digested>; readonly strangers: RepositoryProblem[] }> {
  const needed = digestsNeeded(index.records);
  const records = new Set(index.records.map(({ id }) => id));
  const digested = new Map<string, Digested>();
  const strangers: RepositoryProblem[] = [];
  for (const id of files.keys()) {
    let isFirst = records.has(id);
    const path = await resolveLinks(join(root, id));
    const look: Write = async (chunk) => {
      if (isFirst) strangers.push(...strangerIn(chunk, id));
      isFirst = false;
    };
    digested.set(id, await digestFile(path, { ...options, algorithms: needed.get(id) ?? [] }, look));
  }
  return { digested, strangers };
}

function strangerIn(head: Uint8Array, id: string): RepositoryProblem[] {
  try {
    refuseNonModels(head, id);
    return [];
  } catch (error) {
    if (!MLServiceError.isInstance(error)) throw error;
    return [{ id, code: error.code, message: error.message }];
  }
}

/** All that was read is of one moment only if nothing has changed since it was listed. */
async function assertUnchanged(before: ModelsDirectory, limits: Limits): Promise<void> {
  const { files } = await readModelsDirectory(before.root, limits);
  for (const { id, size, modifiedMs } of before.files.values()) {
    const now = files.get(id);
    if (now?.size === size && now.modifiedMs === modifiedMs) continue;
    throw changedSource(id);
  }
}

/** One content for all files that have it. */
async function blobsOf(root: string, files: readonly BackupFile[]): Promise<BlobSource[]> {
  const blobs = new Map<string, BlobSource>();
  for (const { path, sha256, size } of files) {
    if (!blobs.has(sha256)) blobs.set(sha256, { sha256, size, path: await resolveLinks(join(root, path)) });
  }
  return [...blobs.values()];
}

/** A backup among the models would be taken for models, and be backed up. */
async function refuseInside(modelsDir: string, to: string): Promise<void> {
  let folder = to;
  while ((await stat(folder).catch(() => undefined)) === undefined && dirname(folder) !== folder)
    folder = dirname(folder);
  const [root, real] = await Promise.all([resolveLinks(modelsDir), realpath(folder)]);
  const occupied = isArchivePath(to) && folder === to;
  if (!isInside(root, real) && !occupied) return;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    occupied
      ? `${to} exists; a backup is never overwritten`
      : `a backup cannot lie in the models directory itself: ${to}`,
    { details: { to, modelsDir } },
  );
}

function notAsStated(refused: readonly RepositoryProblem[]): BackupError {
  const list = refused.slice(0, 20).map(({ id, code, message }) => `\n  ${id}: ${code}: ${message}`);
  const more = refused.length > 20 ? `\n  and ${refused.length - 20} more` : '';
  return new BackupError(
    'ML_BACKUP_REFUSED',
    `${refused.length} of the models are not as their metadata says; a backup of them would be worth nothing:${list.join('')}${more}`,
    { details: { refused } },
  );
}

function typed(error: unknown, to: string): unknown {
  if (MLServiceError.isInstance(error)) return error;
  if (errnoOf(error) === 'ABORT_ERR') return new AbortedError('ML_ABORTED', 'the backup was aborted', { cause: error });
  if (!isOfSystem(error)) return error;
  return new BackupError('ML_BACKUP_FAILED', `the backup to ${to} failed: ${error.message}`, {
    details: { to, errno: error.code },
    cause: error,
  });
}
