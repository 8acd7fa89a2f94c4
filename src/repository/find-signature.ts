import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ArtefactError } from '../errors/artefact-error.ts';
import { AuthenticityError } from '../errors/authenticity-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { Artefact, SignableFile, SignatureFile, SlicedFile } from '../spec/artefact.ts';
import { isInside } from './contained-path.ts';
import { openSlices } from './open-slices.ts';
import { resolveLinks, unreadable } from './read-file.ts';

/** Bytes of one signature: some thirty thousand files or shards. */
const MAX_SIGNATURE_BYTES: number = 8 * 2 ** 20;
/** Files below one signed folder. */
const MAX_SIGNED_FILES = 100_000;
/** The signature of the folder that it lies in. */
const FOLDER_SIGNATURE = 'model.sig';

/** A place where a signature may lie, and what it then speaks of. */
interface Place {
  readonly path: string;
  readonly root: string;
  readonly kind: Artefact['kind'];
  readonly main: string;
}

/**
 * Finds the signature of an artefact: `<path>.sig`, else `model.sig` in the directory itself or beside the file.
 *
 * @param containment what neither the signature nor a file that it speaks of may leave; `undefined` for no bound
 * @param path absolute, links as they are
 * @throws `ML_SIGNATURE_MALFORMED` for one that is too large; `ML_ARTEFACT_UNREADABLE`, `ML_ARTEFACT_ESCAPES`
 */
export async function findSignature(
  containment: string | undefined,
  path: string,
  kind: Artefact['kind'],
): Promise<SignatureFile | undefined> {
  const places: Place[] = [
    { path: `${path}.sig`, root: path, kind, main: '' },
    kind === 'directory'
      ? { path: join(path, FOLDER_SIGNATURE), root: path, kind, main: '' }
      : { path: join(dirname(path), FOLDER_SIGNATURE), root: dirname(path), kind: 'directory', main: basename(path) },
  ];
  for (const place of places) {
    const bytes = await readSignature(containment, place.path);
    if (bytes !== undefined) return new FoundSignature(containment, place, bytes);
  }
  return undefined;
}

class FoundSignature implements SignatureFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly root: string;
  readonly kind: Artefact['kind'];
  readonly main: string;
  readonly #containment: string | undefined;

  constructor(containment: string | undefined, { path, root, kind, main }: Place, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
    this.root = root;
    this.kind = kind;
    this.main = main;
    this.#containment = containment;
  }

  async files(): Promise<readonly SignableFile[]> {
    if (this.kind === 'file') return [{ path: '', kind: await kindOf(this.root) }];
    const own = relative(this.root, this.path).split(sep).join('/');
    return (await filesBelow(this.root)).filter(({ path }) => path !== own);
  }

  async open(path: string): Promise<SlicedFile> {
    return openSlices(await contained(this.#containment, join(this.root, path)));
  }
}

async function readSignature(containment: string | undefined, path: string): Promise<Uint8Array | undefined> {
  let file: SlicedFile;
  try {
    const real = await contained(containment, path);
    if ((await kindOf(real)) !== 'file') throw noSignature(path, 'is no regular file');
    file = await openSlices(real);
  } catch (error) {
    if (MLServiceError.isInstance(error) && error.code === 'ML_ARTEFACT_MISSING') return undefined;
    throw error;
  }
  try {
    if (file.size > MAX_SIGNATURE_BYTES) {
      throw noSignature(
        path,
        `has ${file.size} bytes; a signature has at most ${MAX_SIGNATURE_BYTES}. Sign with larger shards, or fewer files`,
      );
    }
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

function noSignature(path: string, what: string): AuthenticityError {
  return new AuthenticityError('ML_SIGNATURE_MALFORMED', `${path} ${what}`, { details: { path } });
}

async function contained(containment: string | undefined, path: string): Promise<string> {
  const real = await resolveLinks(path);
  if (containment === undefined || isInside(await resolveLinks(containment), real)) return real;
  throw new ArtefactError(
    'ML_ARTEFACT_ESCAPES',
    `${path} leads out of ${containment}, to ${real}; keep the file itself below the models directory`,
    { details: { path, root: containment } },
  );
}

async function kindOf(path: string): Promise<SignableFile['kind']> {
  try {
    const stat = await lstat(path);
    if (stat.isSymbolicLink()) return 'link';
    return stat.isFile() ? 'file' : 'other';
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** All entries that are no folder. Folders are kept in a list, so that depth costs no stack. */
async function filesBelow(root: string): Promise<SignableFile[]> {
  const found: SignableFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const absolute = join(root, folder);
    const entries = await readdir(absolute, { withFileTypes: true }).catch((error: unknown) => {
      throw unreadable(absolute, error);
    });
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else found.push({ path, kind: entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'other' });
    }
    if (found.length + folders.length > MAX_SIGNED_FILES) {
      throw new ArtefactError(
        'ML_ARTEFACT_TOO_LARGE',
        `${root} holds more than ${MAX_SIGNED_FILES} files, too many for one signature; sign models one by one`,
        { details: { path: root, limit: MAX_SIGNED_FILES } },
      );
    }
  }
  return found;
}
