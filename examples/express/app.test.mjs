import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const grocery = {
  amount: 12.5,
  merchant_category: 'grocery',
  time_of_day: 13.25,
  account_age_days: 900,
  transactions_last_24h: 2,
};
const gaming = {
  amount: 80,
  merchant_category: 'gaming',
  time_of_day: 23,
  account_age_days: 4,
  transactions_last_24h: 14,
};

describe('the Express server', () => {
  let server;
  let url;

  before(async () => {
    server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const failed = once(server, 'exit').then(([code]) => assert.fail(`the server ended with ${code}`));
    const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), failed]);
    failed.catch(() => {});
    url = /http:\S+/.exec(line)[0];
  });
  after(() => server.kill('SIGKILL'));

  const post = (body) =>
    fetch(`${url}/fraud/scores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it("answers with Python's probabilities", async () => {
    const response = await post({ transactions: [grocery, gaming] });
    assert.equal(response.status, 200);
    const { scores } = await response.json();
    assert.ok(Math.abs(scores[0] - 0.0017012927742682956) < 1e-5);
    assert.ok(Math.abs(scores[1] - 0.9034264776104008) < 1e-5);
  });

  it('answers many requests at once', async () => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => post({ transactions: [gaming] })));
    assert.ok(responses.every(({ status }) => status === 200));
  });

  it('says what is wrong with the input', async () => {
    const { amount: _amount, ...rest } = grocery;
    const response = await post({ transactions: [rest] });
    assert.equal(response.status, 400);
    const { code, error } = await response.json();
    assert.equal(code, 'ML_INPUT_FEATURE_NAMES');
    assert.match(error, /"amount"/);
    assert.equal((await post({})).status, 400);
  });

  it('reports its health', async () => {
    const response = await fetch(`${url}/health/ready`);
    assert.equal(response.status, 200);
    const { status, models } = await response.json();
    assert.equal(status, 'ok');
    assert.deepEqual([models[0].name, models[0].version, models[0].state], ['fraud_detector', 'v1', 'ready']);
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
    assert.equal((await fetch(`${url}/health/models/nobody`)).status, 404);
  });

  it('counts what it did for Prometheus', async () => {
    const response = await fetch(`${url}/metrics`);
    assert.match(response.headers.get('content-type'), /version=0\.0\.4/);
    const text = await response.text();
    assert.match(text, /^ml_predictions_total\{.*outcome="ok"\} \d+$/m);
    assert.match(text, /^ml_predictions_total\{.*outcome="ML_INPUT_FEATURE_NAMES"\} 1$/m);
    assert.match(text, /^ml_ready 1$/m);
  });

  it('stops on SIGTERM', async () => {
    const exit = once(server, 'exit');
    server.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
  });
});
