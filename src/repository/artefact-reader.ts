import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ArtefactError } from '../errors/artefact-error.ts';
import type { Artefact, SlicedFile } from '../spec/artefact.ts';
import type { OpenOptions } from '../spec/model-repository.ts';
import { containedPath, isInside } from './contained-path.ts';
import { refuseNonModels } from './file-kind.ts';
import { findSignature } from './find-signature.ts';
import { openSlices } from './open-slices.ts';
import { tellFolders } from './tell-folders.ts';
import {
  type FileMode,
  type HashedFile,
  readHashed,
  type ReadOptions,
  resolveLinks,
  tooLarge,
  unreadable,
} from './read-file.ts';

/** Files and folders of one model directory. */
const MAX_ENTRIES = 10_000;
/** Files of more bytes are read in pieces where their loader can do so. */
const SLICED_ABOVE_BYTES: number = 64 * 1024 * 1024;
/** Enough to tell what is no model at all. */
const HEAD_BYTES = 512;

/**
 * Opens a model: a file, or a directory with all its files.
 *
 * @param root what the path may not leave, links resolved; `undefined` for a path that the application chose itself
 * @param options `kind` where only a file, or only a directory, will do
 * @throws the `ML_ARTEFACT_*` errors
 */
export async function openArtefact(
  root: string | undefined,
  path: string,
  options: OpenOptions & { readonly kind?: Artefact['kind'] },
): Promise<Artefact> {
  const absolute = resolve(path);
  const real = await resolveLinks(absolute);
  if (root !== undefined && !isInside(await resolveLinks(root), real)) {
    throw new ArtefactError(
      'ML_ARTEFACT_ESCAPES',
      `${absolute} leads out of ${root}, to ${real}; keep the file itself below the models directory`,
      {
        details: { path: absolute, root },
      },
    );
  }
  const searched = root !== undefined;
  const { onOpened } = options;
  const onFile = onOpened && ((file: FileMode): void => onOpened({ ...file, kind: 'file', searched }));
  const isDirectory = await isFolder(real);
  if (options.kind === 'directory' && !isDirectory) {
    throw new ArtefactError('ML_ARTEFACT_CHANGED', `${absolute} was a directory and is a file now; load it again`, {
      details: { path: absolute },
    });
  }
  const reading: Reading = { ...options, onFile };
  if (onOpened !== undefined) {
    const below = isDirectory ? (await listFiles(real)).map((entry) => join(real, entry)) : [];
    await tellFolders([absolute, real, ...below], root, onOpened);
  }
  // A directory where a file is needed is refused by the reader of files.
  const artefact =
    isDirectory && options.kind !== 'file'
      ? await openDirectory(absolute, real, reading)
      : ((await openSliced(absolute, real, reading)) ?? (await openFile(absolute, real, reading)));
  return { ...artefact, signature: () => findSignature(root, absolute, artefact.kind) };
}

/**
 * A model as far as it takes to prove where it comes from: hashed and never held in memory, whatever it is. A directory
 * tells its digest and none of its files.
 *
 * @throws the `ML_ARTEFACT_*` errors
 */
export async function openUnread(path: string, signal: AbortSignal): Promise<Artefact> {
  const absolute = resolve(path);
  const real = await resolveLinks(absolute);
  const notRead = (): Promise<never> => Promise.reject(unreadable(absolute, new Error('it was opened to be hashed')));
  if (!(await isFolder(real))) {
    const artefact = slicedArtefact(absolute, await openSlices(real), notRead);
    return { ...artefact, signature: () => findSignature(undefined, absolute, 'file') };
  }
  const hash = createHash('sha256');
  let size = 0;
  for (const entry of await listFiles(real)) {
    const file = await openSlices(await fileInside(real, entry));
    try {
      size += file.size;
      hash.update(`${entry}\0${await file.digest('sha256', signal)}\n`);
    } finally {
      await file.close();
    }
  }
  return {
    kind: 'directory',
    name: basename(absolute),
    path: absolute,
    bytes: new Uint8Array(0),
    size,
    sha256: hash.digest('hex'),
    entries: [],
    read: notRead,
    signature: () => findSignature(undefined, absolute, 'directory'),
  };
}

async function fileInside(root: string, entry: string): Promise<string> {
  const path = join(root, entry);
  const real = await resolveLinks(path);
  if (!isInside(root, real)) {
    throw new ArtefactError(
      'ML_ARTEFACT_ESCAPES',
      `${path} leads out of ${root}, to ${real}; keep the file itself in it`,
      {
        details: { path, root },
      },
    );
  }
  if (await isFolder(real)) {
    throw new ArtefactError('ML_ARTEFACT_NOT_A_FILE', `${path} is a link to a folder; put the files themselves there`, {
      details: { path },
    });
  }
  return real;
}

/** How the files of an artefact are read. */
type Reading = OpenOptions & Pick<ReadOptions, 'onFile'>;

/** A model in memory, in the form that loaders take. */
export function bytesArtefact(name: string, bytes: Uint8Array): Artefact {
  refuseNonModels(bytes, name);
  return {
    kind: 'file',
    name,
    path: undefined,
    bytes,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    entries: [],
    read: (relativePath) =>
      Promise.reject(
        new ArtefactError(
          'ML_ARTEFACT_MISSING',
          `${name} was given as bytes and refers to the file ${JSON.stringify(relativePath)}; load it from its path`,
          {
            details: { name, relativePath },
          },
        ),
      ),
  };
}

