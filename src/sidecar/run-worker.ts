import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { AbortedError } from '../errors/aborted-error.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import { FrameReader, jsonFrame } from './frame-reader.ts';
import { MessageLog } from './message-log.ts';
import { pythonHome } from './python-home.ts';
import type { WorkerRequest, WorkerResult } from './worker-request.ts';

const PROTOCOL = 1;
const MODEL_FD = 3;
const RESULT_FD = 4;
/** Of the process's own output only the end is kept, for messages. */
const KEPT_OUTPUT = 4000;
/** Bytes of warnings and the like that a process may print. */
const MAX_PRINTED = 16 * 2 ** 20;

/**
 * Starts a Python process for one task and waits for its end; whatever happens, no process of its group is left.
 *
 * @throws `ML_SIDECAR_*`, `ML_ABORTED`
 */
export async function runWorker(request: WorkerRequest): Promise<WorkerResult> {
  if (request.signal.aborted) throw aborted(request.signal);
  return new Promise((resolve, reject) => new WorkerRun(request, { resolve, reject }).start());
}

interface Settle {
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerRun {
  readonly #request: WorkerRequest;
  readonly #settle: Settle;
  readonly #id = randomUUID();
  readonly #frames: FrameReader;
  readonly #log: MessageLog;
  #child: ChildProcess | undefined;
  #failure: unknown;
  #printed = '';
  #printedBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: WorkerRequest, settle: Settle) {
    this.#request = request;
    this.#settle = settle;
    this.#frames = new FrameReader(request.maxOutputBytes);
    this.#log = new MessageLog(request, this.#id);
  }

  start(): void {
    const { python, script = join(pythonHome(), 'worker.py'), signal, timeoutMs } = this.#request;
    const child = spawn(python, ['-I', '-B', script], {
      // Nothing in a folder of the caller's can stand in for a module.
      cwd: '/',
      env: scrubbedEnvironment(),
      stdio: ['pipe', 'ignore', 'pipe', 'pipe', 'pipe'],
      // A group of its own, so that what it may have started dies with it.
      detached: true,
    });
    this.#child = child;
    this.#timer = setTimeout(() => this.#fail(tooSlow(timeoutMs)), timeoutMs);
    signal.addEventListener('abort', this.#onAbort);
    child.once('error', (error) => {
      this.#fail(notStarted(python, error));
      // Without a process there is no `close` to wait for.
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once('close', (code, exitSignal) => this.#end(code, exitSignal));
    child.stderr?.on('data', (chunk: Buffer) => this.#print(chunk));
    (child.stdio[RESULT_FD] as Readable).on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#send(child);
  }

  readonly #onAbort = (): void => this.#fail(aborted(this.#request.signal));

  #send(child: ChildProcess): void {
    const { task, parameters, model, sha256, sandbox } = this.#request;
    const { layers, memoryBytes, cpuSeconds, mode } = sandbox;
    const message = {
      ...parameters,
      protocol: PROTOCOL,
      id: this.#id,
      task,
      model: { bytes: model.length, sha256 },
      sandbox: { layers, memoryBytes, cpuSeconds, require: mode === 'require' },
    };
    // A worker that ends early closes its pipes; why it ended is told by its messages or its exit code.
    for (const pipe of [child.stdin, child.stdio[MODEL_FD] as Writable]) pipe?.on('error', () => undefined);
    child.stdin?.end(jsonFrame(message));
    (child.stdio[MODEL_FD] as Writable).end(model);
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      for (const frame of this.#frames.push(chunk)) this.#log.take(frame);
    } catch (error) {
      this.#fail(error);
    }
  }

  #print(chunk: Buffer): void {
    this.#printedBytes += chunk.length;
    this.#printed = (this.#printed + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    if (this.#printedBytes > MAX_PRINTED) {
      this.#fail(new SidecarError('ML_SIDECAR_LIMIT', `the sidecar printed more than ${MAX_PRINTED} bytes`));
    }
  }

  /** The first failure counts; the process ends, and with its end comes the answer. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#kill();
    // A process that left the group would keep the pipes open, and with them the answer back.
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
  }

  #kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#kill();
    const { result } = this.#log;
    if (this.#failure !== undefined) this.#settle.reject(this.#failure);
    else if (result !== undefined && this.#frames.between) this.#settle.resolve(result);
    else this.#settle.reject(ended(code, signal, this.#printed));
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

function notStarted(python: string, cause: NodeJS.ErrnoException): SidecarError {
  return new SidecarError(
    'ML_SIDECAR_NO_PYTHON',
    `${python} cannot be started (${cause.code ?? cause.message}); install Python 3, or set ML_PYTHON to an interpreter`,
    { cause, details: { python } },
  );
}

function tooSlow(timeoutMs: number): SidecarError {
  return new SidecarError('ML_SIDECAR_TIMEOUT', `the sidecar did not end within ${timeoutMs} ms and was killed`, {
    details: { timeoutMs },
  });
}

function ended(code: number | null, signal: NodeJS.Signals | null, printed: string): SidecarError {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const said = printed.trim();
  return new SidecarError(
    'ML_SIDECAR_CRASHED',
    `the sidecar ended ${how} before it gave a result${said === '' ? '' : `: ${said.slice(-500)}`}`,
    {
      details: { exitCode: code, signal, output: said },
    },
  );
}

function aborted(signal: AbortSignal): AbortedError {
  return new AbortedError('ML_ABORTED', 'the conversion was aborted by its signal', { cause: signal.reason });
}
