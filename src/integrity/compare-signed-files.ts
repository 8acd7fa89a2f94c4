import { basename } from 'node:path';
import { AuthenticityError } from '../errors/authenticity-error.ts';
import type { Artefact, SignatureFile } from '../spec/artefact.ts';
import { readsChecked } from './reads-checked.ts';
import { digestsOfBytes, digestsOfSource } from './shard-digests.ts';
import type { SignedFile, SignedManifest } from './signed-manifest.ts';
import { ignoring } from './signed-path.ts';

/** What a comparison needs besides the artefact. */
export interface SignedTree {
  readonly signature: SignatureFile;
  readonly manifest: SignedManifest;
  /** Paths that the caller lets a signature leave out. */
  readonly ignorePaths: readonly string[];
  readonly signal: AbortSignal;
}

type SignedFiles = ReadonlyMap<string, SignedFile>;

/** Differences named in a message. */
const MAX_NAMED = 10;

/**
 * Compares all files below the signed root with the signature: none may be missing, changed or too many. The bytes
 * that the artefact holds are the ones compared, and what is read of it later is compared as it is read.
 *
 * @returns the artefact, which reads nothing that the signature does not cover
 * @throws `ML_SIGNATURE_MISMATCH`; what reading raises
 */
export async function compareSignedFiles(artefact: Artefact, tree: SignedTree): Promise<Artefact> {
  const signed = tree.signature.kind === 'file' ? singleFile(tree) : tree.manifest.files;
  // What can be told from names alone is told before anything is read.
  const byName = await compareNames(signed, tree);
  if (byName.length > 0) throw mismatch(tree, byName);
  const checked = readsChecked(artefact, (bytes, path) => checkRead(bytes, path, { tree, signed }));
  const entries = new Set(artefact.entries);
  for (const [path, file] of signed) {
    if (entries.has(path)) await checked.read(path);
    else {
      const isMain = artefact.kind === 'file' && path === tree.signature.main;
      const isSame = isMain ? isEqualMain(artefact, file, tree) : isEqualOnDisk(path, file, tree);
      if (!(await isSame)) throw mismatch(tree, [`${shown(path, tree)} is not what was signed`]);
    }
  }
  return checked;
}

/** A file signed by itself is called `.` by the signing tool, and by its name in the specification. */
function singleFile({ signature, manifest }: SignedTree): SignedFiles {
  const [[name, file] = ['', undefined], ...more] = manifest.files;
  if (more.length === 0 && file !== undefined && (name === '.' || name === basename(signature.root))) {
    return new Map([['', file]]);
  }
  const names = [...manifest.files.keys()].slice(0, MAX_NAMED).join(', ');
  throw new AuthenticityError(
    'ML_SIGNATURE_MISMATCH',
    `${signature.path} lies beside ${basename(signature.root)} and was made for ${names}; put a folder's signature into it as model.sig`,
    { details: { path: signature.path, signed: [...manifest.files.keys()] } },
  );
}

async function compareNames(signed: SignedFiles, tree: SignedTree): Promise<string[]> {
  const { signature, manifest, ignorePaths } = tree;
  const isIgnored = ignoring([...manifest.ignorePaths, ...ignorePaths]);
  const differences: string[] = [];
  const present = new Set<string>();
  for (const { path, kind } of await signature.files()) {
    if (isIgnored(path)) continue;
    present.add(path);
    if (kind === 'other') differences.push(`${shown(path, tree)} is neither a file nor a folder`);
    else if (kind === 'link' && !manifest.allowSymlinks) {
      differences.push(`${shown(path, tree)} is a link, and the signature allows none`);
    } else if (!signed.has(path) && !(await isLeftOutOfShards(path, tree))) {
      differences.push(`${shown(path, tree)} was not signed`);
    }
  }
  for (const path of signed.keys()) {
    if (!present.has(path)) differences.push(`${shown(path, tree)} was signed and is missing`);
  }
  if (signature.main !== '' && !signed.has(signature.main) && isIgnored(signature.main)) {
    differences.push(`${shown(signature.main, tree)} is left out of the signature`);
  }
  return differences;
}

/** A file without bytes has no shards, and so it is not listed. */
async function isLeftOutOfShards(path: string, { signature, manifest }: SignedTree): Promise<boolean> {
  if (manifest.shardSize === undefined) return false;
  const file = await signature.open(path);
  await file.close();
  return file.size === 0;
}

async function isEqualMain(
  { bytes, slices, size, sha256 }: Artefact,
  file: SignedFile,
  { manifest, signal }: SignedTree,
): Promise<boolean> {
  const { hash, shardSize } = manifest;
  if (file.size !== undefined && file.size !== size) return false;
  if (shardSize === undefined && hash === 'sha256' && slices === undefined) return isEqual([sha256], file);
  if (slices === undefined) return isEqualBytes(bytes, file, manifest);
  if (shardSize === undefined) return isEqual([await slices.digest(hash, signal)], file);
  return isEqual(await digestsOfSource(slices, hash, shardSize), file);
}

/** For files that no loader was given. If one asks for them later, those bytes are compared too. */
async function isEqualOnDisk(
  path: string,
  file: SignedFile,
  { signature, manifest, signal }: SignedTree,
): Promise<boolean> {
  const { hash, shardSize } = manifest;
  const opened = await signature.open(path);
  try {
    if (file.size !== undefined && file.size !== opened.size) return false;
    const digests =
      shardSize === undefined ? [await opened.digest(hash, signal)] : await digestsOfSource(opened, hash, shardSize);
    return isEqual(digests, file);
  } finally {
    await opened.close();
  }
}

async function isEqualBytes(
  bytes: Uint8Array,
  file: SignedFile,
  { hash, shardSize }: SignedManifest,
): Promise<boolean> {
  return isEqual(await digestsOfBytes(bytes, hash, shardSize), file);
}

function isEqual(digests: readonly string[], { digests: signed }: SignedFile): boolean {
  return digests.length === signed.length && digests.every((digest, i) => digest === signed[i]);
}

async function checkRead(
  bytes: Uint8Array,
  path: string,
  { tree, signed }: { readonly tree: SignedTree; readonly signed: SignedFiles },
): Promise<void> {
  const file = tree.signature.kind === 'file' ? undefined : signed.get(path);
  const isEmpty = file === undefined && tree.manifest.shardSize !== undefined && bytes.length === 0;
  if (isEmpty || (file !== undefined && (await isEqualBytes(bytes, file, tree.manifest)))) return;
  const what = file === undefined ? 'is needed by the model and was not signed with it' : 'is not what was signed';
  throw mismatch(tree, [`${path} ${what}`]);
}

function shown(path: string, { signature }: SignedTree): string {
  return path === '' ? basename(signature.root) : JSON.stringify(path);
}

function mismatch({ signature }: SignedTree, differences: readonly string[]): AuthenticityError {
  const named = differences.slice(0, MAX_NAMED).join('; ');
  const more = differences.length > MAX_NAMED ? `; and ${differences.length - MAX_NAMED} more` : '';
  return new AuthenticityError(
    'ML_SIGNATURE_MISMATCH',
    `the files are not those of ${signature.path}: ${named}${more}. Restore them, or sign again after making sure what changed`,
    { details: { path: signature.path, differences } },
  );
}
