import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OrtModule, OrtSession, OrtTensor } from '../../src/engines/onnxruntime-api.ts';
import { importOnnxRuntime, type OnnxRuntime } from '../../src/engines/onnxruntime-import.ts';
import { defaultSessionOptions, OnnxSession } from '../../src/engines/onnxruntime-session.ts';
import { deferred } from '../../src/internal/deferred.ts';

const scaler = readFileSync(new URL('../fixtures/onnx/standard_scaler.onnx', import.meta.url));

function fakeModule(versions: Record<string, string>, session?: Partial<OrtSession>): OrtModule {
  return {
    env: { versions },
    Tensor: class implements OrtTensor {
      readonly type = 'float32';
      readonly data = [];
      readonly dims = [];
    },
    InferenceSession: {
      create: () =>
        Promise.resolve({
          inputNames: ['x'],
          outputNames: ['y'],
          run: () => Promise.resolve({}),
          release: () => Promise.resolve(),
          ...session,
        }),
    },
  };
}

const absent = (name: string) => (): Promise<never> => Promise.reject(new Error(`Cannot find package '${name}'`));

describe('importOnnxRuntime', () => {
  it('takes the native package first', async () => {
    const runtime = await importOnnxRuntime('auto', {
      'onnxruntime-node': () => Promise.resolve(fakeModule({ common: '1.30.0', node: '1.30.0' })),
      'onnxruntime-web': absent('onnxruntime-web'),
    });
    expect(runtime).toMatchObject({ name: 'onnxruntime-node', version: '1.30.0' });
  });

  it('falls back to WebAssembly where the native package is absent', async () => {
    const runtime = await importOnnxRuntime('auto', {
      'onnxruntime-node': absent('onnxruntime-node'),
      'onnxruntime-web': () => Promise.resolve({ default: fakeModule({ common: '1.29.0', web: '1.29.0' }) }),
    });
    expect(runtime).toMatchObject({ name: 'onnxruntime-web', version: '1.29.0' });
  });

  it('names the command that installs it where both are absent', async () => {
    await expect(
      importOnnxRuntime('auto', {
        'onnxruntime-node': absent('onnxruntime-node'),
        'onnxruntime-web': absent('onnxruntime-web'),
      }),
    ).rejects.toMatchObject({
      code: 'ML_LOADER_DEPENDENCY_MISSING',
      message: expect.stringMatching(
        /onnxruntime-node: Cannot find.*npm install onnxruntime-node --ignore-scripts/,
      ) as string,
    });
  });

  it('does not try the other package when one is chosen', async () => {
    await expect(
      importOnnxRuntime('onnxruntime-web', {
        'onnxruntime-node': () => Promise.resolve(fakeModule({ node: '1.30.0' })),
        'onnxruntime-web': absent('onnxruntime-web'),
      }),
    ).rejects.toMatchObject({ code: 'ML_LOADER_DEPENDENCY_MISSING' });
  });

  it('refuses a module that is no runtime', async () => {
    await expect(
      importOnnxRuntime('onnxruntime-node', {
        'onnxruntime-node': () => Promise.resolve({}),
        'onnxruntime-web': absent(''),
      }),
    ).rejects.toMatchObject({ code: 'ML_LOADER_DEPENDENCY_MISSING' });
  });

  it.each(['1.26.0', '1.27.0', '1.27.1'])('refuses %s, whose probabilities are wrong', async (version) => {
    await expect(
      importOnnxRuntime('auto', {
        'onnxruntime-node': () => Promise.resolve(fakeModule({ node: version })),
        'onnxruntime-web': absent('onnxruntime-web'),
      }),
    ).rejects.toMatchObject({
      code: 'ML_LOADER_DEPENDENCY_MISSING',
      message: expect.stringContaining(version) as string,
    });
  });

  it('imports both real packages', async () => {
    expect(await importOnnxRuntime()).toMatchObject({ name: 'onnxruntime-node' });
    expect(await importOnnxRuntime('onnxruntime-web')).toMatchObject({ name: 'onnxruntime-web' });
  });
});

