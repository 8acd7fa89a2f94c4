import { readdir } from 'node:fs/promises';
import { siteFolders } from './site-folders.ts';

/** A folder that an installer leaves beside a package: `numpy-2.1.0.dist-info`, `scipy-1.9-py3.11.egg-info`. */
const INSTALLED = /^(.+?)-(\d[^-]*)(?:-[^-]*)?\.(?:dist|egg)-info$/;

/**
 * The versions of these packages that an interpreter of the user's own holds, found without starting it, and the folders'
 * Python with them: `python3.11 numpy==2.1.0 ...`. `undefined` where one of them was not found: there is no interpreter,
 * it cannot convert, or it keeps its packages where nobody would look (`.pth` files, import hooks).
 *
 * @param packages names as the package registry has them
 */
export async function heldPackages(python: string, packages: readonly string[]): Promise<string | undefined> {
  const wanted = new Set(packages.map(normalized));
  const found: string[] = [];
  const missing = new Set(wanted);
  for (const folder of await siteFolders(python)) {
    const version = /python3\.\d+t?/.exec(folder)?.[0];
    const entries: string[] = await readdir(folder).catch(() => []);
    for (const entry of entries.sort()) {
      const [, name = '', number = ''] = INSTALLED.exec(entry) ?? [];
      if (!wanted.has(normalized(name))) continue;
      missing.delete(normalized(name));
      found.push(`${version ?? 'python'} ${normalized(name)}==${number}`);
    }
  }
  return wanted.size > 0 && missing.size === 0 ? found.join(' ') : undefined;
}

/** The one spelling of a package's many. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
