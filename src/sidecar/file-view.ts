import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, resolve, sep } from 'node:path';

/** Where systems keep shared libraries and what finds them; nothing here is anybody's own. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/nix/store',
  '/gnu/store',
  '/etc/ld.so.cache',
  '/etc/alternatives',
];
/** What numeric libraries look up to know the processor. */
const PROCESSOR = '/sys/devices/system/cpu';
/** Links from one to the next that are followed. */
const MAX_LINKS = 40;

/** What of the file system a worker sees. */
export type ViewKind = 'minimal' | 'wide';

/** What of an interpreter must be seen. */
export interface Shown {
  /** Path of the interpreter, as it will be started. */
  readonly python: string;
  /** Its prefixes and where it looks for modules. */
  readonly folders: readonly string[];
}

/**
 * Options of bubblewrap for what a worker sees, read-only all of it.
 *
 * `minimal`: the system's libraries and the interpreter with its packages. `wide`: everything but homes, temporary and
 * runtime files, for interpreters whose packages may need files that nobody can list.
 */
export function fileView(kind: ViewKind, { python, folders }: Shown): string[] {
  const home = homedir();
  // What shows a whole home is no wall; the interpreter does not start then, which is noticed.
  const shown = distinct([...folders, ...linksOf(python)])
    .filter((path) => !isWithin(home, path))
    .flatMap(bind);
  const devices = ['--dev', '/dev', '--proc', '/proc'];
  if (kind === 'minimal') {
    return [...[...SYSTEM, PROCESSOR].flatMap(bind), ...devices, '--tmpfs', '/tmp', ...shown];
  }
  const hidden = distinct([home, '/home', '/root', '/run', '/var/tmp', '/tmp', tmpdir()]).filter(
    (path) => !SYSTEM.some((folder) => isWithin(path, folder)),
  );
  return ['--ro-bind', '/', '/', ...devices, ...hidden.flatMap((path) => ['--tmpfs', path]), ...shown];
}

/** Shows a file or folder where there is one. */
export function bind(path: string): string[] {
  return ['--ro-bind-try', path, path];
}

/** The interpreter's links, each in its folder, down to the file itself. */
function linksOf(python: string): string[] {
  const found: string[] = [];
  let path = python;
  for (let i = 0; i < MAX_LINKS; i += 1) {
    found.push(dirname(path));
    try {
      path = resolve(dirname(path), readlinkSync(path));
    } catch {
      break;
    }
  }
  return found;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** Folders that are there, shortest first, and none that the whole system would be shown or hidden by. */
function distinct(paths: readonly string[]): string[] {
  const there = paths.filter((path) => isAbsolute(path) && existsSync(path) && realpathSync(path) !== sep);
  return [...new Set(there)].sort((a, b) => a.length - b.length);
}
