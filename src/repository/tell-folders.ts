import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OpenedPath } from '../spec/model-repository.ts';
import { isInside } from './contained-path.ts';
import { resolveLinks, unreadable } from './read-file.ts';

/**
 * Tells of the folders that lie around paths: where somebody else can write to one of them, he can put another file in
 * the place of the one that is meant.
 *
 * @param root up to which folder; `undefined`: of each path only its own
 * @param tell refuses by throwing
 */
export async function tellFolders(
  paths: readonly string[],
  root: string | undefined,
  tell: (opened: OpenedPath) => void,
): Promise<void> {
  const top = root === undefined ? undefined : await resolveLinks(root);
  const told = new Set<string>();
  for (const path of paths) {
    for (let at = await resolveLinks(dirname(path)); !told.has(at); at = dirname(at)) {
      // Links may lead to the outside where a file was named by itself.
      if (top !== undefined && !isInside(top, at)) break;
      told.add(at);
      tell({ path: at, kind: 'directory', ...(await modeOf(at)), searched: top !== undefined });
      if (top === undefined || at === top) break;
    }
  }
}

async function modeOf(path: string): Promise<Pick<OpenedPath, 'mode' | 'gid'>> {
  try {
    const { mode, gid } = await lstat(path);
    return { mode, gid };
  } catch (error) {
    throw unreadable(path, error);
  }
}
