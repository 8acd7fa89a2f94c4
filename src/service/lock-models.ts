import { join, resolve } from 'node:path';
import { checkOutside } from '../integrity/authenticity.ts';
import { digestOf } from '../integrity/checksum.ts';
import { compareLocks, type LockDifference } from '../integrity/compare-locks.ts';
import { LockFile } from '../integrity/lock-file.ts';
import type { LockedFile, LockedModel, ModelsLock } from '../integrity/models-lock.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import { openSlices } from '../repository/open-slices.ts';
import { resolveLinks } from '../repository/read-file.ts';
import type { CallOptions } from '../spec/model.ts';
import type { ModelRecord } from '../spec/model-repository.ts';
import { readEnvironment } from './environment.ts';
import { configure } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';

/** Options of `lockModels`; those not listed here as in `RegistryOptions`. */
export interface LockOptions
  extends Pick<CallOptions, 'signal'>,
    Pick<RegistryOptions, 'modelsDir' | 'limits' | 'fileNamePattern' | 'env'> {
  /** Where the lock is. Default `ML_MODELS_LOCK`, else `models.lock.json`; never in the models directory. */
  readonly lockFile?: string;
  /** Only compares with the lock that is there, and writes nothing. Default `false`. */
  readonly check?: boolean;
  /** Told before each file is read. */
  readonly onProgress?: (id: string) => void;
}

/** A lock, and how it differs from the one that was there. */
export interface LockReport {
  /** Absolute. */
  readonly modelsDir: string;
  /** Absolute. */
  readonly lockFile: string;
  /** What is there now. */
  readonly lock: ModelsLock;
  /** Against the lock that was there; empty where there was none. */
  readonly differences: readonly LockDifference[];
  readonly written: boolean;
}

/** See `lockModels` in `lazy.ts`. */
export async function lockModels(options: LockOptions = {}): Promise<LockReport> {
  const { check = false, signal = new AbortController().signal, onProgress = () => undefined } = options;
  const { modelsDir, limits, fileNamePattern, env } = settingsOf(options);
  const lockFile = resolve(options.lockFile ?? readEnvironment(env).lockFile ?? 'models.lock.json');
  checkOutside(lockFile, modelsDir);
  const file = new LockFile(lockFile);
  const pinned = check ? await file.read() : await ifThere(file);
  const repository = new DirectoryRepository(modelsDir, {
    limits,
    digestMetadata: true,
    ...(fileNamePattern !== undefined && { fileNamePattern }),
  });
  const lock = await lockOf(repository, { maxBytes: limits.maxModelBytes, signal, onProgress });
  const differences = pinned === undefined ? [] : compareLocks(pinned, lock);
  if (!check) await file.write(lock);
  return { modelsDir, lockFile, lock, differences, written: !check };
}

interface Reading {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (id: string) => void;
}

function settingsOf({ modelsDir, limits, fileNamePattern, env }: LockOptions): ReturnType<typeof configure> {
  return configure({
    ...(modelsDir !== undefined && { modelsDir }),
    ...(limits !== undefined && { limits }),
    ...(fileNamePattern !== undefined && { fileNamePattern }),
    ...(env !== undefined && { env }),
  });
}

async function ifThere(file: LockFile): Promise<ModelsLock | undefined> {
  try {
    return await file.read();
  } catch (error) {
    // One that cannot be read is written anew.
    if (MLServiceError.isInstance(error)) return undefined;
    throw error;
  }
}

async function lockOf(repository: DirectoryRepository, reading: Reading): Promise<ModelsLock> {
  const { records, problems } = await repository.index();
  const root = problems.find(({ id }) => id === '.');
  if (root !== undefined) await resolveLinks(repository.location);
  const models: Record<string, LockedModel> = {};
  for (const record of records) models[record.id] = await lockedModel(repository, record, reading);
  const folders = records.filter(({ kind }) => kind === 'directory').map(({ id }) => `${id}/`);
  const files: Record<string, LockedFile> = {};
  for (const id of await repository.files()) {
    if (Object.hasOwn(models, id) || folders.some((folder) => id.startsWith(folder))) continue;
    reading.onProgress(id);
    files[id] = await lockedFile(join(repository.location, id), reading.signal);
  }
  return { lockVersion: 1, models, files };
}

async function lockedModel(
  repository: DirectoryRepository,
  record: ModelRecord,
  { maxBytes, signal, onProgress }: Reading,
): Promise<LockedModel> {
  onProgress(record.id);
  const artefact = await repository.open(record, { maxBytes, signal, mayStayOpen: () => Promise.resolve(true) });
  try {
    const files: Record<string, string> = {};
    for (const entry of artefact.entries) files[entry] = await digestOf(await artefact.read(entry), 'sha256');
    const { slices, size: bytes } = artefact;
    return {
      name: record.name,
      version: record.label ?? record.version ?? null,
      bytes,
      sha256: slices === undefined ? artefact.sha256 : await slices.digest('sha256', signal),
      ...(artefact.kind === 'directory' && { files }),
      metadata: Object.keys(record.metadataFiles ?? {}).sort(),
    };
  } finally {
    await artefact.slices?.close();
  }
}

async function lockedFile(path: string, signal: AbortSignal): Promise<LockedFile> {
  const file = await openSlices(await resolveLinks(path));
  try {
    return { bytes: file.size, sha256: await file.digest('sha256', signal) };
  } finally {
    await file.close();
  }
}
