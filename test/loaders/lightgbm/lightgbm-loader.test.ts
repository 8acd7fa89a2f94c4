import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';
import { descriptor } from '../../../src/loaders/lightgbm/lightgbm-format.ts';
import { textOf } from '../../lightgbm/texts.ts';

describe('the loader', () => {
  it('answers as a Booster does', async () => {
    const model = await loadModel({
      name: 'm.txt',
      bytes: Buffer.from(textOf({ head: { objective: 'binary sigmoid:1' } })),
    });
    expect(model.info).toMatchObject({
      format: 'lightgbm',
      engine: 'native',
      task: 'binary-classification',
      featureNames: ['a'],
    });
    const p = 1 / (1 + Math.exp(-2));
    expect(await model.predict([{ a: 1 }])).toEqual([p]);
    expect((await model.predictProba([{ a: 1 }])).toArray()).toEqual([[1 - p, p]]);
    expect((await model.decisionFunction([{ a: 1 }])).toArray()).toEqual([2]);
    expect((await model.apply([{ a: 1 }])).toArray()).toEqual([[1]]);
    await model.dispose();
  });

  it('takes text whose first line is "tree" alone', () => {
    const detect = (text: string): boolean | undefined =>
      descriptor.detect?.({ kind: 'file', name: 'm.txt', bytes: Buffer.from(text), entries: [] });
    expect(detect('tree\nversion=v4\n')).toBe(true);
    expect(detect('tree\r\nversion=v4\r\n')).toBe(true);
    expect(detect('trees are green\n')).toBe(false);
    expect(detect('')).toBe(false);
  });
});
