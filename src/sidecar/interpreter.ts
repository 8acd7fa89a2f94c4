import { SidecarError } from '../errors/sidecar-error.ts';
import { runProgram } from './run-program.ts';

/** A Python on this machine. */
export interface Interpreter {
  /** As `sys.executable` has it. */
  readonly path: string;
  /** E.g. `3.11.7`. */
  readonly version: string;
  /** The 11 of it. */
  readonly minor: number;
}

const QUESTION = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';
/** Milliseconds for an interpreter to say who it is. */
const PATIENCE_MS = 20_000;

/**
 * Asks an interpreter for its version.
 *
 * @throws `ML_SIDECAR_NO_PYTHON` if it does not start or is no Python 3
 */
export async function askInterpreter(python: string, signal: AbortSignal): Promise<Interpreter> {
  const { code, stdout, stderr } = await runProgram(python, ['-I', '-B', '-c', QUESTION], {
    signal,
    timeoutMs: PATIENCE_MS,
  });
  const [path = '', version = ''] = stdout.trim().split(/\r?\n/);
  const minor = Number(/^3\.(\d+)\.\d+$/.exec(version)?.[1]);
  if (code === 0 && path !== '' && Number.isInteger(minor)) return { path, version, minor };
  const reason = stderr.trim().split('\n').at(-1) || version || `exit code ${code}`;
  throw new SidecarError(
    'ML_SIDECAR_NO_PYTHON',
    `${python} is no Python 3 that starts (${reason}); install one, or set ML_PYTHON to its path`,
    { details: { python } },
  );
}

/**
 * The first interpreter on the path whose version is in the range.
 *
 * @param range first and last minor version of Python 3
 * @throws `ML_SIDECAR_NO_PYTHON` naming the versions that would do and those there are
 */
export async function findInterpreter(range: readonly [number, number], signal: AbortSignal): Promise<Interpreter> {
  const [first, last] = range;
  const minors = Array.from({ length: last - first + 1 }, (_, i) => `python3.${last - i}`);
  const seen: string[] = [];
  for (const name of ['python3', ...minors]) {
    const found = await askInterpreter(name, signal).catch(() => undefined);
    if (found === undefined) continue;
    if (found.minor >= first && found.minor <= last) return found;
    seen.push(found.version);
  }
  throw new SidecarError(
    'ML_SIDECAR_NO_PYTHON',
    `the packages for this file need Python 3.${first} to 3.${last}; ${seen.length === 0 ? 'no python3 was found' : `found only ${seen.join(', ')}`}. Install one, or set ML_PYTHON to an interpreter that has the packages`,
    { details: { needed: range, found: seen } },
  );
}
