import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join, resolve } from 'node:path';

/**
 * Where an interpreter has its packages, in the order in which it looks for them, found without starting it: by the layouts
 * of virtual environments, of installations and of Debian. Empty where there is no interpreter, or it has another layout.
 *
 * @param python a path, or a name that is looked for on the path
 */
export async function siteFolders(python: string): Promise<readonly string[]> {
  const file = await interpreterFile(python);
  if (file === undefined) return [];
  const found = (await environmentFolders(file)) ?? (await installationFolders(await realpath(file)));
  const there = await Promise.all(found.map((folder) => realpath(folder).catch(() => undefined)));
  // `lib64` may be another name of `lib`.
  return [...new Set(there)].filter((folder) => folder !== undefined);
}

async function interpreterFile(python: string): Promise<string | undefined> {
  const named = basename(python) === python;
  const folders = named ? (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '') : ['.'];
  for (const folder of folders) {
    for (const path of [resolve(folder, python), resolve(folder, `${python}.exe`)]) {
      if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
    }
  }
  return undefined;
}

/** Of a virtual environment; `undefined` for what is none. */
async function environmentFolders(file: string): Promise<string[] | undefined> {
  for (const prefix of [dirname(dirname(file)), dirname(file)]) {
    const text = await readFile(join(prefix, 'pyvenv.cfg'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const lines = text.split(/\r?\n/).map((line) => line.split('=', 2).map((part) => part.trim()));
    const said = new Map(lines.map(([key = '', value = '']) => [key.toLowerCase(), value]));
    const version = said.get('version') ?? said.get('version_info');
    const own = await libraryFolders(prefix, /^3\.\d+/.exec(version ?? '')?.[0], ['site-packages']);
    const home = said.get('home');
    if (said.get('include-system-site-packages')?.toLowerCase() !== 'true' || home === undefined) return own;
    const below = await interpreterFile(join(home, basename(file)));
    return [...own, ...(below === undefined ? [] : await installationFolders(await realpath(below)))];
  }
  return undefined;
}

async function installationFolders(file: string): Promise<string[]> {
  const prefix = dirname(dirname(file));
  const version = /^python(3\.\d+)/.exec(basename(file))?.[1];
  const own = await libraryFolders(prefix, version, ['site-packages', 'dist-packages']);
  const local = await libraryFolders(join(prefix, 'local'), version, ['site-packages', 'dist-packages']);
  return [
    ...local,
    ...own,
    join(prefix, 'lib', 'python3', 'dist-packages'),
    join(dirname(file), 'Lib', 'site-packages'),
  ];
}

/** Below a prefix: of this version of Python, or of the only one that is there. */
async function libraryFolders(
  prefix: string,
  version: string | undefined,
  names: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const library of ['lib', 'lib64']) {
    const versions = (await readdir(join(prefix, library)).catch(() => [])).filter((name) =>
      /^python3\.\d+t?$/.test(name),
    );
    const [only, another] = version === undefined ? versions : versions.filter((name) => name === `python${version}`);
    if (only === undefined || another !== undefined) continue;
    found.push(...names.map((name) => join(prefix, library, only, name)));
  }
  return [...found, join(prefix, 'Lib', 'site-packages')];
}
