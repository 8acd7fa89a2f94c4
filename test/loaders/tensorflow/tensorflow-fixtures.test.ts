import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, scanFile } from '../../../src/index.ts';
import type { DType, TensorLike } from '../../../src/spec/tensor.ts';

interface TensorJson {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}
interface Fixture {
  readonly expect?: string;
  readonly rtol?: number;
  readonly cases?: readonly { readonly inputs: readonly TensorJson[]; readonly expected: readonly TensorJson[] }[];
}

const OWN = fileURLToPath(new URL('../../fixtures/tensorflow/', import.meta.url));
const SHARED = ['tf2', 'tf3', 'more/tf2', 'more/tf3'].map((name) =>
  fileURLToPath(new URL(`../../../../shared/fixtures/keras-tf/${name}/`, import.meta.url)),
);
for (const folder of SHARED)
  if (!existsSync(folder)) console.log(`skipped: ${folder} is not there, its models are not checked`);

const ARRAYS = new Map<string, (data: readonly unknown[]) => TensorLike['data']>([
  ['float32', (data) => Float32Array.from(data as number[])],
  ['float64', (data) => Float64Array.from(data as number[])],
  ['int32', (data) => Int32Array.from(data as number[])],
  ['int64', (data) => BigInt64Array.from(data as number[], BigInt)],
]);

const toTensor = ({ data, shape, dtype }: TensorJson): TensorLike => ({
  data: ARRAYS.get(dtype)?.(data) ?? data,
  shape,
  dtype,
});

describe.each([OWN, ...SHARED].filter(existsSync))('models of TensorFlow in %s', (folder) => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));

  it('are there', () => {
    expect(names.length).toBeGreaterThan(3);
  });

  it.each(names)('%s', async (name) => {
    const fixture = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Fixture;
    const path = ['', '.pb', '.tflite']
      .map((extension) => join(folder, `${name}${extension}`))
      .find((file) => existsSync(file));
    if (fixture.expect === 'refuse') {
      await expect(loadModel(path ?? '')).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
      return;
    }
    expect((await scanFile(path ?? '')).verdict).toBe('safe');
    const model = await loadModel(path ?? '');
    for (const { inputs, expected } of fixture.cases ?? []) {
      const results = await model.run(Object.fromEntries(inputs.map((tensor) => [tensor.name, toTensor(tensor)])));
      for (const want of expected) {
        const got = results[want.name];
        expect(got?.shape).toEqual(want.shape);
        expect(got?.dtype).toBe(want.dtype);
        const rtol = fixture.rtol ?? 1e-5;
        const wrong = want.data.findIndex((value, i) => !close(got?.data[i], value, rtol));
        expect(wrong, `${want.name}[${wrong}]`).toBe(-1);
      }
    }
    await model.dispose();
  });
});

function close(got: unknown, want: unknown, rtol: number): boolean {
  if (typeof want !== 'number') return got === want;
  const value = Number(got);
  return value === want || Math.abs(value - want) <= rtol * Math.max(1, Math.abs(want));
}
