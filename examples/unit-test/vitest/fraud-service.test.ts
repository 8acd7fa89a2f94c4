import { createFakeModel, createTestRegistry } from 'base-ml-service/testing';
import { describe, expect, it } from 'vitest';
import { FraudService, type Transaction } from './fraud-service.js';

const model = createFakeModel<Transaction>({
  predict: (rows) => rows.map(({ country }) => (country === 'XX' ? 1 : 0)),
});
const registry = createTestRegistry({ models: { fraud_detector: model } });
const service = registry.create(FraudService);

describe('FraudService', () => {
  it('asks the model', async () => {
    expect(await service.accepts({ amount: 10, country: 'CH' })).toBe(true);
    expect(await service.accepts({ amount: 10, country: 'XX' })).toBe(false);
    expect(model.calls.map(({ input }) => input)).toEqual([
      [{ amount: 10, country: 'CH' }],
      [{ amount: 10, country: 'XX' }],
    ]);
  });

  it('does not ask about large amounts', async () => {
    const before = model.calls.length;
    expect(await service.accepts({ amount: 10_001, country: 'CH' })).toBe(false);
    expect(model.calls.length).toBe(before);
  });

  it('passes on that the model failed', async () => {
    const broken = createFakeModel({
      predict: () => {
        throw new Error('out of memory');
      },
    });
    const failing = createTestRegistry({ models: { fraud_detector: broken } }).create(FraudService);
    await expect(failing.accepts({ amount: 1, country: 'CH' })).rejects.toMatchObject({ code: 'ML_PREDICT_FAILED' });
  });
});
