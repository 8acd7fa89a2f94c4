import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { bind } from './file-view.ts';
import { jsonFrame } from './frame-reader.ts';
import { pythonHome } from './python-home.ts';
import type { WorkerRequest } from './worker-request.ts';

const PROTOCOL = 1;
const MODEL_FD = 3;
/** Where its frames come from; what it prints goes elsewhere. */
export const RESULT_FD = 4;

/** Starts the interpreter with the worker's program, with nothing but pipes, inside of the outer wall if there is one. */
export function spawnWorker(request: WorkerRequest): ChildProcess {
  const { python, script = join(pythonHome(), 'worker.py'), outer } = request;
  const program = [python, '-I', '-B', script];
  const [command = python, ...args] =
    outer !== undefined && 'wall' in outer
      ? [outer.wall.command, ...outer.wall.args, ...bind(pythonHome()), ...bind(dirname(script)), '--', ...program]
      : program;
  return spawn(command, args, {
    // Nothing in a folder of the caller's can stand in for a module.
    cwd: '/',
    env: scrubbedEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own, so that what it may have started dies with it.
    detached: true,
  });
}

/** Sends the task and the model; the input stays open. */
export function sendRequest(child: ChildProcess, request: WorkerRequest, id: string): void {
  const { task, parameters, model, sha256, sandbox } = request;
  const { layers, memoryBytes, cpuSeconds, mode } = sandbox;
  const message = {
    ...parameters,
    protocol: PROTOCOL,
    id,
    task,
    model: { bytes: model.length, sha256 },
    sandbox: { layers, memoryBytes, cpuSeconds, require: mode === 'require' },
  };
  // A worker that ends early closes its pipes; why it ended is told by its messages or its exit code.
  for (const pipe of [child.stdin, child.stdio[MODEL_FD] as Writable]) pipe?.on('error', () => undefined);
  child.stdin?.write(jsonFrame(message));
  (child.stdio[MODEL_FD] as Writable).end(model);
}

/** Ends a worker with everything that it started; inside of an outer wall all ends with the wall. */
export function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

/** No secrets, no paths to load code from; one thread, which the walls reach. */
function scrubbedEnvironment(): NodeJS.ProcessEnv {
  const threads = ['OMP', 'OPENBLAS', 'MKL', 'NUMEXPR', 'VECLIB_MAXIMUM'];
  return {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TMPDIR: tmpdir(),
    ...Object.fromEntries(threads.map((name) => [`${name}_NUM_THREADS`, '1'])),
  };
}
