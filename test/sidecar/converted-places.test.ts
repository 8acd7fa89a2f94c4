import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { MLServiceRegistry, type Model, type RegistryOptions } from '../../src/index.ts';
import { BUILT, until } from '../execution/worker-fixture.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = BUILT ? sklearnPython() : undefined;
if (!BUILT) console.warn('NOT TESTED: converted models in workers; npx tsup makes it possible');
const FILES = fileURLToPath(new URL('files', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sidecar-places-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const expected = JSON.parse(readFileSync(join(FILES, 'expected.json'), 'utf8')) as Record<
  string,
  { rows: number[][]; predict: number[]; decision_function: number[] }
>;
const { rows, predict, decision_function: scores } = expected['one_class'] as (typeof expected)[string];

function registryOf(options: RegistryOptions): MLServiceRegistry {
  const modelsDir = join(folder, 'models');
  mkdirSync(join(modelsDir, 'trained'), { recursive: true });
  for (const name of ['one_class', 'mixed', 'named']) {
    writeFileSync(join(modelsDir, 'trained', `${name}_v1_20260101.pkl`), readFileSync(join(FILES, `${name}.pkl`)));
  }
  const sidecar = { mode: 'auto', python: PYTHON ?? '', cacheDir: join(folder, 'cache') } as const;
  const registry = new MLServiceRegistry({ env: {}, modelsDir, sidecar, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

const placeOf = (registry: MLServiceRegistry): unknown => registry.execution().map(({ place }) => place);

describe.runIf(PYTHON !== undefined).each(['inline', 'thread', 'process'] as const)(
  'a converted model in the place "%s"',
  { timeout: 120_000 },
  (place) => {
    it('answers as the original, and refuses what it refuses', async () => {
      const registry = registryOf({ execution: { place } });
      const model = registry.model('one_class');
      expect(Array.from(await model.predict(rows))).toEqual(predict);
      const found = Array.from((await model.decisionFunction(rows)).data, Number);
      for (const [i, score] of found.entries()) expect(Math.abs(score - (scores[i] ?? Number.NaN))).toBeLessThan(1e-5);
      expect(model.methods).toEqual(['predict', 'decisionFunction']);
      expect(model.info).toMatchObject({ format: 'pickle', engine: 'onnxruntime-node' });
      expect(placeOf(registry)).toEqual([place]);
      for (const [value, code] of [
        [Number.NaN, 'ML_INPUT_MISSING_VALUE'],
        [Number.POSITIVE_INFINITY, 'ML_INPUT_DTYPE'],
        [1e39, 'ML_INPUT_DTYPE'],
      ] as const) {
        await expect(model.predict([[0, value, 0]])).rejects.toMatchObject({ code });
      }
      await expect(model.predict([[0, 0]])).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_COUNT' });
    });

    it('takes records and texts', async () => {
      const registry = registryOf({ execution: { place } });
      const { rows: records, predict: answers } = expected['mixed'] as unknown as { rows: never[]; predict: number[] };
      expect(Array.from(await registry.model('mixed').predict(records))).toEqual(answers);
      const named = registry.model('named');
      expect(Array.from(await named.predict([{ a: 5, b: 5, größe: 5 }]))).toEqual([1]);
      expect(named.info.featureNames).toEqual(['a', 'b', 'größe']);
      await expect(named.predict([{ a: 5, b: 5 }])).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_NAMES' });
      expect(placeOf(registry)).toEqual([place, place]);
    });

    it('computes calls that come together in one run, and a bad row fails alone', async () => {
      // However slow this machine is.
      const batching = { inlineMs: 60_000, workerMs: 60_000 };
      const registry = registryOf({ execution: { place }, batching });
      const model = registry.model('one_class');
      // On the event loop, the first call shows that the model answers later.
      await model.predict(rows);
      await model.decisionFunction(rows);
      const runs: number[] = [];
      registry.on('batch:end', ({ calls, error }) => {
        if (error === undefined) runs.push(calls);
      });
      const single = await Promise.all(
        Array.from({ length: 20 }, () => rows.map((row) => model.predict([row]))).flat(),
      );
      expect(single.map(([label]) => label)).toEqual(Array.from({ length: 20 }, () => predict).flat());
      await until(() => runs.reduce((sum, calls) => sum + calls, 0) >= single.length);
      // The first starts at once; those that come meanwhile go together.
      expect(Math.max(...runs)).toBeGreaterThan(5);
      const mixed = await Promise.allSettled(
        [...rows, [0, Number.NaN, 0], ...rows].map((row) => model.decisionFunction([row])),
      );
      const refused = mixed.map((one) =>
        one.status === 'rejected' ? (one.reason as { code: string }).code : 'answered',
      );
      const all = rows.map(() => 'answered');
      expect(refused).toEqual([...all, 'ML_INPUT_MISSING_VALUE', ...all]);
    });
  },
);

describe.runIf(PYTHON !== undefined)('the process of a converted model', { timeout: 120_000 }, () => {
  /** So many rows that a call takes longer than anybody waits. */
  const many = { data: new Float64Array(3 * 6_000_000), shape: [6_000_000, 3], dtype: 'float64' } as const;

  async function killed(model: Model): Promise<void> {
    await expect(model.predict(many as never, { timeoutMs: 40 })).rejects.toMatchObject({
      code: 'ML_DEADLINE_EXCEEDED',
    });
  }

  it('is ended by a deadline and started again, without Python', async () => {
    const registry = registryOf({ execution: { place: 'process', restartMs: 1 } });
    const crashes: unknown[] = [];
    registry.on('execution:crash', ({ reason }) => crashes.push(reason));
    const model = registry.model('one_class');
    await registry.load('one_class');
    // The interpreter may be gone: what is kept is enough.
    const again = registryOf({
      execution: { place: 'process', restartMs: 1 },
      sidecar: { mode: 'off', python: PYTHON ?? '', cacheDir: join(folder, 'cache') },
    });
    for (const each of [model, again.model('one_class')]) {
      await each.predict(rows);
      await killed(each);
      expect(Array.from(await each.predict(rows))).toEqual(predict);
      await expect(each.predict([[0, Number.NaN, 0]])).rejects.toMatchObject({ code: 'ML_INPUT_MISSING_VALUE' });
    }
    await until(() => registry.execution()[0]?.restarts === 1);
    expect(crashes).toEqual(['deadline']);
  });

  it('is not started again with another file', async () => {
    const registry = registryOf({ execution: { place: 'process', restartMs: 1 } });
    const model = registry.model('one_class');
    await registry.load('one_class');
    writeFileSync(join(folder, 'models', 'trained', 'one_class_v1_20260101.pkl'), readFileSync(join(FILES, 'lda.pkl')));
    await killed(model);
    await expect(model.predict(rows)).rejects.toMatchObject({ code: 'ML_ARTEFACT_CHANGED' });
  });
});
