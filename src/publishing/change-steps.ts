import { rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PublishError } from '../errors/publish-error.ts';
import { errnoOf, exists, isSameFile, keepAs, makeFolders, moveToNew, syncFolder } from '../internal/durable.ts';

/** One step of a change. Paths are relative to the models directory, POSIX separators. */
export interface ChangeStep {
  /** The file; of `remove` also a folder. */
  readonly id: string;
  readonly kind: 'create' | 'replace' | 'remove';
  /** Where the new content lies; of `create` and `replace`. */
  readonly staged?: string | undefined;
  /** Where the old content is kept until the change is done; of `replace` and `remove`. */
  readonly kept?: string | undefined;
}

/** Folders that the steps need and that are not there yet, outermost first. */
export async function missingFolders(root: string, steps: readonly ChangeStep[]): Promise<string[]> {
  const missing = new Set<string>();
  for (const { id, kind } of steps) {
    if (kind !== 'create') continue;
    const parts = id.split('/').slice(0, -1);
    for (const [i] of parts.entries()) {
      const folder = parts.slice(0, i + 1).join('/');
      if (!missing.has(folder) && !(await exists(join(root, folder)))) missing.add(folder);
    }
  }
  return [...missing];
}

/**
 * Does the steps in order and waits until the disk has them.
 *
 * @throws `ML_PUBLISH_EXISTS` where a name was taken meanwhile; errors of the operating system
 */
export async function applySteps(root: string, steps: readonly ChangeStep[]): Promise<void> {
  for (const step of steps) await applyStep(root, step);
  await syncFoldersOf(root, steps);
}

/**
 * Undoes what was done of the steps, however far that went, and even if a part was undone before.
 *
 * @param folders those that the steps made, outermost first; removed where nothing else is in them
 */
export async function undoSteps(root: string, steps: readonly ChangeStep[], folders: readonly string[]): Promise<void> {
  for (const step of steps.toReversed()) await undoStep(root, step);
  await syncFoldersOf(root, steps);
  for (const folder of folders.toReversed()) {
    try {
      await rmdir(join(root, folder));
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
    }
  }
}

async function applyStep(root: string, { id, kind, staged = '', kept = '' }: ChangeStep): Promise<void> {
  const target = join(root, id);
  if (kind === 'remove') return rename(target, join(root, kept));
  if (kind === 'replace') {
    await keepAs(target, join(root, kept));
    return rename(join(root, staged), target);
  }
  await makeFolders(dirname(target));
  try {
    await moveToNew(join(root, staged), target);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new PublishError(
      'ML_PUBLISH_EXISTS',
      `${id} was put there meanwhile by something else; nothing was changed`,
      {
        details: { id, identical: false },
        cause: error,
      },
    );
  }
}

async function undoStep(root: string, { id, kind, staged = '', kept = '' }: ChangeStep): Promise<void> {
  const target = join(root, id);
  if (kind !== 'create') {
    const old = join(root, kept);
    // Of a `remove`, what took the name since then is someone else's.
    if ((await exists(old)) && (kind === 'replace' || !(await exists(target)))) await rename(old, target);
    return;
  }
  if (!(await exists(target))) return;
  const source = join(root, staged);
  // What was staged has left its place, or has the second name: only then is the file ours.
  if (!(await exists(source)) || (await isSameFile(source, target))) await unlink(target);
}

async function syncFoldersOf(root: string, steps: readonly ChangeStep[]): Promise<void> {
  for (const folder of new Set(steps.map(({ id }) => dirname(join(root, id))))) {
    if (await exists(folder)) await syncFolder(folder);
  }
}
