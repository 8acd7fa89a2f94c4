import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MLServiceError } from '../../../src/errors/ml-service-error.ts';
import { loader } from '../../../src/loaders/onnx/onnx-loader.ts';
import type { LoadedModel } from '../../../src/spec/model-loader.ts';
import type { DType, TensorLike } from '../../../src/spec/tensor.ts';
import { contextOfFile, FIXTURES, type HarnessOptions } from '../../onnx-runner/harness.ts';

interface TensorJson {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}
interface Fixture {
  readonly files: readonly string[];
  readonly expect?: 'refuse';
  /** Has no reference outputs: numpy has no bfloat16. */
  readonly loads?: true;
  readonly why?: string;
  readonly rtol?: number;
  readonly input?: readonly unknown[] | { readonly columns: readonly string[]; readonly data: readonly unknown[][] };
  readonly inputs?: readonly TensorJson[];
  readonly cases?: readonly { readonly inputs: readonly TensorJson[]; readonly expected: readonly TensorJson[] }[];
  readonly expected?: readonly TensorJson[] | Readonly<Record<string, unknown>>;
  readonly exact?: { readonly predict: readonly string[] };
}

const METHODS = new Map<string, 'predict' | 'predictProba' | 'decisionFunction' | 'transform'>([
  ['predict', 'predict'],
  ['predict_proba', 'predictProba'],
  ['decision_function', 'decisionFunction'],
  ['transform', 'transform'],
]);

