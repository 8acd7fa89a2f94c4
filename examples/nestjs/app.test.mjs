import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MLServiceRegistry } from 'base-ml-service';

const gaming = {
  amount: 80,
  merchant_category: 'gaming',
  time_of_day: 23,
  account_age_days: 4,
  transactions_last_24h: 14,
};

describe('the NestJS server', () => {
  let app;
  let url;

  before(async () => {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', fileURLToPath(new URL('.', import.meta.url))], { stdio: 'inherit' });
    const { createApp } = await import('./dist/create-app.js');
    app = await createApp();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  after(() => app?.close());

  const post = (body) =>
    fetch(`${url}/fraud/scores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it("answers with Python's probabilities", async () => {
    const response = await post({ transactions: [gaming] });
    assert.equal(response.status, 201);
    const { scores } = await response.json();
    assert.ok(Math.abs(scores[0] - 0.9034264776104008) < 1e-5);
  });

  it('says what is wrong with the input', async () => {
    const response = await post({ transactions: [{ amount: 80 }] });
    assert.equal(response.status, 400);
    const { code, error } = await response.json();
    assert.equal(code, 'ML_INPUT_FEATURE_NAMES');
    assert.match(error, /merchant_category/);
    assert.equal((await post({})).status, 400);
  });

  it('reports its health', async () => {
    const response = await fetch(`${url}/health/ready`);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).models[0].state, 'ready');
    assert.equal((await fetch(`${url}/health/live`, { method: 'HEAD' })).status, 200);
    assert.equal((await fetch(`${url}/health/models/nobody`)).status, 404);
  });

  it('frees its models when it closes', async () => {
    const registry = app.get(MLServiceRegistry);
    await app.close();
    assert.equal(registry.health().status, 'closed');
    assert.equal(registry.health().memory.residentBytes, 0);
  });
});
