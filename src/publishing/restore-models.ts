import { mkdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AbortedError } from '../errors/aborted-error.ts';
import { BackupError } from '../errors/backup-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { isInside } from '../repository/contained-path.ts';
import { configure } from '../service/registry-config.ts';
import type { Limits } from '../spec/limits.ts';
import { openArchiveBackup } from './archive-store.ts';
import type { Authorize } from './authorize.ts';
import { type BackupFile, type BackupManifest, type BackupModel, malformed } from './backup-manifest.ts';
import type { OpenBackup, StoredBlob } from './backup-store.ts';
import { changeModels, type ModelsChange, pathInside } from './change-models.ts';
import { openDirectoryBackup } from './directory-store.ts';
import { errnoOf, isOfSystem, exists } from '../internal/durable.ts';
import { digestChunks, digestFile } from './hashing-copy.ts';
import { ownFolder } from './metadata-documents.ts';
import { selectFiles } from './select-files.ts';

/** Options of `restoreModels`. */
export interface RestoreOptions {
  /** Default `ML_MODELS_DIR`, else `./models`; made where it is missing. */
  readonly modelsDir?: string;
  /** A backup directory, or an archive. */
  readonly from: string;
  /** Id of one backup of a directory. Default: the newest. */
  readonly backup?: string;
  /** Models to restore: `name`, or `name@version`. Default: everything. */
  readonly only?: readonly string[];
  /** Whether files that differ from those of the backup are replaced. Default `false`: nothing is restored then. */
  readonly replace?: boolean;
  /** Everything but the writing: the backup is read and compared to its end. Default `false`. */
  readonly dryRun?: boolean;
  /** Milliseconds to wait for another process that is changing the directory. Default 120,000. */
  readonly lockTimeoutMs?: number;
  readonly limits?: Partial<Limits>;
  readonly authorize?: Authorize;
  readonly signal?: AbortSignal;
  /** Told how far it is: bytes read, of those to read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/** What was restored, or would be. */
export interface Restored {
  /** Id of the backup. */
  readonly backup: string;
  /** ISO 8601: when the backup was made. */
  readonly created: string;
  /** Absolute. */
  readonly modelsDir: string;
  /** Files that were not there. */
  readonly added: readonly string[];
  /** Files that were there with other content. */
  readonly replaced: readonly string[];
  /** Files that are as in the backup already. */
  readonly same: readonly string[];
  readonly models: readonly { readonly name: string; readonly version: string | undefined; readonly id: string }[];
  readonly bytes: number;
  readonly dryRun: boolean;
}

/** See `restoreModels` in `lazy.ts`. */
export async function restoreModels(options: RestoreOptions): Promise<Restored> {
  const { modelsDir, limits } = configure({
    ...(options.modelsDir !== undefined && { modelsDir: options.modelsDir }),
    ...(options.limits !== undefined && { limits: options.limits }),
  });
  const { signal = new AbortController().signal, dryRun = false, lockTimeoutMs } = options;
  const from = resolve(options.from);
  try {
    const opened = await openBackup(from, options.backup, signal);
    try {
      const run: Run = { opened, from, options, signal, limits, modelsDir };
      if (dryRun) return await restoreInto(undefined, run);
      await mkdir(modelsDir, { recursive: true });
      return await changeModels(modelsDir, { signal, lockTimeoutMs }, (change) => restoreInto(change, run));
    } finally {
      await opened.close();
    }
  } catch (error) {
    throw typed(error, from);
  }
}

interface Run {
  readonly opened: OpenBackup;
  readonly from: string;
  readonly options: RestoreOptions;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  readonly modelsDir: string;
}

/** How every file of the backup stands to what is there. */
interface Plan {
  readonly added: readonly BackupFile[];
  readonly replaced: readonly BackupFile[];
  readonly same: readonly BackupFile[];
}

async function restoreInto(change: ModelsChange | undefined, run: Run): Promise<Restored> {
  const { opened, options, signal, modelsDir, limits } = run;
  const { manifest } = opened;
  const { files, models } = selectFiles(manifest, options.only);
  refuseTooLarge(files, limits);
  const root = change?.root ?? (await realpath(modelsDir).catch(() => resolve(modelsDir)));
  const plan = await compareWithDisk(root, files, signal);
  if (plan.replaced.length > 0 && options.replace !== true) throw conflict(root, plan.replaced);
  const concerned = models.map(({ name, version }) => ({ name, version }));
  await options.authorize?.({ action: 'restore', modelsDir: root, models: concerned });
  const total = sizeOf(files);
  let done = 0;
  const onBytes = (bytes: number): void => options.onProgress?.((done += bytes), total);
  const uses = new Map<string, BackupFile[]>();
  for (const file of files) uses.set(file.sha256, [...(uses.get(file.sha256) ?? []), file]);
  const toPut = new Set([...plan.added, ...plan.replaced]);
  if (change !== undefined) hideModels(change, models, toPut);
  const compared = new Set<string>();
  for await (const blob of opened.blobs(new Set(uses.keys()))) {
    const putting = (uses.get(blob.sha256) ?? []).filter((file) => toPut.has(file));
    await restoreBlob(blob, { change, putting, signal, onBytes, from: run.from });
    compared.add(blob.sha256);
  }
  for (const sha256 of uses.keys())
    if (!compared.has(sha256)) throw malformed(`${run.from} lacks the content ${sha256}`, { sha256 });
  return {
    backup: manifest.id,
    created: manifest.created,
    modelsDir: root,
    added: plan.added.map(({ path }) => path),
    replaced: plan.replaced.map(({ path }) => path),
    same: plan.same.map(({ path }) => path),
    models: models.map(({ name, version, id }) => ({ name, version, id })),
    bytes: sizeOf([...toPut]),
    dryRun: change === undefined,
  };
}

/** Stages a content for every file that has it, and compares it with its digest. */
async function restoreBlob(
  { sha256, content }: StoredBlob,
  {
    change,
    putting,
    signal,
    onBytes,
    from,
  }: {
    readonly change: ModelsChange | undefined;
    readonly putting: readonly BackupFile[];
    readonly signal: AbortSignal;
    readonly onBytes: (bytes: number) => void;
    readonly from: string;
  },
): Promise<void> {
  const [first, ...others] = change === undefined ? [] : putting;
  if (change === undefined || first === undefined) {
    const read = await digestChunks(content, { signal, onBytes });
    if (read.sha256 !== sha256) throw damaged(from, sha256);
    return;
  }
  const staged = await put(change, first, counted(content, onBytes));
  if (staged.sha256 !== sha256) throw damaged(from, sha256);
  for (const file of others) {
    if ((await put(change, file, staged.path)).sha256 !== sha256) throw damaged(from, sha256);
  }
}

function put(
  change: ModelsChange,
  { path }: BackupFile,
  source: string | AsyncIterable<Uint8Array>,
): Promise<{ readonly sha256: string; readonly path: string }> {
  return change.put(path, source, path.startsWith('metadata/'));
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function compareWithDisk(root: string, files: readonly BackupFile[], signal: AbortSignal): Promise<Plan> {
  const plan = { added: [] as BackupFile[], replaced: [] as BackupFile[], same: [] as BackupFile[] };
  const isThere = (await stat(root).catch(() => undefined)) !== undefined;
  for (const file of files) {
    const path = isThere ? await pathInside(root, file.path) : join(root, file.path);
    if (!isThere || !(await exists(path))) {
      plan.added.push(file);
      continue;
    }
    // Backups have the content of a link; one that leads elsewhere, or nowhere, is not that.
    const real = await realpath(path).catch(() => undefined);
    const found = real !== undefined && isInside(root, real) ? await digestFile(real, { signal }) : undefined;
    (found?.sha256 === file.sha256 ? plan.same : plan.replaced).push(file);
  }
  return plan;
}

/** A model is not there while one of its files is missing or another one. */
function hideModels(change: ModelsChange, models: readonly BackupModel[], toPut: ReadonlySet<BackupFile>): void {
  const paths = new Set(Array.from(toPut, ({ path }) => path));
  for (const model of models) {
    if (!model.files.some((path) => paths.has(path) && !path.startsWith('metadata/') && !path.startsWith('training/')))
      continue;
    change.hide(ownFolder(model) ?? model.id);
  }
}

async function openBackup(from: string, id: string | undefined, signal: AbortSignal): Promise<OpenBackup> {
  const found = await stat(from).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw malformed(`there is no backup ${from}`, { from }, error);
  });
  if (found.isDirectory()) return openDirectoryBackup(from, id);
  const opened = await openArchiveBackup(from, signal);
  if (id === undefined || id === opened.manifest.id) return opened;
  await opened.close();
  throw malformed(`${from} holds the backup ${opened.manifest.id}, not ${id}`, { from, id });
}

