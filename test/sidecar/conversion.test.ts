import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectFile, loadModel, type ModelWarning } from '../../src/index.ts';
import { runWorker } from '../../src/sidecar/run-worker.ts';
import { runtimeAtHand } from '../../src/sidecar/runtime-at-hand.ts';
import { OUTER_LAYER } from '../../src/sidecar/outer-wall.ts';
import { ALL_LAYERS, type SandboxReport, sandboxPolicy } from '../../src/sidecar/sandbox-policy.ts';
import { verifyConversion } from '../../src/sidecar/verify-conversion.ts';
import type { WorkerResult } from '../../src/sidecar/worker-request.ts';
import { readPythonFile } from '../../src/formats/joblib/read-python-file.ts';
import { sklearnPython } from './sklearn-python.ts';

const PYTHON = sklearnPython();
const FILES = fileURLToPath(new URL('files', import.meta.url));
const file = (name: string): string => join(FILES, name);
const signal = new AbortController().signal;
const timeoutMs = 120_000;

const cacheDir = mkdtempSync(join(tmpdir(), 'sidecar-conversions-'));
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

async function convert(name: string, change: Readonly<Record<string, unknown>> = {}): Promise<WorkerResult> {
  const model = new Uint8Array(readFileSync(file(name)));
  const { globals } = await readPythonFile(model);
  return runWorker({
    python: PYTHON ?? '',
    task: 'convert-sklearn',
    parameters: { names: globals.map((use) => `${use.module}.${use.name}`), ...change },
    model,
    sha256: createHash('sha256').update(model).digest('hex'),
    sandbox: sandboxPolicy('best-effort', { timeoutMs }),
    timeoutMs,
    maxOutputBytes: 64 * 2 ** 20,
    signal,
    onProgress: () => undefined,
  });
}

describe.runIf(PYTHON !== undefined)('a model without a native way', { timeout: timeoutMs }, () => {
  const sidecar = { mode: 'auto', python: PYTHON ?? '', cacheDir } as const;

  it.each(['one_class.pkl', 'scaled_one_class.pkl', 'one_class.joblib'])('%s answers as in Python', async (name) => {
    const warnings: ModelWarning[] = [];
    const model = await loadModel(file(name), {
      sidecar,
      on: { 'model:warning': (warning) => warnings.push(warning) },
    });
    expect(model.info).toMatchObject({ format: 'pickle', engine: 'onnxruntime-node' });
    expect(warnings.map(({ code }) => code)).toEqual(['converted']);
    const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Record<
      string,
      { rows: number[][]; predict: number[]; decision_function: number[] }
    >;
    const { rows, predict, decision_function: scores } = expected[name.replace(/\..*/, '')] ?? { rows: [] };
    expect(rows.length).toBeGreaterThan(3);
    expect(Array.from(await model.predict(rows))).toEqual(predict);
    const found = Array.from((await model.decisionFunction(rows)).data, Number);
    for (const [i, score] of found.entries()) expect(Math.abs(score - (scores?.[i] ?? Number.NaN))).toBeLessThan(1e-5);
    // What scikit-learn refuses, the graph would answer.
    for (const [value, code] of [
      [Number.NaN, 'ML_INPUT_MISSING_VALUE'],
      [null, 'ML_INPUT_MISSING_VALUE'],
      [Number.POSITIVE_INFINITY, 'ML_INPUT_DTYPE'],
      [1e39, 'ML_INPUT_DTYPE'],
    ] as const) {
      await expect(model.predict([[0, value, 0]])).rejects.toMatchObject({ code });
    }
    expect(model.methods).toEqual(['predict', 'decisionFunction']);
    await model.dispose();
  });

  it('takes records where the original has names', async () => {
    const model = await loadModel(file('named.pkl'), { sidecar });
    expect(model.info.featureNames).toEqual(['a', 'b', 'gr\u00f6\u00dfe']);
    expect(Array.from(await model.predict([{ a: 5, b: 5, größe: 5 }]))).toEqual([1]);
    await expect(model.predict([{ a: 5, b: 5 }])).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_NAMES' });
  });

  it('takes texts and numbers together, a column each', async () => {
    const model = await loadModel(file('mixed.pkl'), { sidecar });
    const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as {
      mixed: { rows: object[]; predict: number[] };
    };
    expect(Array.from(await model.predict(expected.mixed.rows))).toEqual(expected.mixed.predict);
    await model.dispose();
  });

  it('is described with its conversion', async () => {
    process.env['ML_CACHE_DIR'] = cacheDir;
    process.env['ML_PYTHON'] = PYTHON;
    const { details = {} } = await inspectFile(file('one_class.pkl'));
    delete process.env['ML_CACHE_DIR'];
    delete process.env['ML_PYTHON'];
    expect(details['conversion']).toMatchObject({
      source: { framework: 'scikit-learn', version: '1.9.1' },
      comparison: { outputs: { label: 'predict', scores: 'decision_function' } },
    });
    const { sandbox } = details['conversion'] as { sandbox: SandboxReport };
    // Around it where this machine has it, and named where it has not.
    expect([...sandbox.layers, ...Object.keys(sandbox.missing)].sort()).toEqual([OUTER_LAYER, ...ALL_LAYERS].sort());
  });

  it('needs no Python once it was converted, and is verified when it is read again', async () => {
    const again = { ...sidecar, mode: 'off' } as const;
    const model = await loadModel(file('one_class.pkl'), { sidecar: again });
    expect(Array.from(await model.predict([[5, 5, 5]]))).toEqual([1]);
    const folder = join(cacheDir, 'conversions');
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      writeFileSync(join(folder, name), bytes);
    }
    await expect(loadModel(file('one_class.pkl'), { sidecar: again })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
    });
  });

  it('that no converter takes says so', async () => {
    await expect(loadModel(file('neighbors.pkl'), { sidecar })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('skl2onnx does not convert it') as string,
    });
  });

  it.each(['lda.pkl', 'tree_with_gaps.pkl'])('%s, known to convert wrongly, is refused', async (name) => {
    await expect(convert(name)).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('known to convert this wrongly') as string,
    });
  });

  it.each(['lda.pkl', 'tree_with_gaps.pkl'])('%s would be caught by the comparison too', async (name) => {
    const worked = await convert(name, { refuseKnownWrong: false });
    if (process.platform === 'linux') expect(worked.sandbox.layers).toEqual(ALL_LAYERS);
    await expect(verifyConversion(worked, { runtime: runtimeAtHand().url, signal, timeoutMs })).rejects.toThrow(
      expect.objectContaining({
        code: 'ML_SIDECAR_MISMATCH',
        message: expect.stringMatching(/of row \d+ is/) as string,
      }),
    );
  });

  it('whose bytes name something that was not announced is not read', async () => {
    const names = ['sklearn.linear_model._stochastic_gradient.SGDOneClassSVM'];
    await expect(convert('one_class.pkl', { names })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('which was not announced') as string,
    });
  });

  it.each(['os.system', 'builtins.eval', 'sklearn.utils.os', 'numpy.f2py.os', 'sklearn.datasets.load_iris'])(
    'is not given %s, even where it was announced',
    async (name) => {
      await expect(convert('one_class.pkl', { names: [name] })).rejects.toMatchObject({ code: 'ML_SIDECAR_FAILED' });
    },
  );
});
