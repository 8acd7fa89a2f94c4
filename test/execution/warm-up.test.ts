import { describe, expect, it } from 'vitest';
import { warmUpOf } from '../../src/execution/warm-up.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';

const metadata = (rows: readonly unknown[]) => ({ name: 'm', version: 'v1', samples: { rows }, extra: {} });

describe('before a model is ready', () => {
  it('it predicts the samples of its metadata', async () => {
    const asked: unknown[] = [];
    const model: LoadedModel = { predict: (rows) => (asked.push(rows), []) };
    await warmUpOf(model, metadata([[1, 2]]), () => undefined)?.();
    expect(asked).toEqual([[[1, 2]]]);
  });

  it('a sample that cannot be predicted is told, and is no reason to refuse the model', async () => {
    const told: string[] = [];
    const model: LoadedModel = {
      predict() {
        throw new Error('too short');
      },
    };
    await warmUpOf(model, metadata([[1]]), ({ code, message }) => told.push(code, message))?.();
    expect(told).toEqual(['warm-up-failed', expect.stringContaining('too short')]);
  });

  it('a graph is run with one row of zeros, of the types that its inputs state', async () => {
    let fed: unknown;
    const model: LoadedModel = {
      info: {
        inputs: [
          { name: 'a', dtype: 'float32', shape: ['batch', 3] },
          { name: 'b', dtype: 'string', shape: [null, 1] },
          { name: 'c', dtype: 'int64', shape: [2] },
        ],
      },
      run(feeds) {
        fed = feeds;
        throw new Error('zeros are nothing to this graph');
      },
    };
    await warmUpOf(model, undefined, () => undefined)?.();
    expect(fed).toEqual({
      a: { data: new Float32Array(3), shape: [1, 3], dtype: 'float32' },
      b: { data: [''], shape: [1, 1], dtype: 'string' },
      c: { data: new BigInt64Array(2), shape: [2], dtype: 'int64' },
    });
  });

  it.each([
    ['no inputs', []],
    ['an input without a type', [{ name: 'a', dtype: undefined, shape: [1] }]],
    ['an input of unknown rank', [{ name: 'a', dtype: 'float32', shape: [] }]],
    ['a huge input', [{ name: 'a', dtype: 'float32', shape: [1, 1e9] }]],
  ] as const)('nothing is made up for %s', (_, inputs) => {
    const model: LoadedModel = { info: { inputs }, run: () => ({}) };
    expect(warmUpOf(model, undefined, () => undefined)).toBeUndefined();
  });
});