describe('defaultSessionOptions', () => {
  it('uses one thread for small models and never leaves the count to the runtime', () => {
    expect(defaultSessionOptions(1000)).toMatchObject({ intraOpNumThreads: 1 });
    expect(defaultSessionOptions(100_000_000)['intraOpNumThreads']).toBeGreaterThanOrEqual(1);
  });
});

describe('OnnxSession', () => {
  const source = { bytes: new Uint8Array(1), externalData: [], options: {} };
  const runtimeOf = (session: Partial<OrtSession>): OnnxRuntime => ({
    name: 'onnxruntime-node',
    version: '1.30.0',
    ort: fakeModule({}, session),
  });

  it('passes the options of the user, keeping the defaults beside them', async () => {
    let seen: unknown;
    const runtime = runtimeOf({});
    const { ort } = runtime;
    const create = (bytes: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OrtSession> => {
      seen = options;
      return ort.InferenceSession.create(bytes, options);
    };
    const spy: OnnxRuntime = { ...runtime, ort: { ...ort, InferenceSession: { create } } };
    const options = { intraOpNumThreads: 3, extra: { session: { disable_prepacking: '1' } } };
    await OnnxSession.create(spy, { ...source, options, externalData: [{ path: 'w.bin', data: new Uint8Array(2) }] });
    expect(seen).toMatchObject({
      intraOpNumThreads: 3,
      extra: { session: { disable_prepacking: '1', intra_op: { allow_spinning: '0' } } },
      externalData: [{ path: 'w.bin' }],
    });
  });

  it('releases once, after the runs in flight, and refuses runs from then on', async () => {
    const gate = deferred<Record<string, OrtTensor>>();
    let released = 0;
    const session = await OnnxSession.create(
      runtimeOf({ run: () => gate.promise, release: () => Promise.resolve(void released++) }),
      source,
    );
    const runs = [session.run({}, ['y']), session.run({}, ['y'])];
    const release = session.release();
    expect(session.release()).toBe(release);
    await new Promise(setImmediate);
    expect([session.running, released]).toEqual([2, 0]);
    await expect(session.run({}, ['y'])).rejects.toMatchObject({ code: 'ML_MODEL_DISPOSED' });
    gate.resolve({});
    await Promise.all([...runs, release]);
    expect([session.running, released]).toEqual([0, 1]);
  });

  it('releases after a run that failed', async () => {
    let released = 0;
    const session = await OnnxSession.create(
      runtimeOf({ run: () => Promise.reject(new Error('no')), release: () => Promise.resolve(void released++) }),
      source,
    );
    const run = session.run({}, ['y']);
    const release = session.release();
    await expect(run).rejects.toThrow('no');
    await release;
    expect(released).toBe(1);
  });

  describe.each(['onnxruntime-node', 'onnxruntime-web'] as const)('with %s', (name) => {
    let runtime: OnnxRuntime;
    beforeAll(async () => {
      runtime = await importOnnxRuntime(name);
    });

    it('computes, also from bytes in shared memory', async () => {
      const shared = new Uint8Array(new SharedArrayBuffer(scaler.length));
      shared.set(scaler);
      for (const bytes of [scaler, shared]) {
        const session = await OnnxSession.create(runtime, { bytes, externalData: [], options: {} });
        const [input] = session.inputNames;
        const [output] = session.outputNames;
        const feed = new runtime.ort.Tensor('float32', new Float32Array(4), [1, 4]);
        const result = await session.run({ [input ?? '']: feed }, [output ?? '']);
        expect(result[output ?? '']?.dims).toEqual([1, 4]);
        const running = session.run({ [input ?? '']: feed }, [output ?? '']);
        await session.release();
        await expect(running).resolves.toBeDefined();
      }
    });
  });
});
