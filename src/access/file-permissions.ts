import { ArtefactError } from '../errors/artefact-error.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import type { ModelWarning } from '../spec/model-loader.ts';
import type { OpenedPath } from '../spec/model-repository.ts';

/** What is done where others may write to a model file or its folders. */
export type FilePermissions = 'off' | 'warn' | 'error';

const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;
const STICKY = 0o1000;

/**
 * What the option stands for on a platform. Windows has no such modes, so nothing is checked there.
 *
 * @throws `ML_OPTIONS_INVALID` where an error was asked for that could never come
 */
export function filePermissionsOn(platform: NodeJS.Platform, wanted: FilePermissions | undefined): FilePermissions {
  if (platform !== 'win32') return wanted ?? 'warn';
  if (wanted !== 'error') return 'off';
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    "options.filePermissions must not be 'error' on Windows, where file modes say nothing of who may write; set 'off' and check the access control lists",
    { details: { path: 'options.filePermissions', value: wanted } },
  );
}

/**
 * Why a path is not for the owner alone to change, or `undefined` where it is. A group counts as others where this
 * process is not in it; root's group never does.
 */
export function whoElseWrites({ mode, gid, kind, searched }: Omit<OpenedPath, 'path'>): string | undefined {
  // In a folder like /tmp nobody can replace the files of others. But where models are looked for, one can add some.
  if (kind === 'directory' && !searched && (mode & STICKY) !== 0) return undefined;
  const shown = `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
  if ((mode & OTHERS_WRITE) !== 0) return `every user may write to it (${shown})`;
  if ((mode & GROUP_WRITE) !== 0 && !ownGroups().has(gid)) return `group ${gid} may write to it (${shown})`;
  return undefined;
}

/** Judges what is opened: warns, each path once, or throws `ML_ARTEFACT_PERMISSIONS`. `undefined`: there is nothing to do. */
export function permissionCheck(
  policy: FilePermissions,
  warn: (warning: ModelWarning) => void,
): ((opened: OpenedPath) => void) | undefined {
  if (policy === 'off') return undefined;
  const told = new Set<string>();
  return (opened) => {
    const why = whoElseWrites(opened);
    const { path } = opened;
    if (why === undefined || told.has(path)) return;
    told.add(path);
    const message = `${path}: ${why}; take the permission away: chmod go-w`;
    if (policy === 'warn') warn({ code: 'file-permissions', message });
    else throw new ArtefactError('ML_ARTEFACT_PERMISSIONS', message, { details: { path } });
  };
}

function ownGroups(): ReadonlySet<number> {
  return new Set([0, process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])]);
}