/** The file kept open, where it is large and its loader reads in pieces. */
async function openSliced(path: string, real: string, options: Reading): Promise<Artefact | undefined> {
  const { mayStayOpen, maxBytes } = options;
  if (mayStayOpen === undefined || (await sizeOf(real)) <= SLICED_ABOVE_BYTES) return undefined;
  const slices = await openSlices(real, options.onFile);
  try {
    if (slices.size > maxBytes) throw tooLarge(real, slices.size, maxBytes);
    refuseNonModels(await slices.read(0, Math.min(HEAD_BYTES, slices.size)), path);
    if (!(await mayStayOpen({ name: basename(path), source: slices }))) {
      await slices.close();
      return undefined;
    }
    const companions = new Companions(await foldersOf(path, real), { ...options, maxBytes: maxBytes - slices.size });
    return slicedArtefact(path, slices, async (relativePath) => (await companions.read(relativePath)).bytes);
  } catch (error) {
    await slices.close();
    throw error;
  }
}

function slicedArtefact(path: string, slices: SlicedFile, read: Artefact['read']): Artefact {
  return {
    kind: 'file',
    name: basename(path),
    path,
    bytes: new Uint8Array(0),
    slices,
    size: slices.size,
    sha256: '',
    entries: [],
    read,
  };
}

async function sizeOf(real: string): Promise<number> {
  try {
    return (await lstat(real)).size;
  } catch (error) {
    throw unreadable(real, error);
  }
}

async function openFile(path: string, real: string, options: Reading): Promise<Artefact> {
  const { bytes, sha256 } = await readHashed(real, options);
  refuseNonModels(bytes, path);
  const companions = new Companions(await foldersOf(path, real), {
    ...options,
    maxBytes: options.maxBytes - bytes.length,
  });
  return {
    kind: 'file',
    name: basename(path),
    path,
    bytes,
    size: bytes.length,
    sha256,
    entries: [],
    read: async (relativePath) => (await companions.read(relativePath)).bytes,
  };
}

async function openDirectory(path: string, real: string, options: Reading): Promise<Artefact> {
  const entries = await listFiles(real);
  if (entries.length === 0)
    throw new ArtefactError('ML_ARTEFACT_EMPTY', `${path} is a directory without files`, { details: { path } });
  const files = new Companions([real], options);
  const hash = createHash('sha256');
  let size = 0;
  for (const entry of entries) {
    const file = await files.read(entry);
    size += file.bytes.length;
    hash.update(`${entry}\0${file.sha256}\n`);
  }
  return {
    kind: 'directory',
    name: basename(path),
    path,
    bytes: new Uint8Array(0),
    size,
    sha256: hash.digest('hex'),
    entries,
    read: async (relativePath) => (await files.read(relativePath)).bytes,
  };
}

/**
 * Where the files beside a model may be: its own folder, and where the file is a link, the folder it
 * leads to, since stores of linked files link the companions to the same place.
 */
async function foldersOf(path: string, real: string): Promise<string[]> {
  return [...new Set([await resolveLinks(dirname(path)), dirname(real)])];
}

async function isFolder(real: string): Promise<boolean> {
  try {
    return (await lstat(real)).isDirectory();
  } catch (error) {
    throw unreadable(real, error);
  }
}

async function filesIn(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Relative paths of all files below a directory, sorted by code unit, hidden ones left out. */
async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await filesIn(join(root, folder))) {
      if (entry.name.startsWith('.')) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      (entry.isDirectory() ? folders : files).push(path);
    }
    if (files.length + folders.length > MAX_ENTRIES) {
      throw new ArtefactError(
        'ML_ARTEFACT_TOO_LARGE',
        `${root} holds more than ${MAX_ENTRIES} files; it is no model directory`,
        { details: { path: root, limit: MAX_ENTRIES } },
      );
    }
  }
  return files.sort();
}

/** The files beside a model, each read once, all together within one limit. */
class Companions {
  readonly #folders: readonly string[];
  readonly #options: Reading;
  readonly #read = new Map<string, Promise<HashedFile>>();
  #bytesLeft: number;

  /** @param folders link-free; paths are relative to the first, links may lead into all of them */
  constructor(folders: readonly string[], options: Reading) {
    this.#folders = folders;
    this.#options = options;
    this.#bytesLeft = options.maxBytes;
  }

  read(relativePath: string): Promise<HashedFile> {
    let reading = this.#read.get(relativePath);
    if (reading === undefined) {
      reading = this.#readOnce(relativePath);
      this.#read.set(relativePath, reading);
    }
    return reading;
  }

  async #readOnce(relativePath: string): Promise<HashedFile> {
    const path = await containedPath(this.#folders, relativePath);
    const { signal, onFile } = this.#options;
    const file = await readHashed(path, { maxBytes: this.#bytesLeft, signal, onFile });
    if (file.bytes.length > this.#bytesLeft) throw tooLarge(path, file.bytes.length, this.#bytesLeft);
    this.#bytesLeft -= file.bytes.length;
    refuseNonModels(file.bytes, path);
    return file;
  }
}
