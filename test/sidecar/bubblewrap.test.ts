import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { bubblewrapAround } from '../../src/sidecar/bubblewrap.ts';
import { fileView } from '../../src/sidecar/file-view.ts';
import type { OuterWallFound } from '../../src/sidecar/outer-wall.ts';
import { runWorker } from '../../src/sidecar/run-worker.ts';
import { ALL_LAYERS, type SandboxPolicy, sandboxPolicy } from '../../src/sidecar/sandbox-policy.ts';
import { ServingWorker } from '../../src/sidecar/serving-worker.ts';
import type { WorkerRequest, WorkerResult } from '../../src/sidecar/worker-request.ts';
import { pythonAtHand } from './python-at-hand.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = process.platform === 'linux' ? pythonAtHand() : undefined;
const SKLEARN = sklearnPython();
const SCRIPT = fileURLToPath(new URL('escape_worker.py', import.meta.url));
const PATH = process.env['PATH'];
const timeoutMs = 60_000;
const off = sandboxPolicy('off', { timeoutMs });

const folder = mkdtempSync(join(tmpdir(), 'sidecar-bubblewrap-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  process.env['PATH'] = PATH;
});

/** The walls of this machine, each as it is, or why it has none. */
const WALLS: Record<string, OuterWallFound> = PYTHON === undefined ? {} : await wallsOf(PYTHON);
const FORBIDDEN = Object.values(WALLS).flatMap((found) => ('missing' in found ? [found.missing] : []))[0];
const REAL = PYTHON !== undefined && FORBIDDEN === undefined;
if (!REAL) console.warn(`NOT TESTED: bubblewrap as the outer wall (${FORBIDDEN ?? 'no python3 on Linux'})`);

async function wallsOf(python: string): Promise<Record<string, OuterWallFound>> {
  return {
    minimal: await bubblewrapAround({ python, wheelsOnly: true }),
    wide: await bubblewrapAround({ python, wheelsOnly: false }),
  };
}

function request(change: Partial<WorkerRequest> = {}): WorkerRequest {
  const model = new Uint8Array(1000);
  return {
    python: PYTHON ?? '',
    script: SCRIPT,
    task: 'escape',
    parameters: {},
    model,
    sha256: createHash('sha256').update(model).digest('hex'),
    sandbox: off,
    timeoutMs,
    maxOutputBytes: 2 ** 20,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...change,
  };
}

function escape(parameters: WorkerRequest['parameters'], change: Partial<WorkerRequest>): Promise<WorkerResult> {
  return runWorker(request({ parameters, ...change }));
}

/** A program of this name and text, first on the path. */
function programFirst(name: string, text: string): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o700);
  process.env['PATH'] = `${bin}${delimiter}${PATH}`;
  return bin;
}

/** A view without `--ro-bind-try` and the like: what is shown, hidden, made. */
function pairs(args: readonly string[]): string[] {
  return args.filter((arg, i) => arg.startsWith('/') && args[i - 1] !== arg);
}

describe('what is shown of the files', () => {
  const home = join(homedir(), `not-there-${randomUUID()}`);
  const prefix = join(folder, 'python');
  mkdirSync(join(prefix, 'bin'), { recursive: true });
  writeFileSync(join(prefix, 'bin', 'python3.11'), '');
  const env = join(folder, 'env');
  mkdirSync(join(env, 'bin'), { recursive: true });
  symlinkSync(join(prefix, 'bin', 'python3.11'), join(env, 'bin', 'python'));
  const shown = { python: join(env, 'bin', 'python'), folders: [env, prefix, home, 'relative', '/'] };

  it('is the system and the interpreter, with the folders of its links, where that is known', () => {
    const view = fileView('minimal', shown);
    for (const path of [env, prefix, join(env, 'bin'), join(prefix, 'bin'), '/usr'])
      expect(pairs(view)).toContain(path);
    for (const path of [home, 'relative', '/', '/etc', homedir(), folder]) expect(view).not.toContain(path);
    // After the temporary folder, which would hide it.
    expect(view.lastIndexOf(env)).toBeGreaterThan(view.indexOf('--tmpfs'));
    expect(view).not.toContain('--bind');
  });

  it('is all but homes and temporary files otherwise', () => {
    const view = fileView('wide', shown);
    expect(view.slice(0, 3)).toEqual(['--ro-bind', '/', '/']);
    const hidden = view.filter((_, i) => view[i - 1] === '--tmpfs');
    expect(hidden).toEqual(expect.arrayContaining([homedir(), tmpdir()]));
    expect(view.lastIndexOf(env)).toBeGreaterThan(view.lastIndexOf('--tmpfs'));
  });

  it('is never a whole home', () => {
    expect(fileView('minimal', { python: join(homedir(), 'python'), folders: [homedir()] })).not.toContain(homedir());
  });
});

