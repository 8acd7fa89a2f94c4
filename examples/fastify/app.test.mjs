import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MLServiceRegistry } from 'base-ml-service';
import { createApp } from './app.mjs';

const gaming = {
  amount: 80,
  merchant_category: 'gaming',
  time_of_day: 23,
  account_age_days: 4,
  transactions_last_24h: 14,
};

describe('the Fastify server', () => {
  const registry = new MLServiceRegistry({
    modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
    required: 'services',
  });
  const app = createApp(registry);
  let url;

  before(async () => {
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(() => app.close());

  const post = (transactions) =>
    fetch(`${url}/fraud/scores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ transactions }),
    });

  it('has loaded its model before the first request', () => {
    assert.equal(registry.modelHealth('fraud_detector', 'v1').state, 'ready');
  });

  it("answers with Python's probabilities", async () => {
    const response = await post([gaming]);
    assert.equal(response.status, 200);
    const { scores } = await response.json();
    assert.ok(Math.abs(scores[0] - 0.9034264776104008) < 1e-5);
  });

  it('refuses what does not fit the schema', async () => {
    assert.equal((await post([{ ...gaming, amount: 'a lot' }])).status, 400);
    assert.equal((await post([{}])).status, 400);
  });

  it('reports its health', async () => {
    const response = await fetch(`${url}/health/ready`);
    assert.equal(response.status, 200);
    const { status, models } = await response.json();
    assert.deepEqual([status, models[0].state], ['ok', 'ready']);
    assert.equal((await fetch(`${url}/health/live`, { method: 'HEAD' })).status, 200);
    assert.equal((await fetch(`${url}/health/models/fraud_detector`)).status, 200);
  });

  it('frees its models when it closes', async () => {
    await app.close();
    const { status, memory } = registry.health();
    assert.equal(status, 'closed');
    assert.equal(memory.residentBytes, 0);
  });
});
