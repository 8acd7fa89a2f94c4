import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runWorker } from '../../src/sidecar/run-worker.ts';
import { type SandboxLayer, sandboxPolicy } from '../../src/sidecar/sandbox-policy.ts';
import type { WorkerRequest, WorkerResult } from '../../src/sidecar/worker-request.ts';
import { pythonAtHand } from './python-at-hand.ts';

const PYTHON = pythonAtHand();
const ESCAPE = fileURLToPath(new URL('escape_worker.py', import.meta.url));
const MODEL = new Uint8Array(3_000_000).fill(7);

function request(change: Partial<WorkerRequest> = {}): WorkerRequest {
  const { model = MODEL } = change;
  return {
    python: PYTHON ?? '',
    task: 'check',
    parameters: {},
    model,
    sha256: createHash('sha256').update(model).digest('hex'),
    sandbox: sandboxPolicy('best-effort', { timeoutMs: 60_000, memoryBytes: 2 ** 31 }),
    timeoutMs: 60_000,
    maxOutputBytes: 64 * 2 ** 20,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...change,
  };
}

function escape(
  parameters: Readonly<Record<string, unknown>>,
  change: Partial<WorkerRequest> = {},
): Promise<WorkerResult> {
  return runWorker(request({ script: ESCAPE, task: 'escape', parameters, ...change }));
}

/** What a machine has of the sandbox; another kind of machine has less, and says why. */
const LINUX = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
if (!LINUX) console.warn(`NOT TESTED: Landlock and seccomp, which ${process.platform} ${process.arch} does not have`);

describe.runIf(PYTHON !== undefined)('a worker', () => {
  it('gets exactly the bytes of the model, and gives bytes back in one piece', async () => {
    const progress: string[] = [];
    const { result, blobs, python, packages } = await runWorker(
      request({
        parameters: { echo: 2_500_000, packages: ['no-such-thing'] },
        onProgress: (text) => progress.push(text),
      }),
    );
    expect(result).toEqual({ bytes: MODEL.length, sha256: createHash('sha256').update(MODEL).digest('hex') });
    expect(Buffer.compare(blobs[0] as Uint8Array, MODEL.subarray(0, 2_500_000))).toBe(0);
    expect(python).toMatch(/^3\./);
    expect(packages).toEqual({ 'no-such-thing': null });
    expect(progress).toEqual(['importing', 'reading']);
  });

  it('refuses bytes that are not those announced', async () => {
    await expect(runWorker(request({ sha256: '0'.repeat(64) }))).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('not those that were announced') as string,
    });
  });

  it('sees nothing of the environment of this process', async () => {
    process.env['ML_TEST_SECRET'] = 'seen';
    const { result } = await escape({ environment: true });
    delete process.env['ML_TEST_SECRET'];
    const known = /^(PATH|LANG|LC_CTYPE|TMPDIR|(OMP|OPENBLAS|MKL|NUMEXPR|VECLIB_MAXIMUM)_NUM_THREADS)$/;
    expect((result['names'] as string[]).filter((name) => !known.test(name))).toEqual([]);
  });

  it('that is not there is told apart from one that fails', async () => {
    await expect(runWorker(request({ python: '/no/such/python' }))).rejects.toMatchObject({
      code: 'ML_SIDECAR_NO_PYTHON',
      message: expect.stringContaining('ML_PYTHON') as string,
    });
  });

  it.each([
    ['sleep', 'ML_SIDECAR_TIMEOUT'],
    ['grandchild', 'ML_SIDECAR_TIMEOUT'],
  ])('that does not end (%s) is killed', async (alone, code) => {
    const sandbox = sandboxPolicy('off', { timeoutMs: 3000 });
    await expect(escape({ alone }, { timeoutMs: 3000, sandbox })).rejects.toMatchObject({ code, retryable: true });
  });

  it.each([
    ['endless', 'ML_SIDECAR_LIMIT'],
    ['print_endlessly', 'ML_SIDECAR_LIMIT'],
    ['garbage', 'ML_SIDECAR_PROTOCOL'],
    ['forged_result', 'ML_SIDECAR_PROTOCOL'],
    ['half_a_frame', 'ML_SIDECAR_CRASHED'],
    ['quiet_end', 'ML_SIDECAR_CRASHED'],
    ['crash', 'ML_SIDECAR_CRASHED'],
    ['raise_error', 'ML_SIDECAR_FAILED'],
  ])('that misbehaves (%s) gives a typed error', async (alone, code) => {
    await expect(escape({ alone })).rejects.toMatchObject({ code });
  });

  it('whose process prints before it crashes is quoted', async () => {
    await expect(escape({ alone: 'crash' })).rejects.toMatchObject({
      message: expect.stringContaining('Segmentation fault, as it were') as string,
    });
    await expect(escape({ alone: 'raise_error' })).rejects.toMatchObject({
      message: expect.stringContaining('ValueError: no converter for you') as string,
    });
  });

  it('ends when its signal aborts', async () => {
    const stop = new AbortController();
    const running = escape({ alone: 'sleep' }, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await expect(escape({}, { signal: stop.signal })).rejects.toMatchObject({ code: 'ML_ABORTED' });
  });
});