describe.runIf(PYTHON !== undefined)('the outer wall', { timeout: 120_000 }, () => {
  it('is what a worker is started in, with its own files shown; this bwrap is none and shows the words alone', async () => {
    const log = join(folder, 'words');
    programFirst('bwrap', `printf '%s\\n' "$@" > '${log}'\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"`);
    const outer = await bubblewrapAround({ python: PYTHON ?? '', wheelsOnly: true });
    const { sandbox } = await escape({}, { outer, sandbox: sandboxPolicy('best-effort', { timeoutMs }) });
    expect(sandbox).toEqual({ mode: 'best-effort', layers: ['bubblewrap', ...ALL_LAYERS], missing: {} });
    const words = readFileSync(log, 'utf8').trim().split('\n');
    expect(words.slice(0, 5)).toEqual(['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL']);
    expect(words.slice(words.indexOf('--') + 1)).toEqual([PYTHON, '-I', '-B', SCRIPT]);
    for (const path of [
      fileURLToPath(new URL('.', import.meta.url)).slice(0, -1),
      fileURLToPath(new URL('../../src/sidecar/python', import.meta.url)),
    ]) {
      expect(words).toContain(path);
    }
  });

  it.each([
    ['is forbidden', 'echo "bwrap: No permissions to create a new namespace" >&2; exit 1', /No permissions to create/],
    ['does nothing', 'exit 3', /exit code 3/],
  ])('that %s is told, and neither best effort nor require fails for it', async (_, text, reason) => {
    programFirst('bwrap', text);
    const outer = await bubblewrapAround({ python: PYTHON ?? '', wheelsOnly: true });
    for (const mode of ['best-effort', 'require'] as const) {
      const { sandbox } = await escape({}, { outer, sandbox: sandboxPolicy(mode, { timeoutMs }) });
      expect(sandbox).toEqual({
        mode,
        layers: ALL_LAYERS,
        missing: { bubblewrap: expect.stringMatching(reason) as string },
      });
    }
  });

  it('that is not on the path is told, also where the path is relative', async () => {
    const bin = programFirst('bwrap', 'exit 0');
    process.env['PATH'] = 'bin';
    const absent = { missing: 'there is no program bwrap on the path' };
    expect(await bubblewrapAround({ python: PYTHON ?? '', wheelsOnly: true })).toEqual(absent);
    process.env['PATH'] = join(bin, 'none');
    expect(await bubblewrapAround({ python: PYTHON ?? '', wheelsOnly: true })).toEqual(absent);
    process.env['PATH'] = `${bin}${delimiter}${PATH}`;
    expect(await bubblewrapAround({ python: '/no/such/python', wheelsOnly: true })).toEqual({
      missing: '/no/such/python does not say where its files are',
    });
  });
});

