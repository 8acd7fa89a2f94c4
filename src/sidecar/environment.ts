import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError } from '../errors/aborted-error.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import { askInterpreter, findInterpreter, type Interpreter } from './interpreter.ts';
import type { LockFile } from './lock-file.ts';
import { withProcessLock } from './process-lock.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { runWorker } from './run-worker.ts';
import { sandboxPolicy } from './sandbox-policy.ts';

/** Milliseconds for the installation of packages. */
const INSTALL_MS = 15 * 60_000;
const CHECK_MS = 120_000;

/** What setting up takes from its surroundings. */
export interface SetupOptions {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** Where the environment of a lock file is; it need not exist. */
export function environmentFolder(cacheDir: string, lock: LockFile): string {
  return join(cacheDir, 'python', `${lock.name}-${lock.sha256.slice(0, 12)}`);
}

/** The interpreter of an environment that was set up completely, or `undefined`. */
export function readyEnvironment(cacheDir: string, lock: LockFile): string | undefined {
  const folder = environmentFolder(cacheDir, lock);
  return existsSync(join(folder, 'ready.json')) ? pythonIn(folder) : undefined;
}

/**
 * Makes the environment of a lock file, once for all processes that share the folder: exactly the packages of the lock,
 * compared with its hashes, wheels only so that no code of theirs runs while they are installed.
 *
 * @returns path of its interpreter
 * @throws `ML_SIDECAR_NO_PYTHON`, `ML_SIDECAR_SETUP`, `ML_SIDECAR_TIMEOUT`, `ML_ABORTED`
 */
export async function setUpEnvironment(lock: LockFile, options: SetupOptions): Promise<string> {
  const { cacheDir, signal, onProgress } = options;
  const folder = environmentFolder(cacheDir, lock);
  const waiting = {
    signal,
    timeoutMs: INSTALL_MS,
    onWait: (holder: string) => onProgress(`waiting for ${holder}, which sets up ${lock.name}`),
  };
  try {
    return await withProcessLock(`${folder}.lock`, waiting, async () => {
      const ready = readyEnvironment(cacheDir, lock);
      if (ready !== undefined) return ready;
      // What is there without its mark was left by one who did not finish.
      await rm(folder, { recursive: true, force: true });
      try {
        await install(lock, folder, options);
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      return pythonIn(folder);
    });
  } catch (error) {
    if (signal.aborted) throw new AbortedError('ML_ABORTED', 'the setup was aborted by its signal', { cause: error });
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof Error && code !== undefined && !code.startsWith('ML_')) throw notWritable(folder, error);
    throw error;
  }
}

async function install(lock: LockFile, folder: string, options: SetupOptions): Promise<void> {
  const { signal, onProgress } = options;
  const base = await baseInterpreter(lock, signal);
  const python = pythonIn(folder);
  await mkdir(folder, { recursive: true });
  const limits = { signal, timeoutMs: INSTALL_MS };
  const uv = (await runProgram('uv', ['--version'], { signal, timeoutMs: CHECK_MS })).code === 0;
  onProgress(`making an environment of Python ${base.version} for ${lock.name}${uv ? ' with uv' : ''}`);
  const wheels = ['--require-hashes', '--only-binary', ':all:', '-r', lock.path];
  const steps = uv
    ? [
        ['uv', 'venv', '--quiet', '--allow-existing', '--python', base.path, folder],
        ['uv', 'pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...wheels],
      ]
    : [
        [base.path, '-I', '-m', 'venv', folder],
        [python, '-I', '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', ...wheels],
      ];
  for (const [command = '', ...args] of steps) {
    onProgress(`running ${[command, ...args].join(' ')}`);
    // The worker writes no bytecode, and without any it would compile every module each time: pip does it by itself.
    const end = await runProgram(command, args, limits);
    if (end.code !== 0) throw notInstalled(lock, [command, ...args], end);
  }
  await markReady(lock, folder, signal);
}

async function baseInterpreter(lock: LockFile, signal: AbortSignal): Promise<Interpreter> {
  const base = await findInterpreter(lock.python, signal);
  return askInterpreter(base.path, signal);
}

/** Written last, under its name at once: an environment is there as a whole or not at all. */
async function markReady(lock: LockFile, folder: string, signal: AbortSignal): Promise<void> {
  const model = new Uint8Array(0);
  const { packages, python } = await runWorker({
    python: pythonIn(folder),
    task: 'check',
    parameters: { packages: lock.packages },
    model,
    sha256: createHash('sha256').update(model).digest('hex'),
    sandbox: sandboxPolicy('best-effort', { timeoutMs: CHECK_MS }),
    timeoutMs: CHECK_MS,
    maxOutputBytes: 2 ** 20,
    signal,
    onProgress: () => undefined,
  });
  const absent = lock.packages.filter((name) => typeof packages[name] !== 'string');
  if (absent.length > 0 || packages[lock.packages[0] ?? ''] !== lock.version) {
    throw new SidecarError(
      'ML_SIDECAR_SETUP',
      `the environment of ${lock.name} has not what was installed: ${JSON.stringify(packages)}; try again, and look at the configuration of uv and pip on this machine`,
      { details: { packages, lock: lock.name } },
    );
  }
  const mark = join(folder, 'ready.json');
  await writeFile(`${mark}.new`, JSON.stringify({ lock: lock.name, sha256: lock.sha256, python, packages }));
  await rename(`${mark}.new`, mark);
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

function notInstalled(lock: LockFile, command: readonly string[], { stderr, code }: ProgramEnd): SidecarError {
  const said = stderr.trim().slice(-600) || `exit code ${code}`;
  return new SidecarError(
    'ML_SIDECAR_SETUP',
    `the packages of ${lock.name} could not be installed: ${said}. Nothing was kept; where there is no network, set ML_PYTHON to an interpreter that has them`,
    { details: { command: command.join(' '), lock: lock.name } },
  );
}

function notWritable(folder: string, cause: Error): SidecarError {
  return new SidecarError(
    'ML_SIDECAR_SETUP',
    `${folder} cannot be made (${cause.message}); set ML_CACHE_DIR to a folder that can be written and has room`,
    { cause, details: { folder } },
  );
}
