const { createFakeModel, createTestRegistry } = require('base-ml-service/testing');
const { FraudService } = require('./fraud-service.cjs');

const model = createFakeModel({ predict: (rows) => rows.map(({ country }) => (country === 'XX' ? 1 : 0)) });
const registry = createTestRegistry({ models: { fraud_detector: model } });
const service = registry.create(FraudService);

describe('FraudService', () => {
  it('asks the model', async () => {
    expect(await service.accepts({ amount: 10, country: 'CH' })).toBe(true);
    expect(await service.accepts({ amount: 10, country: 'XX' })).toBe(false);
    expect(model.calls).toHaveLength(2);
  });

  it('does not ask about large amounts', async () => {
    const before = model.calls.length;
    expect(await service.accepts({ amount: 10_001, country: 'CH' })).toBe(false);
    expect(model.calls).toHaveLength(before);
  });
});
