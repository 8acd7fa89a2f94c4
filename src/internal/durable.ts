import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a file system says that has no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** The code of an error of the operating system. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Whether an error is of the operating system, and not of a module or a program. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && errnoOf(error) !== undefined;
}

/** Makes sure that the names in a folder survive a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; its file systems keep the order of such changes themselves.
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes a folder with those above it; each new name is on the disk before this returns. Gives the new ones, outermost first. */
export async function makeFolders(path: string): Promise<string[]> {
  if (await exists(path)) return [];
  const above = await makeFolders(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return above;
    throw error;
  }
  await syncFolder(dirname(path));
  return [...above, path];
}

/** Creates a file that must not exist, lets it be written, and waits until the disk has it. */
export async function writeNew<T>(path: string, write: (file: FileHandle) => Promise<T>, mode = 0o644): Promise<T> {
  const file = await open(path, 'wx', mode);
  try {
    const result = await write(file);
    await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

/**
 * Replaces a small file as a whole: readers see the old or the new one, and after a loss of power one of both is there.
 * Two writers at the same time must be kept apart.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = hiddenBeside(path);
  await rm(temporary, { force: true });
  await writeNew(temporary, (file) => file.writeFile(text));
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** `replaceFile` for writers that nobody keeps apart: the last one wins. Nothing is left of one that fails. */
export async function replaceFileAmongOthers(path: string, text: string): Promise<void> {
  const temporary = hiddenBeside(path, unique());
  await cleaningUp(temporary, async () => {
    await writeNew(temporary, (file) => file.writeFile(text));
    await rename(temporary, path);
    await syncFolder(dirname(path));
  });
}

/**
 * Writes a file that is complete when it appears, and takes no other's place. Nothing is left of one that fails.
 *
 * @throws an error with the code `EEXIST` where the name is taken
 */
export async function writeAsNew<T>(path: string, write: (file: FileHandle) => Promise<T>, mode?: number): Promise<T> {
  const temporary = hiddenBeside(path, unique());
  return cleaningUp(temporary, async () => {
    const result = await writeNew(temporary, write, mode);
    await moveToNew(temporary, path);
    await syncFolder(dirname(path));
    return result;
  });
}

function hiddenBeside(path: string, mark = ''): string {
  return join(dirname(path), `.${basename(path)}${mark}.tmp`);
}

function unique(): string {
  return `.${process.pid}-${Math.random().toString(36).slice(2, 12)}`;
}

async function cleaningUp<T>(temporary: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What made the work fail counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Moves a file to a name that must not be taken, in one step.
 *
 * @throws an error with the code `EEXIST` where it is
 */
export async function moveToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error) ?? '')) throw error;
    if (await exists(to))
      throw Object.assign(new Error(`${to} exists`, { cause: error }), { code: 'EEXIST', syscall: 'link' });
    return rename(from, to);
  }
  await unlink(from);
}

/** Gives a file a second name, or where that cannot be, another one. */
export async function keepAs(from: string, kept: string): Promise<void> {
  try {
    await link(from, kept);
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error) ?? '')) throw error;
    await rename(from, kept);
  }
}

/** Whether something of that name is there, a link included. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

/** Whether two names are of one file. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([lstat(a, { bigint: true }), lstat(b, { bigint: true })]);
  return one.ino === other.ino && one.dev === other.dev;
}
