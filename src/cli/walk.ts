import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a path given on the command line stands for. */
export interface PathFiles {
  readonly isDirectory: boolean;
  /** The file itself, or every file below the directory, as found; a missing path is one file. */
  readonly paths: AsyncIterable<string>;
}

/** The files that a path stands for. Links to files count as files; links to directories are left out. */
export async function filesBelow(path: string): Promise<PathFiles> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return { isDirectory, paths: isDirectory ? walk(path) : one(path) };
}

async function* one(path: string): AsyncGenerator<string> {
  yield path;
}

/** Directories are kept in a list, so that depth costs no stack, and read one after another. */
async function* walk(root: string): AsyncGenerator<string> {
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      // What cannot be looked at must not pass unseen: the scan says why.
      yield folder;
      continue;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const folders: string[] = [];
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path)))) yield path;
    }
    waiting.push(...folders.reverse());
  }
}

async function leadsToFile(path: string): Promise<boolean> {
  const target = await stat(path).catch(() => lstat(path));
  return !target.isDirectory();
}
