import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileView, type Shown, type ViewKind } from './file-view.ts';
import type { OuterWallFound } from './outer-wall.ts';
import { runProgram } from './run-program.ts';

/** No network, processes of its own, no rights, and an end together with this process. */
const CLOSED = ['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'];
/** Milliseconds for an empty program to start. */
const PATIENCE_MS = 20_000;
const FOLDERS =
  'import json, sys; print(json.dumps([p for p in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sys.path} if p]))';

/** Walls that were tried out, for as long as this process lives. What is missing may come, and is looked for again. */
const known = new Map<string, Promise<OuterWallFound>>();

/** An interpreter that is to be walled in. */
export interface Walled {
  /** Its path. */
  readonly python: string;
  /** Whether its packages are wheels that the library installed, which need nothing beside them and the system. */
  readonly wheelsOnly: boolean;
}

/**
 * The wall that bubblewrap makes around an interpreter on this machine. Whether it can is found out by starting the
 * interpreter in it, once: systems forbid what it needs in many ways. Never rejects.
 */
export async function bubblewrapAround(walled: Walled): Promise<OuterWallFound> {
  const { python, wheelsOnly } = walled;
  const key = JSON.stringify([python, wheelsOnly, process.env['PATH']]);
  const trying = known.get(key) ?? tryOut(walled);
  known.set(key, trying);
  const found = await trying;
  if ('missing' in found) known.delete(key);
  return found;
}

async function tryOut({ python, wheelsOnly }: Walled): Promise<OuterWallFound> {
  if (process.platform !== 'linux') return { missing: `${process.platform} does not have it` };
  const command = programOnPath('bwrap');
  if (command === undefined) return { missing: 'there is no program bwrap on the path' };
  const shown = await shownOf(python);
  if (shown === undefined) return { missing: `${python} does not say where its files are` };
  const kinds: readonly ViewKind[] = wheelsOnly ? ['minimal', 'wide'] : ['wide'];
  let said = '';
  for (const kind of kinds) {
    const args = [...CLOSED, ...fileView(kind, shown), '--setenv', 'TMPDIR', '/tmp', '--chdir', '/'];
    const trial = ['--', python, '-I', '-B', '-c', 'import ctypes, hashlib, zlib'];
    const { code, stderr } = await runProgram(command, [...args, ...trial], quietly());
    if (code === 0) return { wall: { command, args } };
    said = stderr.trim().split('\n').at(-1) || `exit code ${code}`;
  }
  return { missing: `${command} does not work here: ${said}` };
}

async function shownOf(python: string): Promise<Shown | undefined> {
  const { code, stdout } = await runProgram(python, ['-I', '-B', '-c', FOLDERS], quietly());
  if (code !== 0) return undefined;
  try {
    return { python, folders: (JSON.parse(stdout) as unknown[]).map(String) };
  } catch {
    return undefined;
  }
}

/** Folders that are named relative to the working directory are not looked into: anybody may have put a file there. */
function programOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The answer is for all who ask later too: no single caller's abort ends it. */
function quietly(): { readonly signal: AbortSignal; readonly timeoutMs: number } {
  return { signal: new AbortController().signal, timeoutMs: PATIENCE_MS };
}
