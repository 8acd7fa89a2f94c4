import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as prom from 'prom-client';
import type * as library from '../../src/index.ts';

type Library = typeof library;

const require = createRequire(import.meta.url);
const nativeImport = require('./native-import.cjs') as (url: string) => Promise<Library>;
const dist = join(import.meta.dirname, '../../dist');

const esm = await nativeImport(pathToFileURL(join(dist, 'index.js')).href);
const cjs = require(join(dist, 'index.cjs')) as Library;

/** Doubles the only value of each row. */
const doubling: library.ModelLoader = {
  name: 'doubling',
  formats: ['doubling'],
  load: () => ({ predict: (rows) => (rows as number[][]).map(([value]) => 2 * (value ?? Number.NaN)) }),
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'base-ml-service-copies-'));
  await mkdir(join(folder, 'trained'));
  await writeFile(join(folder, 'trained/doubler_v1_20240101.doubling'), 'the loader reads nothing of this');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the bundles export the same names', () => {
  expect(Object.keys(cjs).sort()).toEqual(Object.keys(esm).sort());
});

test('they are two copies', () => {
  expect(cjs.MLServiceError).not.toBe(esm.MLServiceError);
});

describe.each([
  { name: 'a service of the ES module with a registry of the CommonJS one', ours: esm, theirs: cjs },
  { name: 'a service of the CommonJS module with a registry of the ES one', ours: cjs, theirs: esm },
  { name: 'a service and a registry of the ES module', ours: esm, theirs: esm },
  { name: 'a service and a registry of the CommonJS module', ours: cjs, theirs: cjs },
])('$name', ({ ours, theirs }) => {
  class Doubler extends ours.BaseMLService<number[], number> {
    readonly modelName = 'doubler';
    override readonly modelVersion: string = 'v1';
  }

  const registryOf = () => new theirs.MLServiceRegistry({ modelsDir: folder, loaders: [doubling], env: {} });

  test('predicts, tells its events, and is freed', async () => {
    const registry = registryOf();
    try {
      const service = new Doubler({ registry });
      const loaded: string[] = [];
      service.on('load:end', ({ model, format }) => loaded.push(`${model} ${format}`));
      expect(await service.model.predict([[1], [21]])).toEqual([2, 42]);
      expect(loaded).toEqual(['doubler doubling']);
      expect(service.health().state).toBe('ready');
      await service.unload();
      expect(service.health().state).toBe('unloaded');
    } finally {
      await registry.close();
    }
  });

  test('is made by the registry', async () => {
    const registry = registryOf();
    try {
      const service = registry.create(Doubler);
      expect(service).toBeInstanceOf(ours.BaseMLService);
      expect(await service.model.predictOne([4])).toBe(8);
    } finally {
      await registry.close();
    }
  });

  test('raises errors that either copy recognises', async () => {
    class Missing extends Doubler {
      override readonly modelVersion: string = 'v9';
    }
    const registry = registryOf();
    try {
      const error = await new Missing({ registry }).model.predict([[1]]).catch((thrown: unknown) => thrown);
      for (const copy of [ours, theirs]) {
        expect(copy.MLServiceError.isInstance(error)).toBe(true);
      }
      expect(error).toMatchObject({ code: 'ML_MODEL_VERSION_NOT_FOUND', retryable: false });
    } finally {
      await registry.close();
    }
  });

  test('an error that only looks alike is not recognised', () => {
    const lookalike = Object.assign(new Error('no'), { code: 'ML_MODEL_NOT_FOUND', details: {}, retryable: false });
    expect(ours.MLServiceError.isInstance(lookalike)).toBe(false);
  });
});

test('both copies have one default registry, until it is closed', async () => {
  const first = esm.MLServiceRegistry.default();
  expect(cjs.MLServiceRegistry.default()).toBe(first);
  await first.close();
  const second = cjs.MLServiceRegistry.default();
  expect(second).not.toBe(first);
  expect(esm.MLServiceRegistry.default()).toBe(second);
  await second.close();
});

test('a loader that is registered with both copies serves both', async () => {
  for (const copy of [esm, cjs]) {
    const registry = new copy.MLServiceRegistry({ modelsDir: folder, env: {} });
    registry.loaders.register(doubling).register(doubling);
    expect(await registry.model('doubler', 'v1').predict([[5]])).toEqual([10]);
    await registry.close();
  }
});

test('metrics collected by one copy count and read the registries of the other', async () => {
  const { Registry } = require('prom-client') as typeof prom;
  for (const [ours, theirs] of [
    [esm, cjs],
    [cjs, esm],
  ] as const) {
    const register = new Registry();
    const stop = await ours.collectPrometheus({ register });
    const registry = new theirs.MLServiceRegistry({ modelsDir: folder, loaders: [doubling], env: {} });
    await registry.model('doubler', 'v1').predict([[1]]);
    const text = await register.metrics();
    expect(text).toMatch(/^ml_predictions_total\{model="doubler",version="v1",method="predict",outcome="ok"\} 1$/m);
    expect(text).toMatch(/^ml_model_state\{model="doubler",requested="v1",state="ready"\} 1$/m);
    stop();
    await registry.close();
  }
});