describe.runIf(REAL)('bubblewrap alone', { timeout: 120_000 }, () => {
  /** What became of each attempt with no other wall than this one, and what reached this process. */
  async function outcomes(outer: OuterWallFound, tried: readonly string[]): Promise<Record<string, unknown>> {
    const reached: string[] = [];
    // As long as such an address can be: Node fills a shorter one up.
    const name = `sidecar-${randomUUID()}`.padEnd(107, '-');
    const tcp = await listening(
      createServer((socket) => reached.push('tcp') && socket.destroy()),
      0,
    );
    const abstract = await listening(
      createServer((socket) => reached.push('abstract') && socket.destroy()),
      `\0${name}`,
    );
    const { port } = tcp.address() as { port: number };
    const udp = createSocket('udp4').on('message', () => reached.push('udp'));
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
    const secret = join(homedir(), `.sidecar-secret-${randomUUID()}`);
    writeFileSync(secret, 'secret');
    try {
      const path = join(tmpdir(), `sidecar-escape-${randomUUID()}`);
      const { result, sandbox } = await escape(
        { attempts: tried, path, port, secret, pid: process.pid, abstract: name },
        { outer },
      );
      expect(sandbox.layers).toEqual('wall' in outer ? ['bubblewrap'] : []);
      // What was sent is there; the event loop has to take it.
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { ...result, reached };
    } finally {
      for (const server of [tcp, abstract, udp]) server.close();
      rmSync(secret);
    }
  }

  function listening(server: Server, at: number | string): Promise<Server> {
    return new Promise((resolve) => {
      if (typeof at === 'number') server.listen(at, '127.0.0.1', () => resolve(server));
      else server.listen(at, () => resolve(server));
    });
  }

  const attempts = ['read-secret', 'write-package', 'tcp', 'udp', 'abstract', 'signal-outside', 'processes', 'rights'];

  it.each(['minimal', 'wide'])('blocks what leads out, with the %s view', async (kind) => {
    expect(await outcomes(WALLS[kind] as OuterWallFound, attempts)).toEqual({
      'read-secret': 'FileNotFoundError',
      // Read-only: also for root.
      'write-package': 'OSError',
      // A loopback of its own, on which nobody listens.
      tcp: 'ConnectionRefusedError',
      abstract: 'ConnectionRefusedError',
      'signal-outside': 'ProcessLookupError',
      processes: 'ProcessLookupError',
      rights: 'PermissionError',
      // Sent into that loopback: it reached nobody.
      udp: 'done',
      reached: [],
    });
  });

  it('is what blocks them: without it they succeed', async () => {
    const open = attempts.filter((name) => name !== 'rights' && name !== 'write-package');
    const result = await outcomes({ missing: 'not wanted' }, open);
    expect(result).toMatchObject(Object.fromEntries(open.map((name) => [name, 'done'])));
    expect((result['reached'] as string[]).sort()).toEqual(['abstract', 'tcp', 'udp']);
  });

  it("shows nothing of /etc where the view is minimal, and gives a temporary folder that is nobody else's", async () => {
    const found = await outcomes(WALLS['minimal'] as OuterWallFound, ['read', 'stat', 'write']);
    expect(found).toMatchObject({ read: 'FileNotFoundError', stat: 'FileNotFoundError', write: 'done' });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('sidecar-escape-'))).toEqual([]);
  });

  it('leaves the other walls as they are', async () => {
    for (const outer of Object.values(WALLS)) {
      const sandbox = sandboxPolicy('require', { timeoutMs });
      const tried = ['read', 'stat', 'write', 'tcp', 'udp', 'fork', 'exec'];
      const worked = await escape({ attempts: tried }, { outer, sandbox });
      expect(worked.sandbox).toEqual({ mode: 'require', layers: ['bubblewrap', ...ALL_LAYERS], missing: {} });
      expect(worked.result).toEqual(Object.fromEntries(tried.map((name) => [name, 'PermissionError'])));
    }
  });

  it('sees nothing of the environment of this process', async () => {
    process.env['ML_TEST_SECRET'] = 'seen';
    const { result } = await escape({ environment: true }, { outer: WALLS['minimal'] });
    delete process.env['ML_TEST_SECRET'];
    const known = /^(PATH|PWD|LANG|LC_CTYPE|TMPDIR|(OMP|OPENBLAS|MKL|NUMEXPR|VECLIB_MAXIMUM)_NUM_THREADS)$/;
    expect((result['names'] as string[]).filter((name) => !known.test(name))).toEqual([]);
  });

  /** Processes with this in their command line. */
  function withWord(word: string): string[] {
    return readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    });
  }

  async function until(what: () => boolean): Promise<void> {
    for (let i = 0; i < 500 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(what()).toBe(true);
  }

  /** A worker's program under a name that no other process has. */
  function named(): { readonly word: string; readonly script: string } {
    const word = `room-${randomUUID()}`;
    const script = join(folder, `${word}.py`);
    const inner = fileURLToPath(new URL('../../src/sidecar/python', import.meta.url));
    writeFileSync(
      script,
      readFileSync(SCRIPT, 'utf8').replace(/os\.path\.join\(.*"\)/, () => JSON.stringify(inner)),
    );
    return { word, script };
  }

  it('ends with all that was started in it, also what left the group', async () => {
    const { word, script } = named();
    const stop = new AbortController();
    const running = escape({ alone: 'grandchild' }, { script, outer: WALLS['minimal'], signal: stop.signal });
    const failed = expect(running).rejects.toMatchObject({ code: 'ML_ABORTED' });
    // The wall, its init, the worker, and the child of that one in a session of its own.
    await until(() => withWord(word).length >= 4);
    stop.abort();
    await failed;
    await until(() => withWord(word).length === 0);
  });

  it('ends with the process that started it', async () => {
    const { wall } = WALLS['minimal'] as Extract<OuterWallFound, { wall: unknown }>;
    const word = `room-${randomUUID()}`;
    const sleep = [PYTHON ?? '', '-c', `import time; time.sleep(600) # ${word}`];
    const code =
      'require("child_process").spawn(...JSON.parse(process.argv[1]), { detached: true }); setTimeout(() => 0, 6e5)';
    const parent = spawn(process.execPath, [
      '-e',
      code,
      JSON.stringify([wall.command, [...wall.args, '--', ...sleep]]),
    ]);
    // The parent, whose words have it too, the wall, its init and what it started.
    await until(() => withWord(word).length >= 4);
    parent.kill('SIGKILL');
    await until(() => withWord(word).length === 0);
  });

  it.each([
    ['crash', 'ML_SIDECAR_CRASHED', /by SIGABRT/],
    ['quiet_end', 'ML_SIDECAR_CRASHED', /with exit code 0/],
    ['raise_error', 'ML_SIDECAR_FAILED', /no converter for you/],
    ['garbage', 'ML_SIDECAR_PROTOCOL', /frame/],
  ])('tells how a worker ended (%s)', async (alone, code, message) => {
    await expect(escape({ alone }, { outer: WALLS['minimal'] })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('that hides the interpreter is told as a crash with its words', async () => {
    const { wall } = WALLS['minimal'] as Extract<OuterWallFound, { wall: unknown }>;
    const outer = { wall: { ...wall, args: ['--unshare-all', '--dev', '/dev'] } };
    await expect(escape({}, { outer })).rejects.toMatchObject({
      code: 'ML_SIDECAR_CRASHED',
      message: expect.stringContaining('bwrap: execvp') as string,
    });
  });

  it.runIf(SKLEARN !== undefined)('keeps a worker that stays, whose memory counts as its own', async () => {
    const script = fileURLToPath(new URL('odd_server.py', import.meta.url));
    const python = SKLEARN ?? '';
    const sandbox: SandboxPolicy = { ...sandboxPolicy('require', { timeoutMs }), cpuSeconds: 2 ** 31 - 1 };
    const outer = await bubblewrapAround({ python, wheelsOnly: true });
    const worker = await ServingWorker.start(
      request({ script, python, task: 'odd', sandbox, outer, maxOutputBytes: 2 ** 30 }),
    );
    const x = { name: 'x', type: 'float64', dims: [2], data: Float64Array.of(1, 2) } as const;
    expect((await worker.call('run', [x])).get('x')?.data).toEqual(Float64Array.of(1, 2));
    // bwrap itself has 2 MB.
    expect(await worker.residentBytes()).toBeGreaterThan(15 * 2 ** 20);
    worker.kill(new Error('enough'));
    await worker.gone();
  });
});
