import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withBackupLock } from './backup-lock.ts';
import {
  type BackupManifest,
  blobPath,
  malformed,
  MANIFESTS,
  MAX_MANIFEST_BYTES,
  readManifest,
  writeManifest,
} from './backup-manifest.ts';
import type { BlobSource, CopyOptions, OpenBackup, StoredBlob, WrittenBackup } from './backup-store.ts';
import { errnoOf, makeFolders, moveToNew, syncFolder, writeNew } from '../internal/durable.ts';
import { digestFile, writerTo } from './hashing-copy.ts';
import { changedSource } from './changed-source.ts';

const STAGING = '.staging';

/**
 * Writes a backup into a directory: each content once under its digest, whatever backup needs it; the manifest last.
 *
 * @throws errors of the operating system; `ML_ARTEFACT_CHANGED`; `ML_BACKUP_FAILED` while another backup is written
 */
export async function writeToDirectory(
  folder: string,
  { manifest, blobs }: { readonly manifest: BackupManifest; readonly blobs: readonly BlobSource[] },
  options: CopyOptions,
): Promise<WrittenBackup> {
  await makeFolders(folder);
  return withBackupLock(join(folder, '.lock'), options.signal, async () => {
    const staging = join(folder, STAGING);
    // Whoever wrote here before holds the lock no more.
    await rm(staging, { recursive: true, force: true });
    await makeFolders(staging);
    await makeFolders(join(folder, MANIFESTS));
    let newBlobs = 0;
    let newBytes = 0;
    for (const blob of blobs) {
      if (!(await putBlob(folder, blob, options))) continue;
      newBlobs += 1;
      newBytes += blob.size;
    }
    const staged = join(staging, 'manifest');
    await writeNew(staged, (file) => file.writeFile(writeManifest(manifest)));
    await moveToNew(staged, join(folder, MANIFESTS, `${manifest.id}.json`));
    await syncFolder(join(folder, MANIFESTS));
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    return { newBlobs, newBytes };
  });
}

/**
 * Opens a backup of a directory.
 *
 * @param id of one backup; default: the newest
 * @throws `ML_BACKUP_MALFORMED`; errors of the operating system
 */
export async function openDirectoryBackup(folder: string, id: string | undefined): Promise<OpenBackup> {
  const manifest = await newestManifest(folder, id);
  const sizes = new Map(manifest.files.map(({ sha256, size }) => [sha256, size]));
  async function* blobs(wanted: ReadonlySet<string>): AsyncGenerator<StoredBlob> {
    for (const sha256 of wanted) {
      const path = join(folder, blobPath(sha256));
      const { size } = await regular(path, sha256);
      if (size !== sizes.get(sha256))
        throw malformed(`${path} has ${size} bytes, ${sizes.get(sha256)} are stated: it is damaged`, { path });
      yield { sha256, content: readRegular(path) };
    }
  }
  return { manifest, blobs, close: () => Promise.resolve() };
}

/** Manifests of a backup directory, oldest first by their names. */
export async function listBackups(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, MANIFESTS)).catch((error: unknown) => {
    throw malformed(`${folder} is no backup: it has no ${MANIFESTS}/`, { folder }, error);
  });
  return names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

async function newestManifest(folder: string, wanted: string | undefined): Promise<BackupManifest> {
  const ids = await listBackups(folder);
  const id = wanted === undefined ? ids.at(-1) : ids.find((one) => one === wanted);
  if (id === undefined)
    throw malformed(
      `${folder} has no backup${wanted === undefined ? '' : ` ${wanted}`}; there are ${ids.join(', ') || 'none'}`,
      {
        folder,
        ids,
      },
    );
  const path = join(folder, MANIFESTS, `${id}.json`);
  const { size } = await regular(path, path);
  if (size > MAX_MANIFEST_BYTES) throw malformed(`${path} has ${size} bytes, which no manifest has`, { path });
  const chunks: Uint8Array[] = [];
  for await (const chunk of readRegular(path)) chunks.push(chunk);
  const manifest = readManifest(Buffer.concat(chunks).toString('utf8'), path);
  if (manifest.id !== id) throw malformed(`${path} is the manifest of ${manifest.id}`, { path });
  return manifest;
}

/** Whether the content was put; `false` where it was there. */
async function putBlob(folder: string, { sha256, size, path }: BlobSource, options: CopyOptions): Promise<boolean> {
  const target = join(folder, blobPath(sha256));
  const known = await lstat(target).catch(() => undefined);
  if (known?.isFile() === true && known.size === size) {
    options.onBytes(size);
    return false;
  }
  await makeFolders(dirname(target));
  const staged = join(folder, STAGING, randomBytes(8).toString('hex'));
  const copied = await writeNew(staged, (file) => digestFile(path, options, writerTo(file)));
  if (copied.sha256 !== sha256) throw changedSource(path);
  // One that is there with another size is damaged.
  await rename(staged, target);
  await syncFolder(dirname(target));
  return true;
}

async function regular(path: string, what: string): Promise<{ readonly size: number }> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error;
    throw malformed(`${what} is missing in the backup`, { path }, error);
  });
  if (!found.isFile()) throw malformed(`${path} is no regular file`, { path });
  return found;
}

async function* readRegular(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  try {
    const buffer = new Uint8Array(1 << 20);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
