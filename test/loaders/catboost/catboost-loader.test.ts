import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';
import { descriptor } from '../../../src/loaders/catboost/catboost-format.ts';
import { loader } from '../../../src/loaders/catboost/catboost-loader.ts';
import { loaderContract } from '../../../src/testing/index.ts';
import { bytesOf, catFeature, documentOf } from '../../catboost/documents.ts';

const fileOf = (name: string): Buffer => readFileSync(new URL(`../../catboost/models/${name}`, import.meta.url));
const load = (bytes: Uint8Array, name = 'm.json'): ReturnType<typeof loadModel> => loadModel({ name, bytes });
const columns = ['size', 'wörd', 'zone', 'other'];

for (const extension of ['cbm', 'cat.json']) {
  const { input, expected, raw } = JSON.parse(fileOf('ctr-combinations.json').toString('utf8')) as {
    input: { data: (number | string)[][] };
    expected: { predict: number[] };
    raw: number[];
  };
  loaderContract(
    { describe, it },
    {
      loader,
      artefact: { name: `m.${extension}`, bytes: fileOf(`ctr-combinations.${extension}`) },
      rows: input.data,
      expected: { predict: expected.predict, decisionFunction: raw },
      badRows: {
        'too few features': [[1, 'a', 2]],
        'text in a numeric column': [['a', 'b', 1, 1]],
        'a missing category': [[1, null, 1, 1]],
        'a category with a fraction': [[1, 'a', 1.5, 1]],
      },
    },
  );
}

