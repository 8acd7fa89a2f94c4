import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel, MLServiceRegistry } from '../../src/index.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = sklearnPython();
const FILES = fileURLToPath(new URL('files', import.meta.url));
const file = (name: string): string => join(FILES, name);
const folder = mkdtempSync(join(tmpdir(), 'sidecar-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Record<
  string,
  { rows: number[][]; predict: number[]; decision_function: number[] }
>;
const sidecar = { mode: 'off', python: PYTHON ?? '', cacheDir: folder } as const;

describe.runIf(PYTHON !== undefined)('a model whose engine is Python', { timeout: 120_000 }, () => {
  it('answers as in Python, in double precision', async () => {
    const model = await loadModel(file('one_class.pkl'), { sidecar, engine: 'python' });
    const { rows, predict, decision_function: scores } = expected['one_class'] ?? { rows: [] };
    expect(model.info).toMatchObject({ engine: 'python', format: 'pickle' });
    expect(Array.from(await model.predict(rows))).toEqual(predict);
    expect(Array.from((await model.decisionFunction(rows)).data)).toEqual(scores);
    const bad = model.predict([[Number.NaN, 0, 0]]);
    await expect(bad).rejects.toMatchObject({
      code: 'ML_PREDICT_FAILED',
      message: expect.stringContaining('Input X contains NaN') as string,
    });
    await model.dispose();
    await expect(model.predict(rows)).rejects.toMatchObject({ code: 'ML_MODEL_DISPOSED' });
  });

  it('takes texts, records and gaps as they are', async () => {
    const model = await loadModel(file('mixed.pkl'), { sidecar, engine: 'python' });
    const { rows, predict } = expected['mixed'] ?? { rows: [] };
    expect(Array.from(await model.predict(rows))).toEqual(predict);
    await expect(model.predict([{ size: 1, kind: 'a' }])).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_NAMES' });
    await model.dispose();
    const named = await loadModel(file('named.pkl'), { sidecar, engine: 'python' });
    expect(Array.from(await named.predict([{ a: 5, b: 5, größe: 5 }]))).toEqual([1]);
    await named.dispose();
  });

  it('is what the registry was told for that model; calls that wait together are joined', async () => {
    const modelsDir = join(folder, 'models');
    await mkdir(join(modelsDir, 'trained'), { recursive: true });
    writeFileSync(join(modelsDir, 'trained', 'lda_v1_20260101.pkl'), readFileSync(file('lda.pkl')));
    const runs: number[] = [];
    const registry = new MLServiceRegistry({
      modelsDir,
      sidecar,
      models: { lda: { engine: 'python' } },
      batching: { workerMs: 60_000 },
    });
    registry.on('batch:end', ({ calls }) => runs.push(calls));
    const model = registry.model('lda');
    const rows = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(i), i / 60]);
    const together = await model.predictProba(rows);
    expect(model.info).toMatchObject({ engine: 'python', classes: [0, 1], task: 'classification' });
    const single = await Promise.all(rows.map((row) => model.predictProba([row])));
    for (const [i, { data }] of single.entries()) expect(data[1]).toBeCloseTo(Number(together.data[i * 2 + 1]), 12);
    expect(registry.execution()[0]).toMatchObject({ place: 'process', restarts: 0 });
    // Past its time the process is ended with the call that nobody waits for; the next call starts another.
    const many = { data: new Float64Array(3 * 4_000_000), shape: [4_000_000, 3], dtype: 'float64' } as const;
    await expect(model.predict(many, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED' });
    expect((await model.predictProba(rows)).shape).toEqual([60, 2]);
    // The first goes alone; those that came meanwhile go together.
    expect(Math.max(...runs)).toBe(rows.length - 1);
    await registry.close();
  });
});

describe('an engine of Python', () => {
  const started = join(folder, 'started');
  const python = join(folder, 'python');
  writeFileSync(python, `#!/bin/sh\ntouch '${started}'\nexit 1\n`);
  chmodSync(python, 0o700);
  const told = { mode: 'auto', python, cacheDir: folder } as const;

  it('is given no file that is unsafe, and none of a kind that it does not know', async () => {
    const bytes = readFileSync(file('one_class.pkl'));
    const call = Buffer.from("cos\nsystem\n(S'true'\ntR0", 'latin1');
    const poisoned = { name: 'poisoned.pkl', bytes: Buffer.concat([bytes.subarray(0, 2), call, bytes.subarray(11)]) };
    await expect(loadModel(poisoned, { sidecar: told, engine: 'python' })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSAFE',
    });
    const state = fileURLToPath(new URL('torch-files/net.pth', import.meta.url));
    await expect(loadModel(state, { sidecar: told, engine: 'python' })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining("leave out engine: 'python'") as string,
    });
    expect(existsSync(started)).toBe(false);
  });

  it('installs nothing that was not asked for', async () => {
    const empty = { mode: 'off', cacheDir: join(folder, 'empty') } as const;
    await expect(loadModel(file('lda.pkl'), { sidecar: empty, engine: 'python' })).rejects.toMatchObject({
      code: 'ML_SIDECAR_NO_PYTHON',
      message: expect.stringContaining('python setup --for') as string,
    });
  });

  it('is the only one that there is to ask for', async () => {
    const engine = 'ruby' as 'python';
    await expect(loadModel(file('lda.pkl'), { engine })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    expect(() => new MLServiceRegistry({ models: { a: { engine } } })).toThrow(
      /options\.models\.a\.engine must be 'python'/,
    );
  });
});
