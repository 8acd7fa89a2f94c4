import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError, loadModel, MLServiceError } from '../../src/index.ts';
import { createMockLoader } from '../../src/testing/mock-loader.ts';
import { loadScript, scriptBytes, scriptLoader } from './worker-fixture.ts';

const PLACES = ['inline', 'thread', 'process'] as const;
const ELSEWHERE = ['thread', 'process'] as const;

describe.each(PLACES)('a model in the place "%s"', (place) => {
  it('answers, and is gone when it was disposed', async () => {
    const model = await loadScript({ predict: 'double', matrix: [0.25, 0.75], classes: ['a', 1, true] }, place);
    expect(await model.predict([[1], [2]])).toEqual([2, 4]);
    expect(await model.predictOne([3])).toBe(6);
    const matrix = await model.predictProba([[1], [2]]);
    expect([matrix.shape, [...matrix.data]]).toEqual([
      [2, 2],
      [0.25, 0.75, 0.25, 0.75],
    ]);
    expect(model.info).toMatchObject({ engine: 'script', classes: ['a', 1, true] });
    expect(model.methods).toEqual(['predict', 'predictProba', 'scoreSamples']);
    await expect(model.transform([[1]])).rejects.toMatchObject({ code: 'ML_MODEL_METHOD_UNSUPPORTED' });
    await model.dispose();
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_MODEL_DISPOSED' });
  });

  it('has its parts, value and refusals', async () => {
    const model = await loadScript(
      {
        parts: { a: { predict: 'double' }, b: { parts: { c: { predict: 'double' } } }, bad: { unusable: 'no reader' } },
        value: { n: [1, 2] },
      },
      place,
    );
    expect(model.parts).toEqual(['a', 'b', 'bad']);
    expect(model.value).toEqual({ n: [1, 2] });
    expect(await model.part('a').predict([[4]])).toEqual([8]);
    expect(await model.part('b.c').predict([[5]])).toEqual([10]);
    expect(() => model.part('bad')).toThrow('no reader');
    await model.dispose();
  });

  it('gives errors of the loader and of its methods as if they had happened here', async () => {
    await expect(loadScript({ fail: 'not like this' }, place)).rejects.toMatchObject({
      code: 'ML_LOADER_FAILED',
      name: 'LoaderError',
      message: expect.stringContaining('not like this'),
    });
    const model = await loadScript({ predict: 'obey' }, place);
    const error: unknown = await model.predict([['throw', 5]]).catch((thrown: unknown) => thrown);
    expect(MLServiceError.isInstance(error) && error.code).toBe('ML_PREDICT_FAILED');
    expect((error as Error).message).toContain('no 5');
    expect((error as Error).cause).toMatchObject({ name: 'RangeError', message: 'no 5' });
    expect(await model.predict([['say', 1]])).toEqual([1]);
    await model.dispose();
  });

  it('tells phases and warnings of the load, and large results arrive whole', async () => {
    const told: unknown[] = [];
    const model = await loadScript({ warn: 'look at this', wide: true }, place, {
      on: {
        'model:warning': ({ code, message }) => told.push([code, message]),
        'load:end': ({ phases }) => told.push(Object.keys(phases)),
      },
    });
    expect(told).toEqual([['odd', 'look at this'], expect.arrayContaining(['read', 'verify', 'parse', 'build'])]);
    const wide = await model.transform([[1], [2]]);
    expect([wide.shape, wide.data.length, (wide.data as Float32Array).every((value) => value === 3)]).toEqual([
      [2, 20_000],
      40_000,
      true,
    ]);
    await model.dispose();
  });

  it('reads the files beside it through the one that loaded it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'beside-'));
    writeFileSync(join(folder, 'm.script'), scriptBytes({ companion: 'beside.txt', predict: 'double' }));
    writeFileSync(join(folder, 'beside.txt'), 'found');
    const options = { loaders: [scriptLoader], execution: { place } };
    const model = await loadModel(join(folder, 'm.script'), options);
    expect(model.value).toBe('found');
    await model.dispose();
    writeFileSync(join(folder, 'm.script'), scriptBytes({ companion: '../../outside.txt' }));
    await expect(loadModel(join(folder, 'm.script'), options)).rejects.toMatchObject({ code: 'ML_ARTEFACT_ESCAPES' });
  });

  it('lets the caller of a slow load go, and leaves nothing behind', async () => {
    const abort = new AbortController();
    const loading = loadScript({ slowMs: 300, predict: 'double' }, place, { signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(loading).rejects.toMatchObject({ code: 'ML_ABORTED' });
  });

  it('answers many calls at once, each its own', async () => {
    const model = await loadScript({ predict: 'double', independent: true }, place);
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => model.predictOne([i])));
    expect(answers).toEqual(Array.from({ length: 500 }, (_, i) => 2 * i));
    await model.dispose();
  });

  it('works off calls that wait when it is disposed', async () => {
    const model = await loadScript({ predict: 'obey' }, place);
    const calls = [1, 2, 3].map((value) => model.predict([['later', value]]));
    const disposed = model.dispose();
    expect(await Promise.all(calls)).toEqual([[1], [2], [3]]);
    await disposed;
  });
});

