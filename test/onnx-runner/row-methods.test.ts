import { describe, expect, it } from 'vitest';
import { DenseTensor } from '../../src/data/dense-tensor.ts';
import type { GraphValue } from '../../src/onnx-runner/graph-value.ts';
import { compileRowBinding } from '../../src/onnx-runner/row-binding.ts';
import { labelCodec } from '../../src/onnx-runner/label-codec.ts';
import { type OutputRoles, rowMethods } from '../../src/onnx-runner/row-methods.ts';
import { type Infer, RowRunner } from '../../src/onnx-runner/row-runner.ts';
import type { Label } from '../../src/spec/model.ts';
import { fakeOrt } from './fake-ort.ts';

interface Setup {
  readonly answers: Readonly<Record<string, DenseTensor>>;
  readonly classes?: readonly Label[];
  readonly shape?: GraphValue['shape'];
  readonly outputs?: readonly GraphValue[];
}

function setUp(roles: OutputRoles, setup: Setup) {
  const calls: (readonly number[])[] = [];
  const infer: Infer = (feeds, outputs) => {
    calls.push(feeds['X']?.dims ?? []);
    return Promise.resolve(outputs.flatMap((name) => setup.answers[name] ?? []));
  };
  const binding = compileRowBinding([{ name: 'X', dtype: 'float32', shape: setup.shape ?? ['N', 1] }], {
    ort: fakeOrt(),
    features: undefined,
    extraFeatures: 'ignore',
    onExtra: () => undefined,
  });
  if (binding === undefined) throw new Error('no table');
  const outputs = new Map((setup.outputs ?? []).map((output) => [output.name, output]));
  const methods = rowMethods(roles, new RowRunner(binding, infer, outputs), labelCodec(setup.classes, undefined));
  return { methods, calls };
}

const floats = (values: readonly number[], shape: readonly number[]): DenseTensor =>
  new DenseTensor(Float32Array.from(values), shape, 'float32');

describe('methods', () => {
  it('are those that the outputs allow', () => {
    const names = (roles: OutputRoles): string[] => Object.keys(setUp(roles, { answers: {} }).methods);
    expect(names({ label: 'l' })).toEqual(['predict']);
    expect(names({ label: 'l', probabilities: 'p' })).toEqual(['predict', 'predictProba', 'predictLogProba']);
    expect(names({ probabilities: 'p' })).toEqual(['predict', 'predictProba', 'predictLogProba']);
    expect(names({ label: 'l', scores: 's' })).toEqual(['predict', 'decisionFunction']);
    expect(names({ transform: 't' })).toEqual(['transform']);
    expect(names({})).toEqual([]);
  });

  it('gives both columns where the graph has only the second', async () => {
    const answers = { p: floats([0.25, 0.5], [2, 1]) };
    const { methods } = setUp({ probabilities: 'p' }, { answers, classes: ['no', 'yes'] });
    expect(await methods.predictProba?.([[1], [2]], {})).toMatchObject({ data: Float32Array.of(0.75, 0.25, 0.5, 0.5) });
    expect(await methods.predict?.([[1], [2]], {})).toEqual(['no', 'no']);
  });

  it('takes the first of the largest probabilities', async () => {
    const answers = { p: floats([0.4, 0.4, 0.2, 0.1, 0.2, 0.7], [2, 3]) };
    const { methods } = setUp({ probabilities: 'p' }, { answers, classes: ['a', 'b', 'c'] });
    expect(await methods.predict?.([[1], [2]], {})).toEqual(['a', 'c']);
  });

  it('joins one output per class', async () => {
    const answers = { a: floats([0.1, 0.3], [2]), b: floats([0.9, 0.7], [2, 1]) };
    const { methods } = setUp({ probabilities: ['a', 'b'] }, { answers });
    const matrix = await methods.predictProba?.([[1], [2]], {});
    expect(matrix).toMatchObject({ shape: [2, 2], data: Float32Array.of(0.1, 0.9, 0.3, 0.7) });
  });

  it('gives logarithms, and minus infinity for nothing', async () => {
    const { methods } = setUp({ probabilities: 'p' }, { answers: { p: floats([0, 1], [1, 2]) } });
    expect(await methods.predictLogProba?.([[1]], {})).toMatchObject({
      data: Float32Array.of(Number.NEGATIVE_INFINITY, 0),
    });
  });

  it('gives scores of one column as a vector', async () => {
    const { methods } = setUp({ scores: 's' }, { answers: { s: floats([0.5, -1], [2, 1]) } });
    expect((await methods.decisionFunction?.([[1], [2]], {}))?.shape).toEqual([2]);
  });

  it('does not call the engine without rows', async () => {
    const outputs: GraphValue[] = [
      { name: 'l', dtype: 'int64', shape: ['N'] },
      { name: 'p', dtype: 'float32', shape: ['N', null] },
      { name: 't', dtype: 'float64', shape: ['N', 4] },
    ];
    const roles = { label: 'l', probabilities: 'p', transform: 't' };
    const { methods, calls } = setUp(roles, { answers: {}, outputs, classes: ['a', 'b', 'c'] });
    expect(await methods.predict?.([], {})).toEqual([]);
    expect(await methods.predictProba?.([], {})).toMatchObject({ shape: [0, 3], dtype: 'float32' });
    expect(await methods.transform?.([], {})).toMatchObject({ shape: [0, 4], dtype: 'float64' });
    expect(calls).toEqual([]);
  });
});

describe('graphs of a fixed batch size', () => {
  it('are called once per batch', async () => {
    const { methods, calls } = setUp({ value: 'v' }, { answers: { v: floats([7, 8], [2, 1]) }, shape: [2, 1] });
    expect(await methods.predict?.([[1], [2], [3], [4]], {})).toEqual([7, 8, 7, 8]);
    expect(calls).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  it('refuse rows that fill no batch', async () => {
    const { methods } = setUp({ value: 'v' }, { answers: {}, shape: [2, 1] });
    await expect(methods.predict?.([[1]], {})).rejects.toMatchObject({ code: 'ML_INPUT_SHAPE' });
  });

  it('stop between batches when the caller aborts', async () => {
    const { methods } = setUp({ value: 'v' }, { answers: { v: floats([7], [1]) }, shape: [1, 1] });
    await expect(methods.predict?.([[1], [2]], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ML_ABORTED',
    });
  });
});
