import { rm, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PublishError } from '../errors/publish-error.ts';
import { JOURNAL_ID, OWN_FOLDER, readChangeJournal } from '../repository/change-journal.ts';
import { isPlainRelative } from '../repository/contained-path.ts';
import { readSmallFile } from '../repository/read-small-file.ts';
import { type ChangeStep, undoSteps } from './change-steps.ts';
import { errnoOf, exists, makeFolders, replaceFile, writeNew } from '../internal/durable.ts';

/** Folder for what is not in its place yet or no more: in every area, so that a rename stays on one file system. */
export const STAGING = '.staging';

/** A change as the journal keeps it: enough to undo it. */
export interface LoggedChange {
  /** Who is changing: a random word. */
  readonly token: string;
  readonly moving: readonly string[];
  readonly steps: readonly ChangeStep[];
  readonly folders: readonly string[];
}

interface Journal extends LoggedChange {
  readonly format: 1;
  readonly sequence: number;
}

const NO_CHANGE: LoggedChange = { token: '', moving: [], steps: [], folders: [] };

/** The library's own folder in a models directory; Git is told to leave it alone. */
export async function makeOwnFolder(root: string): Promise<void> {
  const made = await makeFolders(join(root, OWN_FOLDER));
  if (made.length === 0) return;
  await writeNew(join(root, OWN_FOLDER, '.gitignore'), (file) => file.writeFile('*\n'));
}

/** Says what begins to change: from now on readers do not see it. */
export function logBegin(root: string, change: LoggedChange): Promise<void> {
  return log(root, change);
}

/** Says that nothing is changing: from now on readers see what there is. */
export function logEnd(root: string): Promise<void> {
  return log(root, NO_CHANGE);
}

/** Who is changing the models directory, as its journal says; empty where nobody is. */
export function tokenInLog(root: string): string {
  return readLog(root)?.token ?? '';
}

/**
 * Undoes a change that was not completed, and removes what earlier ones left. Only for who holds the lock.
 *
 * @returns ids of what the change had begun to move; empty where there was none
 */
export async function undoInterrupted(root: string): Promise<readonly string[]> {
  const logged = readLog(root);
  const begun = logged !== undefined && logged.token !== '';
  if (begun) {
    await undoSteps(root, logged.steps, logged.folders);
    await logEnd(root);
  }
  await sweepStaging(root);
  return begun ? logged.moving : [];
}

/**
 * Removes what is staged or kept, of a change that is not under way.
 *
 * @param token of one change; all of them where it is left out
 */
export async function sweepStaging(root: string, token = ''): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true });
  const areas = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  for (const area of ['', ...areas]) {
    if (area !== STAGING) await removeAll(join(root, area, STAGING, token));
  }
}

async function log(root: string, change: LoggedChange): Promise<void> {
  await makeOwnFolder(root);
  const journal: Journal = { format: 1, sequence: readChangeJournal(root).sequence + 1, ...change };
  await replaceFile(join(root, JOURNAL_ID), `${JSON.stringify(journal)}\n`);
}

function readLog(root: string): Journal | undefined {
  if (readChangeJournal(root).sequence === 0) return undefined;
  const journal = JSON.parse(readSmallFile(join(root, JOURNAL_ID), Number.MAX_SAFE_INTEGER)) as Journal;
  const paths = journal.steps.flatMap(({ id, staged, kept }) => [id, staged, kept]).concat(journal.folders);
  // Whoever wrote it could write the models too, but nothing outside of their directory.
  for (const path of paths) {
    if (path !== undefined && !isPlainRelative(path))
      throw new PublishError(
        'ML_PUBLISH_FAILED',
        `${JOURNAL_ID} names ${JSON.stringify(path)}, which leaves the directory: it is not ours; look at what happened here, then delete it`,
        { details: { path } },
      );
  }
  return journal;
}

async function removeAll(path: string): Promise<void> {
  try {
    if (await exists(path)) await rm(path, { recursive: true, force: true });
  } catch (error) {
    // A link that leads nowhere, or a file system that is read-only there.
    if (errnoOf(error) !== 'ENOTDIR' && errnoOf(error) !== 'EROFS') throw error;
  }
}
