import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeModel, createTestRegistry } from 'base-ml-service/testing';
import { FraudService } from './fraud-service.mjs';

const model = createFakeModel({ predict: (rows) => rows.map(({ country }) => (country === 'XX' ? 1 : 0)) });
const registry = createTestRegistry({ models: { fraud_detector: model } });
const service = registry.create(FraudService);

describe('FraudService', () => {
  it('asks the model', async () => {
    assert.equal(await service.accepts({ amount: 10, country: 'CH' }), true);
    assert.equal(await service.accepts({ amount: 10, country: 'XX' }), false);
    assert.equal(model.calls.length, 2);
  });

  it('does not ask about large amounts', async () => {
    const before = model.calls.length;
    assert.equal(await service.accepts({ amount: 10_001, country: 'CH' }), false);
    assert.equal(model.calls.length, before);
  });
});
