import { AuthenticityError } from '../errors/authenticity-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import { digestOf } from './checksum.ts';
import { entryOf, type LockedModel, type ModelsLock } from './models-lock.ts';
import { readsChecked } from './reads-checked.ts';

/** Which model of a lock an artefact is to be. */
export interface LockSubject {
  /** Path below the models directory, as in the lock; `undefined` where it lies elsewhere. */
  readonly id: string | undefined;
  /** Name and version that the repository gives the file; `undefined` where the caller chose the file itself. */
  readonly named: { readonly name: string; readonly version: string | undefined } | undefined;
  /** Digests of the metadata files that were read for it, by path; `undefined` where no repository read any. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

/** A lock and where it is, for messages. */
export interface LockAt {
  readonly lock: ModelsLock;
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * Compares an artefact with a lock: its name and version, its bytes, the metadata that was read for it, and what is
 * read beside it later.
 *
 * @returns the artefact, which reads nothing that is not pinned; `undefined` where the lock does not list the model
 * @throws `ML_LOCK_MISMATCH`; on later reads also `ML_LOCK_MISSING`
 */
export async function checkLock(artefact: Artefact, subject: LockSubject, at: LockAt): Promise<Artefact | undefined> {
  const { id } = subject;
  const locked = id === undefined ? undefined : entryOf(at.lock.models, id);
  if (id === undefined || locked === undefined) return undefined;
  checkName(id, locked, { subject, at });
  checkMetadata(id, locked, { subject, at });
  await checkBytes(artefact, id, { locked, at });
  // A directory's digest covers all its files, and those bytes are in memory.
  if (artefact.kind === 'directory') return artefact;
  const folder = id.slice(0, id.lastIndexOf('/') + 1);
  return readsChecked(artefact, (bytes, path) => checkCompanion(bytes, `${folder}${path}`, at));
}

interface Expected {
  readonly subject: LockSubject;
  readonly at: LockAt;
}

function checkName(id: string, { name, version }: LockedModel, { subject: { named }, at }: Expected): void {
  if (named === undefined || (named.name === name && (named.version ?? null) === version)) return;
  const found = `${named.name} ${named.version ?? 'without version'}`;
  throw mismatch(
    at,
    id,
    `it is pinned as ${name} ${version ?? 'without version'}, and the directory calls it ${found}`,
  );
}

function checkMetadata(id: string, { metadata }: LockedModel, { subject, at }: Expected): void {
  if (subject.metadata === undefined) return;
  for (const file of metadata) {
    if (!Object.hasOwn(subject.metadata, file))
      throw mismatch(at, id, `its metadata ${file} is missing or is not its own`);
  }
  for (const [file, digest] of Object.entries(subject.metadata)) {
    if (!metadata.includes(file)) throw mismatch(at, id, `${file} speaks of it and is not pinned for it`);
    if (entryOf(at.lock.files, file)?.sha256 !== digest) throw mismatch(at, id, `its metadata ${file} was changed`);
  }
}

async function checkBytes(
  artefact: Artefact,
  id: string,
  { locked, at }: { readonly locked: LockedModel; readonly at: LockAt },
): Promise<void> {
  const { size, slices } = artefact;
  if (size !== locked.bytes) throw mismatch(at, id, `it has ${size} bytes, ${locked.bytes} are pinned`);
  const sha256 = slices === undefined ? artefact.sha256 : await slices.digest('sha256', at.signal);
  if (sha256 === locked.sha256) return;
  const changed = await changedFiles(artefact, locked.files ?? {});
  throw mismatch(at, id, `its sha256 is ${sha256}, pinned is ${locked.sha256}${changed}`);
}

/** For the message only: the digest of a directory does not tell which of its files differs. */
async function changedFiles(artefact: Artefact, pinned: Readonly<Record<string, string>>): Promise<string> {
  if (artefact.entries.length === 0) return '';
  const changed: string[] = [];
  for (const entry of artefact.entries) {
    if (entryOf(pinned, entry) !== (await digestOf(await artefact.read(entry), 'sha256'))) changed.push(entry);
  }
  changed.push(...Object.keys(pinned).filter((file) => !artefact.entries.includes(file)));
  return changed.length === 0 ? '' : ` (${changed.slice(0, 10).join(', ')})`;
}

async function checkCompanion(bytes: Uint8Array, id: string, at: LockAt): Promise<void> {
  const pinned = entryOf(at.lock.files, id) ?? entryOf(at.lock.models, id);
  if (pinned === undefined) {
    throw new AuthenticityError(
      'ML_LOCK_MISSING',
      `${id}, which a model needs, is not in ${at.path}; look at where it comes from, then run npx base-ml-service lock`,
      { details: { id, lockFile: at.path } },
    );
  }
  const sha256 = await digestOf(bytes, 'sha256');
  if (sha256 !== pinned.sha256) throw mismatch(at, id, `its sha256 is ${sha256}, pinned is ${pinned.sha256}`);
}

function mismatch({ path }: LockAt, id: string, what: string): AuthenticityError {
  return new AuthenticityError(
    'ML_LOCK_MISMATCH',
    `${id} is not what ${path} pins: ${what}. Restore it; write the lock again only after making sure who changed it`,
    { details: { id, lockFile: path } },
  );
}