describe('the loader', () => {
  it('knows its files by content', () => {
    const detect = (bytes: Uint8Array): boolean | undefined =>
      descriptor.detect?.({ kind: 'file', name: 'm', bytes, entries: [] });
    expect(detect(fileOf('threshold.cbm'))).toBe(true);
    expect(detect(fileOf('threshold.cat.json'))).toBe(true);
    expect(detect(Buffer.from('{"model_info": {}, "oblivious_trees": []}'))).toBe(true);
    expect(detect(Buffer.from('{"learner": {"features_info": 1}}'))).toBe(false);
    expect(detect(Buffer.from('CBM'))).toBe(false);
  });

  it('describes the model', async () => {
    const model = await load(fileOf('lossguide-ctr.cbm'), 'm.cbm');
    expect(model.info).toMatchObject({
      format: 'catboost',
      engine: 'native',
      task: 'multiclass-classification',
      classes: [0, 1, 2],
      featureNames: columns,
    });
    await model.dispose();
  });

  it('takes records by name and needs every feature that is looked at', async () => {
    const model = await load(fileOf('ctr-combinations.cbm'), 'm.cbm');
    const row = { zone: 1, other: -3, size: 0.25, wörd: 'x' };
    expect(await model.predict([row])).toEqual(await model.predict([[0.25, 'x', 1, -3]]));
    await expect(model.predict([{ zone: 1, other: -3, size: 0.25 }])).rejects.toMatchObject({
      code: 'ML_INPUT_FEATURE_NAMES',
    });
  });

  it.each(['text', 'embedding'])('refuses %s features by name', async (kind) => {
    await expect(load(fileOf(`${kind}.cbm`), 'm.cbm')).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
      message: expect.stringContaining(`${kind} features`) as string,
    });
  });

  it.each([
    ['Poisson', [2], Math.E ** 2],
    ['Tweedie', [2], Math.E ** 2],
    ['RMSE', [2], 2],
    ['YetiRank', [2], 2],
    ['RMSEWithUncertainty', [2, 1], [2, Math.E ** 2]],
    ['MultiRMSE', [2, 1], [2, 1]],
  ])('%s: what predict() makes of raw values', async (loss, right, want) => {
    const model = await load(bytesOf(documentOf({ loss, left: right.map(() => 0), right })));
    const [got] = (await model.predict([[1]])) as unknown as (number | number[])[];
    for (const [i, value] of [want].flat().entries()) expect([got].flat()[i]).toBeCloseTo(value, 12);
    expect((await model.apply([[1], [0]])).toArray()).toEqual([[1], [0]]);
  });

  it('gives labels of every type', async () => {
    for (const [names, second] of [
      [['no', 'yes'], 'yes'],
      [[false, true], true],
      [[-2, 1.5], 1.5],
      [[3, 2 ** 60], 2n ** 60n],
    ] as const) {
      const info = {
        class_params: JSON.stringify({ class_names: names, class_to_label: [0, 1], classes_count: 0 }).replace(
          '1152921504606847000',
          '1152921504606846976',
        ),
      };
      const model = await load(bytesOf(documentOf({ loss: 'Logloss', info })));
      expect(await model.predict([[1]])).toEqual([second]);
      expect((await model.predictProba([[1]])).shape).toEqual([1, 2]);
    }
  });

  it('knows classes that training did not meet', async () => {
    const info = { class_params: { class_names: [], class_to_label: [1, 3], classes_count: 5 } };
    const model = await load(bytesOf(documentOf({ loss: 'MultiClass', left: [0, 1], right: [1, 0], info })));
    expect(await model.predict([[0], [1]])).toEqual([3, 1]);
    const [row] = (await model.decisionFunction([[1]])).toArray() as number[][];
    expect(row).toEqual([-Infinity, 1, -Infinity, 0, -Infinity]);
    const [p] = (await model.predictProba([[1]])).toArray() as number[][];
    expect(p?.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });

  it('refuses JSON that lost the statistics of all targets but one', async () => {
    const lost = documentOf({ loss: 'MultiRMSE', left: [0, 0], right: [1, 1], features: catFeature() });
    await expect(load(bytesOf(lost))).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
    const kept = documentOf({ loss: 'RMSE', features: catFeature() });
    await expect(load(bytesOf(kept))).resolves.toBeDefined();
  });

  it.each([
    [
      'no trees for the values',
      { trees: [{ splits: [{ split_index: 0 }], leaf_values: [1, 2, 3] }] },
      'ML_FORMAT_MALFORMED',
    ],
    [
      'a condition that is not there',
      { trees: [{ splits: [{ split_index: 9 }], leaf_values: [1, 2] }] },
      'ML_FORMAT_MALFORMED',
    ],
    [
      'more levels than a leaf has bits',
      { trees: [{ splits: Array.from({ length: 31 }, () => ({ split_index: 0 })), leaf_values: [1] }] },
      'ML_FORMAT_LIMIT',
    ],
    ['borders out of order', { borders: [2, 1] }, 'ML_FORMAT_MALFORMED'],
    ['too many borders', { borders: Array.from({ length: 65_536 }, (_, i) => i) }, 'ML_FORMAT_LIMIT'],
    ['a feature far out', { flatIndex: 2 ** 40 }, 'ML_FORMAT_LIMIT'],
    ['text features', { features: { text_features: [{}] } }, 'ML_FORMAT_UNSUPPORTED'],
    ['statistics of an unknown type', { features: catFeature({ ctr_type: 'Mystery' }) }, 'ML_FORMAT_UNSUPPORTED'],
    ['a table that is missing', { features: catFeature({ ctr_type: 'Counter' }) }, 'ML_FORMAT_MALFORMED'],
    ['too many classes', { loss: 'MultiClass', info: { class_params: { classes_count: 1e9 } } }, 'ML_FORMAT_LIMIT'],
  ] as const)('says what is wrong: %s', async (_, change, code) => {
    await expect(load(bytesOf(documentOf(change)))).rejects.toMatchObject({ code });
  });

  it('reads trees nested deeper than a stack', async () => {
    const depth = 50_000;
    const leaf = '{"value":1}';
    const trees = `[${'{"split":{"split_index":0},"left":'.repeat(depth)}${leaf}${`,"right":${leaf}}`.repeat(depth)}]`;
    const text = JSON.stringify({ ...documentOf(), oblivious_trees: undefined, trees: 0 }).replace(
      '"trees":0',
      `"trees":${trees}`,
    );
    const model = await load(Buffer.from(text));
    expect(await model.predict([[0], [1]])).toEqual([1, 1]);
  });

  it('refuses half a file, wherever it ends', async () => {
    const whole = fileOf('ctr-types.cbm');
    for (let length = 4; length < whole.length; length += 97) {
      await expect(load(whole.subarray(0, length), 'm.cbm')).rejects.toMatchObject({
        code: expect.stringMatching(/^ML_FORMAT_/) as string,
      });
    }
  });
});
