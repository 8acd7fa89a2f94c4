import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/index.ts';
import { deferred } from '../../src/internal/deferred.ts';
import { createFakeModel, createMockLoader } from '../../src/testing/index.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load model '));
  path = join(folder, 'fraud 50%.mock');
  await writeFile(path, 'content');
});
afterAll(() => rm(folder, { recursive: true }));

describe('loadModel', () => {
  it('takes a path, a file URL, or bytes with a name', async () => {
    for (const source of [path, pathToFileURL(path), { bytes: Buffer.from('content'), name: 'fraud.mock' }]) {
      const loader = createMockLoader({ model: createFakeModel({ predict: [1] }) });
      const model = await loadModel(source, { loaders: [loader] });
      expect(await model.predict([[1], [2]])).toEqual([1, 1]);
      expect(Buffer.from(loader.loads[0]?.artefact.bytes ?? []).toString()).toBe('content');
      expect(model.info).toMatchObject({ format: 'mock', bytes: 7, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    }
  });

  it.each([
    undefined,
    null,
    5,
    {},
    { bytes: 'text', name: 'x' },
    { bytes: new Uint8Array(1) },
    new URL('https://example.com/a.onnx'),
  ])('refuses %s', async (source) => {
    await expect(loadModel(source as never)).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: 'loadModel() takes a path, a file URL, an oip+ address or { bytes: Uint8Array, name: string }',
    });
  });

  it('takes what a metadata file would say, and listeners', async () => {
    const loader = createMockLoader();
    const formats: string[] = [];
    const model = await loadModel(path, {
      loaders: [loader],
      metadata: { name: 'fraud', version: '1.2.0', features: ['amount'] },
      on: { 'load:end': ({ format }) => void formats.push(format) },
    });
    expect(model.info).toMatchObject({ name: 'fraud', version: '1.2.0', featureNames: ['amount'] });
    expect(loader.loads[0]?.metadata).toMatchObject({ features: ['amount'] });
    expect(formats).toEqual(['mock']);
  });

  it('is disposed after the calls in flight, and then gone', async () => {
    const gate = deferred<number[]>();
    const fake = createFakeModel({ predict: () => gate.promise });
    const model = await loadModel(path, { loaders: [createMockLoader({ model: fake })] });
    const call = model.predict([[1]]);
    const disposed = model.dispose();
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_MODEL_DISPOSED' });
    expect(() => model.info).toThrow(expect.objectContaining({ code: 'ML_MODEL_DISPOSED' }));
    expect(fake.disposals).toBe(0);
    gate.resolve([7]);
    expect(await call).toEqual([7]);
    await disposed;
    await model[Symbol.asyncDispose]();
    expect(fake.disposals).toBe(1);
  });

  it('rejects with ML_ABORTED, before and while it loads', async () => {
    const gate = deferred<void>();
    const fake = createFakeModel({ predict: [1] });
    const controller = new AbortController();
    const reason = new Error('bored');
    const loader = createMockLoader({
      model() {
        controller.abort(reason);
        return gate.promise.then(() => fake);
      },
    });
    await expect(loadModel(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await expect(loadModel(path, { signal: controller.signal, loaders: [loader] })).rejects.toMatchObject({
      code: 'ML_ABORTED',
      cause: reason,
    });
    gate.resolve();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(fake.disposals).toBe(1);
  });

  it('refuses options that it does not have', async () => {
    await expect(loadModel(path, { modelsDirectory: 'x' } as never)).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: 'options.modelsDirectory must be absent: there is no such option',
    });
  });
});
