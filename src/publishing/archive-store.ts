import { once } from 'node:events';
import { type FileHandle, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGzip, type Gzip } from 'node:zlib';
import type { ReadEntry } from 'tar';
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
import { withBackupLock } from './backup-lock.ts';
import { changedSource } from './changed-source.ts';
import { makeFolders, moveToNew, syncFolder, writeNew } from '../internal/durable.ts';
import { digestFile, type Write, writerTo } from './hashing-copy.ts';
import { TarEntries } from './tar-entries.ts';

const BLOCK = 512;
/** Contents are read-only for whoever unpacks them by hand. */
const MODE = 0o444;

/** Whether a path is that of an archive, and not of a directory. */
export function isArchivePath(path: string): boolean {
  return /\.(?:tar|tar\.gz|tgz)$/i.test(path);
}

/**
 * Writes a backup as one tar file, compressed where its name ends in `gz`: the manifest first, then each content once.
 * The file has its name only when it is complete.
 *
 * @throws an error with the code `EEXIST` where there is such a file; other errors of the operating system;
 * `ML_ARTEFACT_CHANGED`
 */
export async function writeToArchive(
  path: string,
  { manifest, blobs }: { readonly manifest: BackupManifest; readonly blobs: readonly BlobSource[] },
  options: CopyOptions,
): Promise<WrittenBackup> {
  await makeFolders(dirname(path));
  const [folder, name] = [dirname(path), basename(path)];
  await withBackupLock(join(folder, `.${name}.lock`), options.signal, async () => {
    const staged = join(folder, `.${name}.tmp`);
    // Of a process that was killed: whoever wrote here before holds the lock no more.
    await rm(staged, { force: true });
    try {
      await writeNew(staged, (file) => writeContent(file, { path, manifest, blobs }, options));
      await moveToNew(staged, path);
      await syncFolder(folder);
    } finally {
      await rm(staged, { force: true }).catch(() => undefined);
    }
  });
  return { newBlobs: blobs.length, newBytes: blobs.reduce((sum, { size }) => sum + size, 0) };
}

async function writeContent(
  file: FileHandle,
  {
    path,
    manifest,
    blobs,
  }: { readonly path: string; readonly manifest: BackupManifest; readonly blobs: readonly BlobSource[] },
  options: CopyOptions,
): Promise<void> {
  const sink: Sink = /gz$/i.test(path) ? gzipInto(file) : { write: writerTo(file), end: () => Promise.resolve() };
  const text = Buffer.from(writeManifest(manifest));
  const modified = new Date(manifest.created);
  const head = { path: `${MANIFESTS}/${manifest.id}.json`, size: text.length, modified };
  await writeEntry(sink.write, head, () => sink.write(text));
  for (const { sha256, size, path: source } of blobs) {
    await writeEntry(sink.write, { path: blobPath(sha256), size, modified }, async () => {
      const copied = await digestFile(source, options, sink.write);
      if (copied.sha256 !== sha256 || copied.size !== size) throw changedSource(source);
    });
  }
  // Two empty blocks end an archive.
  await sink.write(new Uint8Array(2 * BLOCK));
  await sink.end();
}

/**
 * Opens an archive: its manifest is read now, its contents as they come. Only regular files whose names and sizes the
 * manifest has are taken; the first other entry ends it.
 *
 * @throws `ML_BACKUP_MALFORMED`; errors of the operating system
 */
export async function openArchiveBackup(path: string, signal: AbortSignal): Promise<OpenBackup> {
  const entries = await TarEntries.open(path, signal);
  try {
    const manifest = await manifestIn(entries, path);
    return {
      manifest,
      blobs: (wanted) => blobsIn(entries, { manifest, path, wanted }),
      close: () => Promise.resolve(entries.close()),
    };
  } catch (error) {
    entries.close();
    throw error;
  }
}

