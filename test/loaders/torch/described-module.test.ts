// State dicts with their architecture in the metadata, compared with real PyTorch (test/reference/torch/modules.py).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, type Model, type TensorLike } from '../../../src/index.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/torch-modules/', import.meta.url));

interface Values {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int64';
  readonly data: readonly number[];
  readonly stated?: unknown;
}
interface Fixture {
  readonly module: { readonly type: string; readonly modules: readonly object[] };
  readonly input: Values;
  readonly output: Values;
}

const fixture = (name: string): Fixture => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Fixture;

function load(name: string, torch: object, more: object = {}): Promise<Model> {
  return loadModel(join(FOLDER, `${name}.pth`), { metadata: { ...more, extra: { torch } } });
}

const tensor = ({ shape, dtype, data }: Values): TensorLike =>
  dtype === 'int64'
    ? { shape, dtype, data: BigInt64Array.from(data, BigInt) }
    : { shape, dtype, data: Float32Array.from(data) };

describe('described modules', () => {
  const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
  it.each(names)('%s', async (name) => {
    const { module, input, output } = fixture(name);
    const model = await load(name, { module, ...(input.stated !== null && { input: input.stated }) });
    const got = (await model.run({ input: tensor(input) }))['output'] as TensorLike;
    expect(got.shape).toEqual(output.shape);
    for (const [i, want] of output.data.entries()) expect((got.data as Float32Array)[i]).toBeCloseTo(want, 5);
    // The tensors stay readable beside the predictions.
    expect(model.tensors.size).toBeGreaterThan(0);
    await model.dispose();
  });

  it('answers rows with values, or with classes where the metadata names them', async () => {
    const { module, input, output } = fixture('mlp');
    const rows = Array.from({ length: 5 }, (_, i) => input.data.slice(i * 6, i * 6 + 6));
    const values = await load('mlp', { module });
    expect((await values.predict(rows)) as unknown[]).toHaveLength(5);
    await values.dispose();
    const model = await load('mlp', { module }, { classes: ['a', 'b', 'c'] });
    const want = Array.from({ length: 5 }, (_, i) => output.data.slice(i * 3, i * 3 + 3));
    expect(await model.predict(rows)).toEqual(want.map((row) => ['a', 'b', 'c'][row.indexOf(Math.max(...row))]));
    expect((await model.predictProba(rows)).shape).toEqual([5, 3]);
    expect(model.info).toMatchObject({ inputs: [{ name: 'input', shape: ['batch', 6] }], classes: ['a', 'b', 'c'] });
    await model.dispose();
  });
});

describe('descriptions that do not fit', () => {
  const { module } = fixture('mlp');
  const changed = (at: number, layer: object | undefined): object => ({
    ...module,
    modules:
      layer === undefined
        ? module.modules.filter((_, i) => i !== at)
        : module.modules.map((old, i) => (i === at ? layer : old)),
  });
  it.each<[what: string, torch: object, message: RegExp]>([
    ['a type that is not known', { module: changed(1, { type: 'Swish' }) }, /Swish.*known are.*ReLU/],
    ['a setting that is not known', { module: changed(1, { type: 'ReLU', slope: 1 }) }, /unknown settings: slope/],
    [
      'a tensor that is missing',
      { module: changed(1, { type: 'Linear' }) },
      /"1" \(Linear\) needs the tensor "weight"/,
    ],
    ['tensors that are not used', { module: changed(3, { type: 'Identity' }) }, /3\.weight/],
    [
      'a size that the tensors contradict',
      { module: changed(0, { type: 'Linear', in_features: 7 }) },
      /states 7 as "in_features".*6/,
    ],
    ['a module without a type', { module: changed(0, {}) }, /has no type/],
    ['no module', { module: 3 }, /must be an object/],
    ['a prefix that no tensor has', { module, prefix: 'net' }, /begins with "net\."/],
    ['an input without a shape', { module, input: {} }, /torch\.input.*shape/],
    ['a rank that a layer does not take', { module, input: { shape: ['batch', 6, 2, 2] } }, /BatchNorm1d.*dimensions/],
  ])('%s', async (_, torch, message) => {
    await expect(load('mlp', torch)).rejects.toMatchObject({
      code: 'ML_METADATA_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });
});