describe.each(ELSEWHERE)('rows for a model in the place "%s"', (place) => {
  it('arrive as they are, whatever kind they are of', async () => {
    const model = await loadScript({ predict: 'echo' }, place);
    class Transaction {
      readonly amount = 5;
      double(): number {
        return 2 * this.amount;
      }
    }
    const big = new Float64Array(1000).fill(7).subarray(3, 5);
    expect(await model.predict([[1, 'two', null, 3n, true], big])).toEqual([
      JSON.stringify([[1, 'two', null, '3n', true], { 0: 7, 1: 7 }]),
    ]);
    expect(await model.predict([{ a: 1, b: 'x' }])).toEqual(['[{"a":1,"b":"x"}]']);
    expect(await model.predict([new Transaction()])).toEqual(['[{"amount":5}]']);
    await model.dispose();
  });

  it('that would arrive as something else are refused', async () => {
    const model = await loadScript({ predict: 'echo' }, place);
    class Lazy {
      get amount(): number {
        return 5;
      }
    }
    for (const row of [new Lazy(), [() => 1], { a: Symbol('x') }, new Map([[1, 2]]), [[new Set()]]]) {
      const error: unknown = await model.predict([row]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ code: 'ML_INPUT_INVALID', message: expect.stringContaining('cannot be sent') });
    }
    expect(await model.predict([[1]])).toEqual(['[[1]]']);
    await model.dispose();
  });

  it('leave the memory of the caller where it is', async () => {
    const model = await loadScript({ predict: 'double' }, place);
    const row = Float64Array.of(4);
    const bytes = scriptBytes({ predict: 'double' });
    expect(await model.predict([row])).toEqual([8]);
    expect([row.length, bytes.length > 0]).toEqual([1, true]);
    await model.dispose();
  });
});

describe('a place', () => {
  it('that a loader cannot be taken to is refused, and never chosen by itself', async () => {
    const loader = createMockLoader();
    const source = { bytes: Uint8Array.of(1), name: 'm.mock' };
    await expect(loadModel(source, { loaders: [loader], execution: { place: 'thread' } })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining('module'),
    });
    const model = await loadModel(source, { loaders: [loader], execution: { inlineMaxBytes: 0 } });
    expect(await model.predict([[1]])).toEqual([0]);
  });

  it('is a thread for a large file, with "auto"', async () => {
    const phases: string[] = [];
    const model = await loadScript({ predict: 'obey' }, 'inline', {
      execution: { place: 'auto', inlineMaxBytes: 4 },
      on: { 'load:end': ({ phases: times }) => phases.push(...Object.keys(times)) },
    });
    const [threads] = (await model.scoreSamples([[1]])).data;
    // Only a worker is told how many threads it may use.
    expect(threads).toBeGreaterThanOrEqual(1);
    await model.dispose();
  });

  it('must be one of those that exist', async () => {
    const source = { bytes: Uint8Array.of(1), name: 'm.mock' };
    const execution = { place: 'moon' as 'thread' };
    await expect(loadModel(source, { execution })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });
});
