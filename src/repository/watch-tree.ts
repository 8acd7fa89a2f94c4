import { join, relative, sep } from 'node:path';
import { JOURNAL_ID, OWN_FOLDER } from './change-journal.ts';
import { isTemporary } from './scan-tree.ts';

/** Changes that arrive within this time are told together. */
const SETTLE_MS = 50;
/** More changes than this at once, and the whole tree is looked at again. */
const MAX_SINGLE = 1_000;

/**
 * Watches a tree with chokidar, which is imported now. A file counts as changed when its size has
 * been stable for a moment.
 *
 * @param onChange paths relative to the root, POSIX separators; `undefined` where changes may have been missed
 * @returns a function that stops watching
 */
export async function watchTree(
  root: string,
  onChange: (ids: readonly string[] | undefined) => void,
): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar');
  // The end of a change is told by its journal; what it put may have been looked at before.
  const [own, journal] = [join(root, OWN_FOLDER), join(root, JOURNAL_ID)];
  const isIgnored = (path: string): boolean => {
    if (path === root || path === own || path === journal) return false;
    return path.startsWith(`${own}${sep}`) || isTemporary(path.slice(path.lastIndexOf(sep) + 1));
  };
  const changed = new Set<string>();
  let missed = false;
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => isIgnored(path),
    awaitWriteFinish: { stabilityThreshold: 100, pollInterval: 25 },
  });
  const tell = (): void => {
    timer = undefined;
    const ids = missed ? undefined : [...changed];
    changed.clear();
    missed = false;
    onChange(ids);
  };
  // Without a listener an error of the watcher, such as too many watches, would end the process.
  watcher.on('error', () => {
    missed = true;
    timer ??= setTimeout(tell, SETTLE_MS).unref();
  });
  watcher.on('all', (event, path) => {
    if (event !== 'add' && event !== 'change' && event !== 'unlink') return;
    if (changed.size >= MAX_SINGLE) missed = true;
    changed.add(relative(root, path).split(sep).join('/'));
    timer ??= setTimeout(tell, SETTLE_MS).unref();
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