function fixtures(folder: string): [string, Fixture][] {
  return readdirSync(join(FIXTURES, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
    .map((name) => [name, JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as Fixture]);
}

function load(name: string, fixture: Fixture, options: HarnessOptions = {}): Promise<LoadedModel> {
  const file = join(FIXTURES, name, '..', fixture.files[0] ?? '');
  return Promise.resolve(loader.load(contextOfFile(file, options)));
}

function number(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (typeof value === 'boolean') return Number(value);
  return value === 'Infinity' ? Number.POSITIVE_INFINITY : value === '-Infinity' ? Number.NEGATIVE_INFINITY : value;
}

function rowsOf(input: NonNullable<Fixture['input']>): readonly object[] {
  if ('columns' in input) {
    return input.data.map((row) => Object.fromEntries(input.columns.map((name, i) => [name, row[i]])));
  }
  return input.map((row) => (Array.isArray(row) ? row.map(number) : row)) as readonly object[];
}

/** Whatever a method gave, as nested plain values. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || !('data' in value)) return value;
  const { data, shape } = value as TensorLike;
  const flat = Array.from<unknown>(data as ArrayLike<unknown>).map(plain);
  const [rows = 0, ...rest] = shape;
  const width = rest.reduce((a, b) => a * b, 1);
  return rest.length === 0 ? flat : Array.from({ length: rows }, (_, i) => flat.slice(i * width, (i + 1) * width));
}

function expectClose(got: unknown, want: unknown, rtol: number, path = ''): void {
  if (Array.isArray(want)) {
    expect(got, path).toHaveLength(want.length);
    for (const [i, item] of want.entries()) expectClose((got as unknown[])[i], item, rtol, `${path}[${i}]`);
    return;
  }
  const goal = number(want);
  if (typeof goal !== 'number' || Number.isNaN(goal) || !Number.isFinite(goal)) {
    expect(typeof got === 'boolean' ? Number(got) : got, path).toBe(goal);
    return;
  }
  const value = Number(got);
  if (!(Math.abs(value - goal) <= rtol * Math.max(1, Math.abs(goal)))) expect(value, path).toBe(goal);
}

const INTEGERS = new Set<DType>(['int64', 'uint64']);

function tensor({ data, shape, dtype }: TensorJson): TensorLike {
  const values = data.map(number);
  return { shape, dtype, data: INTEGERS.has(dtype) ? values.map((value) => BigInt(value as number)) : values };
}

async function checkTensors(model: LoadedModel, fixture: Fixture): Promise<void> {
  const given = fixture.cases ?? [{ inputs: fixture.inputs ?? [], expected: (fixture.expected ?? []) as TensorJson[] }];
  for (const { inputs, expected } of given) {
    const got = await model.run?.(Object.fromEntries(inputs.map((input) => [input.name, tensor(input)])), {});
    for (const want of expected) {
      expect(got?.[want.name], want.name).toMatchObject({ shape: want.shape, dtype: want.dtype });
      expectClose(
        plain({ ...got?.[want.name], shape: [want.data.length] }),
        want.data,
        fixture.rtol ?? 1e-6,
        want.name,
      );
    }
  }
}

async function checkRows(model: LoadedModel, fixture: Fixture): Promise<void> {
  const rows = rowsOf(fixture.input ?? []);
  for (const [method, want] of Object.entries(fixture.expected ?? {})) {
    const name = METHODS.get(method);
    if (name === undefined) throw new Error(`fixtures do not have ${method}`);
    const got = await model[name]?.(rows, {});
    expectClose(plain(got), want, fixture.rtol ?? 1e-5, method);
    const last = await model[name]?.(rows.slice(-1), {});
    expectClose(plain(last), (want as unknown[]).slice(-1), fixture.rtol ?? 1e-5, `${method} of one row`);
    if (name === 'predict' && fixture.exact !== undefined) {
      expect((got as unknown[]).map(String)).toEqual(fixture.exact.predict);
    }
  }
}

describe('fixtures', () => {
  const all = [...fixtures('.'), ...fixtures('broken')];
  const refused = all.filter(([, fixture]) => fixture.expect === 'refuse');
  const accepted = all.filter(([, fixture]) => fixture.expect !== 'refuse' && fixture.loads !== true);

  it('are there', () => {
    expect(refused.length).toBeGreaterThan(50);
    expect(accepted.length).toBeGreaterThan(60);
  });

  it.each(accepted)('%s answers as the original', async (name, fixture) => {
    const model = await load(name, fixture);
    try {
      await (fixture.input === undefined ? checkTensors(model, fixture) : checkRows(model, fixture));
    } finally {
      await model.dispose?.();
    }
  });

  it.each(refused)('%s is refused', async (name, fixture) => {
    const error: unknown = await load(name, fixture).then(
      (model) => model.dispose?.(),
      (caught: unknown) => caught,
    );
    expect(MLServiceError.isInstance(error), `${fixture.why}: ${String(error)}`).toBe(true);
    const context = contextOfFile(join(FIXTURES, name, '..', fixture.files[0] ?? ''));
    const findings = await loader.scan?.(context);
    if (MLServiceError.isInstance(error) && !error.message.includes('onnxruntime')) expect(findings).not.toEqual([]);
  });

  it('works for bfloat16 inputs too', async () => {
    const model = await load('bfloat16_input.json', { files: ['bfloat16_input.onnx'] });
    const [input] = model.info?.inputs ?? [];
    expect(input?.dtype).toBe('bfloat16');
    const shape = (input?.shape ?? []).map((extent) => (typeof extent === 'number' ? extent : 2));
    const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 0.5);
    const outputs = await model.run?.({ [input?.name ?? '']: { data, shape, dtype: 'bfloat16' } }, {});
    expect(Object.values(outputs ?? {}).map((output) => Array.from(output.data as Float32Array))).toEqual([data]);
    await model.dispose?.();
  });

  it('answers the same through WebAssembly', async () => {
    for (const [name, fixture] of accepted.filter(([name]) =>
      /^(zipmap_string|text_tfidf_classifier|add_int64|ext|columns_classifier)\.json$/.test(name),
    )) {
      const model = await load(name, fixture, { options: { engine: 'onnxruntime-web' } });
      expect(model.info?.engine).toBe('onnxruntime-web');
      await (fixture.input === undefined ? checkTensors(model, fixture) : checkRows(model, fixture));
      await model.dispose?.();
    }
  });
});
