import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel, type LoadModelOptions, type ModelWarning } from '../../src/index.ts';
import { packParts } from '../../src/internal/pack-parts.ts';
import { inspectFile } from '../../src/service/inspect-file.ts';
import { neededConversion } from '../../src/service/needed-conversion.ts';
import { configure } from '../../src/service/registry-config.ts';
import { runWorker } from '../../src/sidecar/run-worker.ts';
import { runtimeAtHand } from '../../src/sidecar/runtime-at-hand.ts';
import { ALL_LAYERS, sandboxPolicy } from '../../src/sidecar/sandbox-policy.ts';
import { verifyConversion } from '../../src/sidecar/verify-conversion.ts';
import type { WorkerResult } from '../../src/sidecar/worker-request.ts';
import type { DType, TensorLike } from '../../src/spec/tensor.ts';
import { frameworkPython } from './framework-python.ts';

const PYTHON = frameworkPython('tensorflow');
const FILES = fileURLToPath(new URL('tensorflow-files', import.meta.url));
const file = (name: string): string => join(FILES, name);
const timeout = 240_000;
const { signal } = new AbortController();

const cacheDir = mkdtempSync(join(tmpdir(), 'sidecar-tensorflow-'));
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

// Every layer holds: TensorFlow starts its threads after the room is closed.
const sandbox = process.platform === 'linux' ? 'require' : 'best-effort';
const sidecar = { mode: 'auto', python: PYTHON ?? '', cacheDir, timeoutMs: timeout, sandbox } as const;

type Values = Readonly<Record<string, { readonly dtype: DType; readonly value: unknown }>>;
const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Record<
  string,
  { readonly inputs: Values; readonly outputs: Values }
>;

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

const flat = (value: unknown): unknown[] => [value].flat(9);

function feedsOf(name: string): Record<string, TensorLike> {
  return Object.fromEntries(
    Object.entries(expected[name]?.inputs ?? {}).map(([key, { dtype, value }]) => {
      const data = dtype === 'string' ? flat(value) : Float32Array.from(flat(value) as number[]);
      return [key, { data, shape: shapeOf(value), dtype }];
    }),
  );
}

/** Asks a model what Python was asked, and compares all that it gave. */
async function compare(path: string, options: LoadModelOptions): Promise<readonly ModelWarning[]> {
  const warnings: ModelWarning[] = [];
  const name = path.split('.')[0] ?? path;
  const model = await loadModel(file(path), {
    sidecar,
    loadTimeoutMs: timeout,
    on: { 'model:warning': (warning) => warnings.push(warning) },
    ...options,
  });
  const answers = await model.run(feedsOf(name));
  await model.dispose();
  const outputs = expected[name]?.outputs ?? {};
  expect(Object.keys(answers).sort()).toEqual(Object.keys(outputs).sort());
  expect(Object.keys(outputs).length).toBeGreaterThan(0);
  for (const [output, { dtype, value }] of Object.entries(outputs)) {
    const got = answers[output];
    expect([got?.dtype, got?.shape]).toEqual([dtype, shapeOf(value)]);
    for (const [i, want] of flat(value).entries()) {
      const found = got?.data[i];
      if (dtype === 'float32') {
        const distance = Math.abs(Number(found) - Number(want)) / Math.max(1, Math.abs(Number(want)));
        expect(distance, `${output}[${i}]`).toBeLessThan(1e-5);
      } else expect(String(found)).toBe(String(want));
    }
  }
  return warnings;
}

const CONVERTED = [
  ['a SavedModel with variables, functions and a loop', 'spectrum'],
  ['a SavedModel of two inputs', 'pair'],
  ['a frozen graph', 'frozen.pb'],
  ['Keras 3 with a layer that is not native', 'sound.keras'],
  ['Keras 3 with an operation that is not native, two inputs and outputs', 'products.keras'],
  ['Keras 2 in HDF5', 'local.h5'],
  ['Keras 2 in an archive', 'local2.keras'],
  ['Keras 2 with its architecture beside it', 'beside.h5'],
] as const;

const SERVED = [...CONVERTED.map(([, path]) => path), 'words'];