async function* blobsIn(
  entries: TarEntries,
  {
    manifest,
    path,
    wanted,
  }: { readonly manifest: BackupManifest; readonly path: string; readonly wanted: ReadonlySet<string> },
): AsyncGenerator<StoredBlob> {
  const sizes = new Map(manifest.files.map(({ sha256, size }) => [blobPath(sha256), size]));
  const left = new Set(wanted);
  for (let entry = await nextOf(entries, path); entry !== undefined; entry = await nextOf(entries, path)) {
    const name = regularName(entry, path);
    const size = sizes.get(name);
    if (size === undefined)
      throw malformed(`${path}: entry ${JSON.stringify(name)} is not of this backup, or comes twice`, { path });
    if (entry.size !== size)
      throw malformed(`${path}: entry ${name} has ${entry.size} bytes, ${size} are stated`, { path });
    sizes.delete(name);
    const sha256 = name.slice(name.lastIndexOf('/') + 1);
    if (left.delete(sha256)) yield { sha256, content: readEntry(entries, entry, path) };
    // Whatever was not read of it must go by before the next one comes.
    entry.resume();
  }
  const [missing] = left;
  if (missing !== undefined) throw malformed(`${path} is incomplete: ${blobPath(missing)} is missing`, { path });
}

async function nextOf(entries: TarEntries, path: string): Promise<ReadEntry | undefined> {
  try {
    return await entries.next();
  } catch (error) {
    throw unreadableArchive(error, path);
  }
}

async function* readEntry(entries: TarEntries, entry: ReadEntry, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* entries.read(entry);
  } catch (error) {
    throw unreadableArchive(error, path);
  }
}

/** Errors of the disk stay what they are; all others are about what is in the file. */
function unreadableArchive(error: unknown, path: string): unknown {
  if (error instanceof Error && 'syscall' in error) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  return malformed(`${path} cannot be read as an archive: ${String(error)}`, { path }, error);
}

async function manifestIn(entries: TarEntries, path: string): Promise<BackupManifest> {
  const entry = await nextOf(entries, path);
  if (entry === undefined) throw malformed(`${path} is an empty archive`, { path });
  const name = regularName(entry, path);
  if (!name.startsWith(`${MANIFESTS}/`))
    throw malformed(`${path} begins with ${JSON.stringify(name)}, not with the manifest of a backup`, { path });
  if (entry.size > MAX_MANIFEST_BYTES) throw malformed(`${path}: the manifest has ${entry.size} bytes`, { path });
  const chunks: Uint8Array[] = [];
  for await (const chunk of readEntry(entries, entry, path)) chunks.push(chunk);
  return readManifest(Buffer.concat(chunks).toString('utf8'), `${path}: ${name}`);
}

function regularName(entry: ReadEntry, path: string): string {
  if (entry.type === 'File' || entry.type === 'OldFile') return entry.path;
  throw malformed(`${path}: entry ${JSON.stringify(entry.path)} is a ${entry.type}; only plain files are restored`, {
    path,
    entry: entry.path,
    type: entry.type,
  });
}

interface Sink {
  readonly write: Write;
  end(): Promise<void>;
}

/** One entry: its head, its bytes, and what fills the last block. */
async function writeEntry(
  write: Write,
  { path, size, modified }: { readonly path: string; readonly size: number; readonly modified: Date },
  content: () => Promise<void>,
): Promise<void> {
  const { Header } = await import('tar');
  const head = Buffer.alloc(BLOCK);
  new Header({ path, size, mode: MODE, type: 'File', mtime: modified }).encode(head);
  await write(head);
  await content();
  const rest = size % BLOCK;
  if (rest > 0) await write(new Uint8Array(BLOCK - rest));
}

function gzipInto(file: FileHandle): Sink {
  const gzip = createGzip();
  const writing = drain(gzip, writerTo(file));
  // A failure is thrown by `write` or `end`; it must not be unheard before.
  writing.catch(() => gzip.destroy());
  return {
    write: async (chunk) => {
      // The caller uses its buffer again.
      if (!gzip.write(Buffer.from(chunk))) await Promise.race([once(gzip, 'drain'), writing]);
    },
    end: async () => {
      gzip.end();
      await writing;
    },
  };
}

async function drain(gzip: Gzip, write: Write): Promise<void> {
  for await (const chunk of gzip as AsyncIterable<Buffer>) await write(chunk);
}
