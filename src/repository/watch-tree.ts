import { relative, sep } from 'node:path';
import { isTemporary } from './scan-tree.ts';

/** Changes that arrive within this time are told together. */
const SETTLE_MS = 50;

/**
 * Watches a tree with chokidar, which is imported now. A file counts as changed when its size has
 * been stable for a moment.
 *
 * @param onChange paths relative to the root, POSIX separators
 * @returns a function that stops watching
 */
export async function watchTree(
  root: string,
  onChange: (ids: readonly string[]) => void,
): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar');
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => path !== root && isTemporary(path.slice(path.lastIndexOf(sep) + 1)),
    awaitWriteFinish: { stabilityThreshold: 100, pollInterval: 25 },
  });
  const tell = (): void => {
    timer = undefined;
    const ids = [...changed];
    changed.clear();
    onChange(ids);
  };
  watcher.on('all', (event, path) => {
    if (event !== 'add' && event !== 'change' && event !== 'unlink') return;
    changed.add(relative(root, path).split(sep).join('/'));
    timer ??= setTimeout(tell, SETTLE_MS).unref();
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