describe.runIf(PYTHON !== undefined && LINUX)('the sandbox', () => {
  const attempts = ['read', 'list', 'stat', 'write', 'tcp', 'udp', 'fork', 'signal', 'allocate', 'import', 'exec'];

  /** What became of each attempt under these layers. */
  async function outcomes(layers: readonly SandboxLayer[], tried: readonly string[]): Promise<Record<string, unknown>> {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const path = join(tmpdir(), `sidecar-escape-${randomUUID()}`);
      const policy = { ...sandboxPolicy('require', { timeoutMs: 60_000, memoryBytes: 2 ** 31 }), layers };
      const { result, sandbox } = await escape({ attempts: tried, path, port }, { sandbox: policy });
      expect(sandbox.layers).toEqual(layers);
      return result;
    } finally {
      server.close();
    }
  }

  it('blocks every way out', async () => {
    const result = await outcomes(['limits', 'no-new-privileges', 'landlock', 'seccomp'], attempts);
    const refused = Object.fromEntries(attempts.map((name) => [name, 'PermissionError']));
    expect(result).toEqual({ ...refused, allocate: 'MemoryError', import: expect.stringMatching(/Error$/) as string });
  });

  it('is what blocks them: without it they succeed', async () => {
    const open = attempts.filter((name) => !['exec', 'allocate'].includes(name));
    expect(await outcomes([], open)).toEqual(Object.fromEntries(open.map((name) => [name, 'done'])));
  });

  it('has layers that each hold alone', async () => {
    expect(await outcomes(['limits'], ['allocate', 'write', 'read'])).toEqual({
      allocate: 'MemoryError',
      write: 'OSError',
      read: 'done',
    });
    const landlock = await outcomes(
      ['no-new-privileges', 'landlock'],
      ['read', 'list', 'write', 'tcp', 'udp', 'stat', 'exec'],
    );
    // TCP belongs to the fourth version of Landlock; UDP and stat are not its business.
    expect(landlock).toMatchObject({ read: 'PermissionError', list: 'PermissionError', write: 'PermissionError' });
    expect(landlock).toMatchObject({ udp: 'done', stat: 'done', exec: 'PermissionError' });
    const all = ['read', 'list', 'stat', 'write', 'tcp', 'udp', 'fork', 'signal', 'exec'];
    const seccomp = await outcomes(['no-new-privileges', 'seccomp'], all);
    expect(seccomp).toEqual(Object.fromEntries(all.map((name) => [name, 'PermissionError'])));
  });

  it('that is incomplete is refused where it is required, and told otherwise', async () => {
    // An ordinary user may not set a filter without giving up privileges first; root may.
    const layers: readonly SandboxLayer[] = ['landlock', 'seccomp'];
    const policy = { ...sandboxPolicy('best-effort', { timeoutMs: 60_000 }), layers };
    const { sandbox } = await escape({}, { sandbox: policy });
    expect([...sandbox.layers, ...Object.keys(sandbox.missing)].sort()).toEqual(['landlock', 'seccomp']);
    const blocked = { ...policy, mode: 'require', layers: ['no-such-layer' as SandboxLayer] } as const;
    await expect(escape({}, { sandbox: blocked })).rejects.toMatchObject({ code: 'ML_SIDECAR_SANDBOX' });
  });
});