describe.runIf(PYTHON !== undefined)('TensorFlow and Keras without a native way', { timeout }, () => {
  it.each(CONVERTED)('%s is converted and answers as in Python', async (_, path) => {
    const warnings = await compare(path, {});
    expect(warnings.map(({ code }) => code)).toContain('converted');
  });

  it('says how it was made, every layer of the room with it', async () => {
    process.env['ML_CACHE_DIR'] = cacheDir;
    process.env['ML_PYTHON'] = PYTHON;
    try {
      for (const [path, task] of [
        ['spectrum', 'convert-tensorflow'],
        ['sound.keras', 'convert-keras'],
      ] as const) {
        await compare(path, {});
        const { details } = await inspectFile(file(path));
        expect(details?.['conversion']).toMatchObject({
          task,
          // bubblewrap is there or not.
          ...(process.platform === 'linux' && {
            sandbox: { layers: expect.arrayContaining([...ALL_LAYERS]) as unknown },
          }),
        });
      }
    } finally {
      delete process.env['ML_CACHE_DIR'];
      delete process.env['ML_PYTHON'];
    }
  });

  it.each(SERVED)('%s is answered for by Python', async (path) => {
    expect(await compare(path, { engine: 'python' })).toEqual([]);
  });

  it('tells what the model raises, and goes on', async () => {
    const model = await loadModel(file('spectrum'), { sidecar, engine: 'python', loadTimeoutMs: timeout });
    const bad = model.run({ x: { data: new Float32Array(7), shape: [1, 7], dtype: 'float32' } });
    await expect(bad).rejects.toMatchObject({ code: 'ML_PREDICT_FAILED' });
    expect(Object.keys(await model.run(feedsOf('spectrum')))).toContain('scores');
    await model.dispose();
  });

  it('of chance is refused', async () => {
    await expect(loadModel(file('noisy'), { sidecar, loadTimeoutMs: timeout })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('it holds chance') as string,
    });
  });

  it('with operators that tf2onnx has not is refused by their names', async () => {
    await expect(loadModel(file('words'), { sidecar, loadTimeoutMs: timeout })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('LookupTableFindV2') as string,
    });
  });

  it('that tf2onnx converts wrongly is on a list', async () => {
    await expect(loadModel(file('wrong/Atan2.pb'), { sidecar, loadTimeoutMs: timeout })).rejects.toMatchObject({
      code: 'ML_SIDECAR_FAILED',
      message: expect.stringContaining('Atan2: the sign of zero is lost') as string,
    });
  });
});

describe.runIf(PYTHON !== undefined)('the comparison, without the list', { timeout }, async () => {
  const names = readdirSync(file('wrong'));
  const made = PYTHON === undefined ? new Map<string, Made>() : await convertEach(names);

  it.each(names)('finds %s', async (name) => {
    const { known, refused, worked } = made.get(name) as Made;
    expect(known).toContain(`${name.replace('.pb', '')}: `);
    expect(refused).toBeUndefined();
    const verified = verifyConversion(worked, { runtime: runtimeAtHand().url, signal, timeoutMs: timeout });
    await expect(verified).rejects.toMatchObject({ code: 'ML_SIDECAR_MISMATCH' });
  });
});

interface Made {
  readonly known: string | null;
  readonly refused: string | undefined;
  readonly worked: WorkerResult;
}

/** What a worker makes of graphs that its list would refuse. */
async function convertEach(names: readonly string[]): Promise<Map<string, Made>> {
  const each: Record<string, unknown>[] = [];
  const parts: Uint8Array[] = [];
  for (const name of names) {
    const { need } = await neededConversion(file(`wrong/${name}`), configure({}), signal);
    each.push({ ...need?.settings });
    parts.push((await need?.content?.()) ?? new Uint8Array());
  }
  const model = packParts({ each }, parts);
  const worked = await runWorker({
    python: PYTHON ?? '',
    script: fileURLToPath(new URL('unlisted_worker.py', import.meta.url)),
    task: 'convert-each',
    parameters: {},
    model,
    sha256: createHash('sha256').update(model).digest('hex'),
    sandbox: sandboxPolicy(sandbox, { timeoutMs: timeout }),
    timeoutMs: timeout,
    maxOutputBytes: 2 ** 28,
    signal,
    onProgress: () => undefined,
  });
  let at = 0;
  const results = worked.result['each'] as (Pick<Made, 'known' | 'refused'> & {
    readonly blobs: number;
    readonly result?: WorkerResult['result'];
  })[];
  return new Map(
    results.map(({ known, refused, blobs, result = {} }, i) => {
      const own = worked.blobs.slice(at, (at += blobs));
      return [names[i] ?? '', { known, refused, worked: { ...worked, result, blobs: own } }];
    }),
  );
}

describe('TensorFlow and Keras, without Python', () => {
  // Where a process were started, the error would be that there is none.
  const none = { mode: 'auto', python: '/no/such/python', cacheDir } as const;

  it.each([
    ['reading', 'ReadFile'],
    ['coded.keras', 'runs Python code'],
  ])('%s is unsafe, and nothing is started for it', async (path, message) => {
    for (const options of [{}, { engine: 'python' } as const]) {
      await expect(loadModel(file(path), { sidecar: none, ...options })).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSAFE',
        message: expect.stringContaining(message) as string,
      });
    }
  });

  it.each(['counting', 'own.keras'])('%s is not handed over', async (path) => {
    for (const options of [{}, { engine: 'python' } as const]) {
      await expect(loadModel(file(path), { sidecar: none, ...options })).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
      });
    }
  });

  it.each(['spectrum', 'frozen.pb', 'sound.keras'])('%s says what to run', async (path) => {
    await expect(loadModel(file(path), { sidecar: { mode: 'off', cacheDir } })).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('npx base-ml-service convert') as string,
    });
  });
});