function refuseTooLarge(files: BackupManifest['files'], { maxModelBytes, maxFiles }: Limits): void {
  const large = files.find(({ size }) => size > maxModelBytes);
  if (large !== undefined)
    throw malformed(`${large.path} has ${large.size} bytes, limits.maxModelBytes is ${maxModelBytes}`, { ...large });
  if (files.length > maxFiles)
    throw malformed(`the backup has ${files.length} files, limits.maxFiles is ${maxFiles}`, { files: files.length });
}

function conflict(root: string, files: readonly BackupFile[]): BackupError {
  const paths = files.map(({ path }) => path);
  return new BackupError(
    'ML_BACKUP_CONFLICT',
    `${paths.length} files of ${root} are not those of the backup: ${paths.slice(0, 10).join(', ')}${paths.length > 10 ? ', ...' : ''}; nothing was restored`,
    { details: { conflicts: paths } },
  );
}

function damaged(from: string, sha256: string): BackupError {
  return malformed(`${from}: the content ${sha256} is damaged: its digest does not agree`, { sha256 });
}

function sizeOf(files: readonly BackupFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Errors of the disk that come from the backup's side. */
function typed(error: unknown, from: string): unknown {
  if (MLServiceError.isInstance(error)) return error;
  if (errnoOf(error) === 'ABORT_ERR') return new AbortedError('ML_ABORTED', 'restoring was aborted', { cause: error });
  if (!isOfSystem(error)) return error;
  return new BackupError('ML_BACKUP_FAILED', `the backup ${from} could not be restored: ${error.message}`, {
    details: { from, errno: error.code },
    cause: error,
  });
}
