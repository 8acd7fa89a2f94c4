import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CustomClass, loadModel, type Model } from '../../../src/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = join(ROOT, 'test/fixtures/pickle');

const clip: CustomClass = {
  module: 'shop.features',
  name: 'Clip',
  read(state) {
    const [low, high] = [state.vector('low_'), state.vector('high_')];
    return {
      transform: (rows) =>
        rows.map((row) =>
          row.map((value, j) => Math.min(high[j] as number, Math.max(low[j] as number, Number(value)))),
        ),
    };
  },
};
const ratio: CustomClass = { module: 'shop.features', name: 'Ratio', read: () => ({ transform: (rows) => rows }) };

const load = (name: string, ...estimators: CustomClass[]): Promise<Model> =>
  loadModel(join(FOLDER, `${name}.pkl`), { loaderOptions: { pickle: { estimators } } });

describe('a registered class', () => {
  it('works as the documentation shows', async () => {
    const page = readFileSync(join(ROOT, 'docs/loaders/pickle.md'), 'utf8');
    const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const body = code
      .replace(/^import .*\n/m, '')
      .replace('const model = await', 'return')
      .replace("'clip.pkl'", JSON.stringify(join(FOLDER, 'clip.pkl')));
    // oxlint-disable-next-line typescript/no-implied-eval -- the page's own example is what is tested
    const run = new Function('loadModel', body) as (load: typeof loadModel) => Promise<Model>;
    const model = await run(loadModel);
    expect(model.info.featureNames).toEqual(['a', 'b']);
    expect(
      await model.predict([
        { a: 2, b: 100 },
        { a: -2, b: 0 },
      ]),
    ).toEqual(['yes', 'no']);
  });

  it('stands anywhere in a pipeline', async () => {
    const model = await load('unknown', clip, ratio);
    const far = await model.predictProba([[1, 0]]);
    expect(await model.predict([[1, 0]])).toEqual(['yes']);
    expect(Array.from(far.row(0) as Float64Array).every((p) => p > 0 && p < 1)).toBe(true);
    await expect(load('unknown', clip)).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
  });

  it('is a part of its own, and can ask what it holds', async () => {
    const bundle = await load('half_unknown', clip);
    const { data } = await bundle.part('clip').transform([[1e9, 0]]);
    expect(Number(data[0])).toBeLessThan(10);
    const seen: unknown[] = [];
    await load('clip', {
      ...clip,
      read: (state) => {
        seen.push(
          state.path,
          state.sklearnVersion,
          state.attributes,
          state.value('nothing'),
          state.labels('feature_names_in_'),
        );
        return clip.read(state);
      },
    });
    expect(seen).toEqual(['steps[0](clip)', '1.9.1', expect.arrayContaining(['low_', 'high_']), undefined, ['a', 'b']]);
  });

  it('must give something that fits', async () => {
    const broken = (result: unknown): CustomClass => ({
      ...clip,
      read: () => result as ReturnType<CustomClass['read']>,
    });
    await expect(load('clip', broken({}))).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
    await expect(load('clip', broken(undefined))).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
    const short = await load('clip', broken({ transform: () => [] }));
    await expect(short.predict([[1, 2]])).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
    await expect(
      load('clip', { ...clip, read: (state) => ({ transform: () => [[1]], ...(state.number('low_') && {}) }) }),
    ).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
    });
  });

  it('cannot lift the audit', async () => {
    // GLOBAL os system, REDUCE of ('true',): protocol 0.
    const bytes = Buffer.from("cos\nsystem\n(S'true'\ntR.", 'latin1');
    const system: CustomClass = { ...clip, module: 'os', name: 'system' };
    const options = { loaderOptions: { pickle: { estimators: [system] } } };
    await expect(loadModel({ bytes, name: 'x.pkl' }, options)).rejects.toMatchObject({ code: 'ML_FORMAT_UNSAFE' });
    // A registered class that the stream would call, rather than fill.
    const called = Buffer.from("cshop.features\nClip\n(S'true'\ntR.", 'latin1');
    await expect(
      loadModel({ bytes: called, name: 'x.pkl' }, { loaderOptions: { pickle: { estimators: [clip] } } }),
    ).rejects.toMatchObject({ code: 'ML_FORMAT_UNSAFE' });
  });

  it.each([
    { estimators: [{ module: 'a b', name: 'C', read: clip.read }] },
    { estimators: [{ module: 'a', name: 'B.C', read: clip.read }] },
    { estimators: [{ module: 'a', name: 'C' }] },
    { estimators: [clip, clip] },
    { estimators: {} },
    { classes: [] },
  ])('is refused as %j', async (pickle) => {
    await expect(loadModel(join(FOLDER, 'clip.pkl'), { loaderOptions: { pickle } })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining('options.loaderOptions.pickle') as string,
    });
  });
});
