import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  // Whoever can change the metadata can change what is asked of the file.
  const beside = top === undefined ? [] : [join(top, 'metadata', 'any')];
  for (const path of [...paths, ...beside]) {
    // Whoever reads the file finds out that it is gone.
    const folder = await resolveLinks(dirname(path)).catch(() => top);
    for (let at = folder ?? dirname(path); !told.has(at); at = dirname(at)) {
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
