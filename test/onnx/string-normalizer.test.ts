import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyStringNormalizer, type StringStep } from '../../src/onnx/string-normalizer.ts';
import { cutStringNormalizers } from '../../src/onnx/rewrite/cut-string-normalizer.ts';
import type { TensorLike } from '../../src/spec/tensor.ts';
import { expectation, FIXTURES, type FixtureTensor, fixture } from './fixture-models.ts';
import { runGraph } from './run-graph.ts';

const strings = (data: readonly string[], shape: readonly number[] = [data.length]): TensorLike => ({
  data,
  shape,
  dtype: 'string',
});
const step = (changes: Partial<StringStep>): StringStep => ({
  input: 'x',
  caseChange: 'NONE',
  stopwords: [],
  caseSensitive: true,
  flattened: false,
  ...changes,
});

describe('applyStringNormalizer', () => {
  const names = readdirSync(FIXTURES).filter((file) => /^normalize_.*\.onnx$/.test(file));

  it.each(names)('%s gives what the fixture was compared with', async (file) => {
    const name = file.replace('.onnx', '');
    const { inputs = [], expected } = expectation(name);
    const [given] = inputs as [FixtureTensor];
    const [wanted] = expected as [FixtureTensor];
    const { model, steps, findings } = cutStringNormalizers(fixture(name));
    expect(findings).toEqual([]);
    const fed = steps.reduce<TensorLike>(applyStringNormalizer, strings(given.data as string[], given.shape));
    const { y } = await runGraph(model, { x: { type: 'string', data: fed.data, dims: fed.shape } });
    expect(y).toEqual({ type: 'string', data: wanted.data, dims: wanted.shape });
  });

  it('keeps the shape of a flattened step, less the removed texts', () => {
    const flat = step({ caseChange: 'LOWER', stopwords: ['b'], flattened: true });
    expect(applyStringNormalizer(strings(['A', 'b', 'C'], [3, 1]), flat)).toEqual(strings(['a', 'c'], [2, 1]));
    expect(applyStringNormalizer(strings(['b', 'b'], [2, 1]), flat)).toEqual(strings([''], [1, 1]));
    expect(
      applyStringNormalizer(strings(['A', 'B', 'C', 'D'], [2, 2]), step({ caseChange: 'LOWER', flattened: true })),
    ).toEqual(strings(['a', 'b', 'c', 'd'], [2, 2]));
  });

  it('changes case as Python does', () => {
    expect(applyStringNormalizer(strings(['ΟΔΟΣ', 'İ']), step({ caseChange: 'LOWER' })).data).toEqual(['οδος', 'i̇']);
    expect(applyStringNormalizer(strings(['straße']), step({ caseChange: 'UPPER' })).data).toEqual(['STRASSE']);
  });

  it('takes a stop word named like a property of Object', () => {
    const guarded = step({ stopwords: ['constructor'] });
    expect(applyStringNormalizer(strings(['constructor', '__proto__']), guarded).data).toEqual(['__proto__']);
  });

  it.each([
    ['two rows of texts', strings(['a', 'b', 'c', 'd'], [2, 2]), 'ML_INPUT_SHAPE'],
    ['no texts', strings([]), 'ML_INPUT_SHAPE'],
    ['a scalar', strings(['a'], []), 'ML_INPUT_SHAPE'],
    ['numbers', { data: new Float32Array(1), shape: [1], dtype: 'float32' } as const, 'ML_INPUT_DTYPE'],
    ['a missing text', { data: ['a', null], shape: [2], dtype: 'object' } as const, 'ML_INPUT_DTYPE'],
  ])('refuses %s', (_, tensor, code) => {
    expect(() => applyStringNormalizer(tensor, step({}))).toThrow(expect.objectContaining({ code }));
  });
});
