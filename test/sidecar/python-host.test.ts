import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CallInput, inputOf } from '../../src/sidecar/call-frames.ts';
import { PythonHost } from '../../src/sidecar/python-host.ts';
import { sandboxPolicy } from '../../src/sidecar/sandbox-policy.ts';
import { ServingWorker } from '../../src/sidecar/serving-worker.ts';
import type { WorkerRequest } from '../../src/sidecar/worker-request.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = sklearnPython();
const SCRIPT = fileURLToPath(new URL('odd_server.py', import.meta.url));
const signal = new AbortController().signal;
const model = new Uint8Array(10);

function request(change: Partial<WorkerRequest> = {}): WorkerRequest {
  return {
    python: PYTHON ?? '',
    script: SCRIPT,
    task: 'odd',
    parameters: {},
    model,
    sha256: createHash('sha256').update(model).digest('hex'),
    sandbox: { ...sandboxPolicy('best-effort', { timeoutMs: 60_000 }), cpuSeconds: 2 ** 31 - 1 },
    timeoutMs: 60_000,
    maxOutputBytes: 2 ** 30,
    signal,
    onProgress: () => undefined,
    ...change,
  };
}

async function host(callMs = 60_000): Promise<PythonHost> {
  const opened = await PythonHost.open((stop) => ServingWorker.start(request({ signal: stop })), signal, callMs);
  onTestFinished(() => opened.dispose());
  return opened;
}

const data = Float64Array.of(1, Number.NaN, -0);
const numbers: CallInput = inputOf('x', { data, shape: [3], dtype: 'float64' });

describe.runIf(PYTHON !== undefined)('a model in Python', { timeout: 120_000 }, () => {
  it('answers what it was asked, whatever the types', async () => {
    const python = await host();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double(), { maxLength: 50 }),
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 50 }),
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.boolean(), { maxLength: 9 }),
        async (doubles, whole, texts, flags) => {
          const answer = await python.call('run', [
            inputOf('d', { data: Float64Array.from(doubles), shape: [doubles.length], dtype: 'float64' }),
            inputOf('w', { data: BigInt64Array.from(whole), shape: [1, whole.length], dtype: 'int64' }),
            inputOf('t', { data: texts, shape: [texts.length], dtype: 'string' }),
            inputOf('f', { data: flags, shape: [flags.length], dtype: 'bool' }),
          ]);
          expect(answer.get('d')).toEqual({
            data: Float64Array.from(doubles),
            shape: [doubles.length],
            dtype: 'float64',
          });
          expect(answer.get('w')).toEqual({
            data: BigInt64Array.from(whole),
            shape: [1, whole.length],
            dtype: 'int64',
          });
          expect(answer.get('t')?.data).toEqual(texts);
          expect(Array.from(answer.get('f')?.data as Uint8Array, Boolean)).toEqual(flags);
        },
      ),
      { numRuns: 40 },
    );
    const large = new Float64Array(5_000_000).fill(0.5);
    const found = await python.call('run', [inputOf('d', { data: large, shape: [5_000_000], dtype: 'float64' })]);
    const back = found.get('d')?.data as Float64Array;
    expect(Buffer.compare(new Uint8Array(back.buffer), new Uint8Array(large.buffer))).toBe(0);
  });

  it('goes on after a call that it refuses, and is closed in', async () => {
    const python = await host();
    await expect(python.call('raise', [])).rejects.toMatchObject({
      code: 'ML_PREDICT_FAILED',
      message: 'raise in Python failed: ValueError: not with me',
    });
    if (process.platform === 'linux') {
      await expect(python.call('out', [])).rejects.toMatchObject({
        message: expect.stringContaining('PermissionError') as string,
      });
    }
    expect((await python.call('run', [numbers])).get('x')?.data).toEqual(data);
    expect(python.restarts).toBe(0);
  });

  it.each([
    ['die', 'ML_SIDECAR_CRASHED'],
    ['garbage', 'ML_SIDECAR_PROTOCOL'],
    ['stranger', 'ML_SIDECAR_PROTOCOL'],
    ['strange_failure', 'ML_SIDECAR_PROTOCOL'],
    ['too_much', 'ML_SIDECAR_LIMIT'],
    ['too_many_texts', 'ML_SIDECAR_PROTOCOL'],
    ['wrong_size', 'ML_SIDECAR_PROTOCOL'],
    ['longer', 'ML_SIDECAR_PROTOCOL'],
    ['no_type', 'ML_SIDECAR_PROTOCOL'],
    ['early_end', 'ML_SIDECAR_PROTOCOL'],
    ['no_texts', 'ML_SIDECAR_PROTOCOL'],
    ['no_labels', 'ML_SIDECAR_PROTOCOL'],
    ['no_json', 'ML_SIDECAR_PROTOCOL'],
    ['loose_bytes', 'ML_SIDECAR_PROTOCOL'],
  ])('whose process misbehaves (%s) is started again by the next call', async (method, code) => {
    const python = await host();
    const waiting = [python.call(method, []), python.call('run', [numbers])];
    const found = await Promise.allSettled(waiting);
    expect(found).toEqual(
      waiting.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code }) as unknown })),
    );
    const both = [python.call('run', [numbers]), python.call('run', [numbers])];
    for (const answer of await Promise.all(both)) expect(answer.get('x')?.data).toEqual(data);
    expect(python.restarts).toBe(1);
  });

  it('that hangs is killed, and so is one for which nobody waits', async () => {
    const python = await host(3_000);
    await expect(python.call('hang', [])).rejects.toMatchObject({ code: 'ML_SIDECAR_TIMEOUT' });
    const late = python.call('hang', []);
    late.catch(() => undefined);
    while (python.restarts < 1 || python.worker.over) await new Promise((resolve) => setTimeout(resolve, 20));
    python.abandon();
    await expect(late).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED', details: { killed: 'deadline' } });
    expect((await python.call('run', [numbers])).get('x')?.data).toEqual(data);
  });

  it('that ends again and again is given up', async () => {
    const python = await host();
    for (let i = 0; i < 4; i += 1) {
      await expect(python.call('die', [])).rejects.toMatchObject({ code: 'ML_SIDECAR_CRASHED' });
    }
    await expect(python.call('run', [numbers])).rejects.toMatchObject({
      code: 'ML_SIDECAR_CRASHED',
      message: expect.stringContaining('ended 3 times') as string,
    });
    expect(python.restarts).toBe(3);
  });

  it('that does not start says why', async () => {
    const start = (change: Partial<WorkerRequest>): Promise<ServingWorker> => ServingWorker.start(request(change));
    await expect(start({ parameters: { refuses: true } })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('no such model') as string,
    });
    await expect(start({ python: '/no/such/python' })).rejects.toMatchObject({ code: 'ML_SIDECAR_NO_PYTHON' });
    await expect(start({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'ML_SIDECAR_TIMEOUT' });
    await expect(start({ sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'ML_SIDECAR_FAILED' });
    await expect(start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ML_ABORTED' });
    const stop = new AbortController();
    await expect(start({ signal: stop.signal, onProgress: () => stop.abort() })).rejects.toMatchObject({
      code: 'ML_ABORTED',
    });
  });
});
