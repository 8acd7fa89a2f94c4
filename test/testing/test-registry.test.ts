import { describe, expect, it } from 'vitest';
import { BaseMLService } from '../../src/index.ts';
import { createFakeModel, createMockLoader, createTestRegistry } from '../../src/testing/index.ts';

class FraudService extends BaseMLService<{ amount: number }, number> {
  readonly modelName = 'fraud_detector';
  override readonly modelVersion = 'v7';

  async isFraud(amount: number): Promise<boolean> {
    return (await this.model.predictOne({ amount })) === 1;
  }
}

describe('createTestRegistry', () => {
  it('answers for every version, unless a version is given', async () => {
    const model = createFakeModel<{ amount: number }>({
      predict: (rows) => rows.map(({ amount }) => Number(amount > 9)),
    });
    const service = createTestRegistry({ models: { fraud_detector: model } }).create(FraudService);
    expect([await service.isFraud(5), await service.isFraud(50)]).toEqual([false, true]);
    expect(model.calls.map(({ method, input }) => [method, input])).toEqual([
      ['predict', [{ amount: 5 }]],
      ['predict', [{ amount: 50 }]],
    ]);
    const strict = createTestRegistry({ models: { 'fraud_detector@v1': model } }).create(FraudService);
    await expect(strict.isFraud(5)).rejects.toMatchObject({ code: 'ML_MODEL_VERSION_NOT_FOUND' });
  });

  it('finds nothing where nothing was given, and reads no environment', async () => {
    process.env.ML_MODEL_FRAUD_DETECTOR_PATH = '/nowhere';
    await expect(createTestRegistry().create(FraudService).isFraud(1)).rejects.toMatchObject({
      code: 'ML_MODEL_NOT_FOUND',
    });
    delete process.env.ML_MODEL_FRAUD_DETECTOR_PATH;
  });

  it('takes a function that makes a model for each load', async () => {
    const made: unknown[] = [];
    const registry = createTestRegistry({
      models: {
        fraud_detector: () => {
          const model = createFakeModel({ predict: [0] });
          made.push(model);
          return model;
        },
      },
    });
    await registry.load('fraud_detector');
    await registry.unload('fraud_detector');
    await registry.load('fraud_detector');
    expect(made).toHaveLength(2);
    expect(made).toMatchObject([{ disposals: 1 }, { disposals: 0 }]);
  });
});

describe('createFakeModel', () => {
  it('answers one value per row, from the start again', async () => {
    const model = createFakeModel({ predict: ['a', 'b'] });
    expect(model.predict?.([[1], [2], [3]], {})).toEqual(['a', 'b', 'a']);
    expect(model.predict?.([], {})).toEqual([]);
    expect(model.predict?.({ data: [1, 2], shape: [2], dtype: 'object' }, {})).toEqual(['a', 'b']);
  });

  it('answers matrices from arrays, tensors and functions, at once or later', async () => {
    const rows = [[1], [2]];
    const tensor = { data: Float32Array.of(1, 2), shape: [2], dtype: 'float32' } as const;
    const model = createFakeModel({
      predictProba: [[0.1, 0.9]],
      decisionFunction: [0.5],
      transform: () => tensor,
      apply: () => Promise.resolve([[3], [4]]),
    });
    expect(await model.predictProba?.(rows, {})).toMatchObject({ shape: [2, 2], dtype: 'float64' });
    expect(await model.decisionFunction?.(rows, {})).toMatchObject({ shape: [2] });
    expect(await model.transform?.(rows, {})).toBe(tensor);
    expect(await model.apply?.(rows, {})).toMatchObject({ shape: [2, 1] });
    expect(model.calls.map(({ method }) => method)).toEqual(['predictProba', 'decisionFunction', 'transform', 'apply']);
  });

  it('has the methods that were given, no others', () => {
    const model = createFakeModel({ predict: [1], classes: ['no', 'yes'], parts: { inner: createFakeModel() } });
    expect(['predict', 'predictProba', 'run'].filter((name) => name in model)).toEqual(['predict']);
    expect(model.info).toEqual({ engine: 'fake', classes: ['no', 'yes'] });
    expect([...(model.parts ?? new Map()).keys()]).toEqual(['inner']);
  });
});

describe('createMockLoader', () => {
  it('reads a format of its own name, predicts 0, and remembers its loads', async () => {
    const loader = createMockLoader();
    expect(loader).toMatchObject({ name: 'mock', formats: ['mock'], loads: [] });
    expect(createMockLoader({ name: 'x', formats: ['y'] })).toMatchObject({ name: 'x', formats: ['y'] });
  });
});
