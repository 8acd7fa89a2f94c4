import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';
import { descriptor } from '../../../src/loaders/xgboost/xgboost-format.ts';
import { binaryOf, bytesOf, documentOf, stump, ubjsonOf } from '../../xgboost/documents.ts';

const load = (name: string, bytes: Uint8Array): ReturnType<typeof loadModel> => loadModel({ name, bytes });

describe('the loader', () => {
  it.each([
    ['m.json', bytesOf(documentOf({ objective: 'binary:logistic', baseScore: '5E-1' }))],
    ['m.ubj', ubjsonOf(documentOf({ objective: 'binary:logistic', baseScore: '5E-1' }))],
    ['m.model', binaryOf({ objective: 'binary:logistic', base: 0.5 })],
    ['m.bin', binaryOf({ objective: 'binary:logistic', base: 0.5 })],
  ])('%s answers as a Booster does', async (name, bytes) => {
    const model = await load(name, bytes);
    expect(model.info).toMatchObject({ format: 'xgboost', engine: 'native', task: 'binary-classification' });
    const [p] = await model.predict([[1]]);
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect((await model.predictProba([[1]])).toArray()).toEqual([[Math.fround(1 - (p as number)), p]]);
    expect((await model.decisionFunction([[1]])).toArray()).toEqual([2]);
    expect((await model.apply([[1]])).toArray()).toEqual([[2]]);
    await model.dispose();
  });

  it('takes no other JSON', () => {
    const detect = (text: string): boolean | undefined =>
      descriptor.detect?.({ kind: 'file', name: 'm.json', bytes: Buffer.from(text), entries: [] });
    expect(detect('{"learner": {}}')).toBe(true);
    expect(detect('{"features": ["learner"]}')).toBe(false);
    expect(detect('[{"learner": {}}]')).toBe(false);
  });

  it('says what is wrong with a damaged file', async () => {
    await expect(load('m.json', Buffer.from('{"learner": {"attributes": {}}}'))).rejects.toMatchObject({
      code: 'ML_FORMAT_MALFORMED',
    });
    await expect(
      load('m.json', bytesOf(documentOf({ trees: [stump({ left_children: [9, -1, -1] })] }))),
    ).rejects.toMatchObject({
      code: 'ML_FORMAT_MALFORMED',
    });
  });

  it('asks for as many features as there are', async () => {
    const model = await load('m.json', bytesOf(documentOf()));
    await expect(model.predict([[1, 2]])).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_COUNT' });
  });
});
