import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadModel, MLServiceRegistry, type RegistryOptions, serve, type ServiceEventMap } from '../../src/index.ts';
import { answering, freePort, type Infer, outputs, serving } from './servers.ts';

const NAME = 'tumor_classifier';
const local = new MLServiceRegistry({ modelsDir: 'models', env: {} });
afterAll(() => local.close());

const ROWS = [Array.from({ length: 30 }, (_, j) => j)] as never;

/** A registry whose model is at an address, with the file of the models directory as fallback. */
function moved(
  path: string,
  options: RegistryOptions = {},
  fallback: 'remote-first' | 'local-first' = 'remote-first',
): { readonly registry: MLServiceRegistry; readonly told: [string, unknown][] } {
  const registry = new MLServiceRegistry({
    modelsDir: 'models',
    env: { ML_MODEL_TUMOR_CLASSIFIER_PATH: path, ML_MODEL_TUMOR_CLASSIFIER_FALLBACK: fallback },
    ...options,
  });
  onTestFinished(() => registry.close());
  const told: [string, unknown][] = [];
  for (const event of ['remote:fallback', 'remote:recovered', 'model:warning'] as const)
    registry.on(event, (payload: ServiceEventMap[typeof event]) => told.push([event, payload]));
  return { registry, told };
}

/** The model of the tests as a server of tests describes it. */
const described = {
  inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, 30] }],
  outputs: [{ name: 'predict', datatype: 'BYTES', shape: [-1] }],
};
const remoteAnswer = outputs({ name: 'predict', datatype: 'BYTES', shape: [1], data: ['from afar'] });

describe('remote first', () => {
  it('asks the server, and the file while that is down, and the server again', async () => {
    const own = await local.model(NAME).predict(ROWS);
    let infer: Infer = remoteAnswer;
    const path = await answering((...args) => infer(...args), described);
    const { registry, told } = moved(path, { remote: { failures: 2, pauseMs: 300 } });
    const model = registry.model(NAME, 'v1');
    expect(await model.predict(ROWS)).toEqual(['from afar']);
    infer = (_request, response) => response.writeHead(500).end('{"error":"broken"}');
    for (let i = 0; i < 4; i += 1) expect(await model.predict(ROWS)).toEqual(own);
    expect(told.filter(([event]) => event === 'remote:fallback')).toHaveLength(4);
    const codes = told
      .filter(([event]) => event === 'remote:fallback')
      .map(([, payload]) => (payload as { error: { code: string } }).error.code);
    expect(codes.slice(0, 2)).toEqual(['ML_REMOTE_FAILED', 'ML_REMOTE_FAILED']);
    expect(codes).toContain('ML_REMOTE_PAUSED');
    expect(registry.modelHealth(NAME, 'v1')).toMatchObject({
      state: 'ready',
      reason: expect.stringContaining('in this process answers alone'),
    });
    infer = remoteAnswer;
    await vi.waitFor(async () => expect(await model.predict(ROWS)).toEqual(['from afar']), 5_000);
    expect(told.at(-1)).toMatchObject(['remote:recovered', { model: NAME, from: 'remote' }]);
    expect(registry.modelHealth(NAME, 'v1')).toMatchObject({ state: 'ready', reason: undefined });
    expect(registry.health().memory.residentBytes).toBeGreaterThan(0);
  });

  it('answers from the file where the server was never there, and finds it when it comes', async () => {
    const own = await local.model(NAME).predict(ROWS);
    const port = await freePort();
    const { registry } = moved(`oip+http://127.0.0.1:${port}/v2/models/${NAME}`, {
      remote: { pauseMs: 20, failures: 1 },
    });
    const model = registry.model(NAME, 'v1');
    expect(await model.predict(ROWS, { timeoutMs: 20_000 })).toEqual(own);
    const recovered = new Promise((resolve) => registry.once('remote:recovered', resolve));
    const server = await serve(local, { port });
    onTestFinished(() => server.close());
    await vi.waitFor(async () => {
      await model.predict(ROWS);
      expect(await Promise.race([recovered, Promise.resolve('not yet')])).not.toBe('not yet');
    }, 10_000);
  });

  it('does not ask twice for what the caller did wrong', async () => {
    const { http } = await serving(local);
    const { registry, told } = moved(`oip+http://${http}/v2/models/${NAME}`);
    await expect(registry.model(NAME, 'v1').predict([[1, 2]] as never)).rejects.toMatchObject({
      code: 'ML_INPUT_FEATURE_COUNT',
    });
    expect(told).toEqual([]);
  });

  it('keeps the deadline of a call that a hung server would let pass', async () => {
    const own = await local.model(NAME).predict(ROWS);
    const path = await answering(() => undefined, described);
    const { registry, told } = moved(path);
    const model = registry.model(NAME, 'v1');
    await registry.load(NAME, 'v1');
    expect(await model.predict(ROWS, { timeoutMs: 2_000 })).toEqual(own);
    expect(told).toMatchObject([['remote:fallback', { to: 'local', error: { code: 'ML_REMOTE_TIMEOUT' } }]]);
  });

  it('goes on alone, with a warning, where there is no file', async () => {
    const path = await answering(remoteAnswer, described);
    const { registry, told } = moved(path, { modelsDir: 'test/remote' });
    expect(await registry.model(NAME, 'v1').predict(ROWS)).toEqual(['from afar']);
    expect(told).toMatchObject([['model:warning', { code: 'fallback-unusable' }]]);
  });
});

describe('local first', () => {
  it('asks the server only where the file does not answer', async () => {
    let calls = 0;
    const path = await answering((...args) => {
      calls += 1;
      return remoteAnswer(...args);
    }, described);
    const own = await local.model(NAME).predict(ROWS);
    const { registry } = moved(path, {}, 'local-first');
    expect(await registry.model(NAME, 'v1').predict(ROWS)).toEqual(own);
    expect(calls).toBe(0);
    const folder = mkdtempSync(join(tmpdir(), 'remote-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const broken = moved(path, {
      models: { [NAME]: { path, fallback: { order: 'local-first', path: join(folder, 'gone.onnx') } } },
    });
    expect(await broken.registry.model(NAME, 'v1').predict(ROWS)).toEqual(['from afar']);
  });
});

it('works for a single model, with a file of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'remote-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'there'));
  const { artefact } = local.modelHealth(NAME);
  const file = join(folder, 'there/tumor.onnx');
  copyFileSync(join('models', artefact ?? ''), file);
  const { http, close } = await serving(local);
  const fellBack: unknown[] = [];
  const model = await loadModel(`oip+http://${http}/v2/models/${NAME}`, {
    fallback: { order: 'remote-first', path: file },
    on: { 'remote:fallback': (payload) => fellBack.push(payload.to) },
  });
  onTestFinished(() => model.dispose());
  const before = await model.predict(ROWS);
  await close();
  expect(await model.predict(ROWS)).toEqual(before);
  expect(fellBack).toEqual(['local']);
});

it('a server that is down makes the model fail, where nothing answers instead', async () => {
  let infer: Infer = (_request, response) => response.writeHead(500).end();
  const path = await answering((...args) => infer(...args), described);
  const registry = new MLServiceRegistry({
    env: {},
    models: { [NAME]: { path, remote: { failures: 2, pauseMs: 300 } } },
  });
  onTestFinished(() => registry.close());
  const changes: unknown[] = [];
  registry.on('health:change', ({ from, to }) => changes.push(`${from} ${to}`));
  const model = registry.model(NAME);
  for (let i = 0; i < 2; i += 1) await expect(model.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_FAILED' });
  await expect(model.predict(ROWS)).rejects.toMatchObject({ code: 'ML_REMOTE_PAUSED', retryable: true });
  expect(registry.health()).toMatchObject({ status: 'failing', models: [{ state: 'failed' }] });
  infer = remoteAnswer;
  await vi.waitFor(async () => expect(await model.predict(ROWS)).toEqual(['from afar']), 5_000);
  expect(registry.health()).toMatchObject({ status: 'ok' });
  expect(changes.slice(-2)).toEqual(['ready failed', 'failed ready']);
});

it.each(['http', 'grpc'] as const)(
  'a server killed under load (%s): every call has its answer in time',
  async (kind) => {
    const own = await local.model(NAME).predict(ROWS);
    const server = await serving(local);
    const path = kind === 'http' ? `oip+http://${server.http}/v2/models/${NAME}` : `oip+grpc://${server.grpc}/${NAME}`;
    const { registry, told } = moved(path);
    const model = registry.model(NAME, 'v1');
    expect(await model.predict(ROWS)).toEqual(own);
    let answered = 0;
    const state = { stopped: false };
    const caller = async (): Promise<void> => {
      while (!state.stopped) {
        // A call that missed its deadline would reject, and the test with it.
        expect(await model.predict(ROWS, { timeoutMs: 10_000 })).toEqual(own);
        answered += 1;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const callers = Promise.all(Array.from({ length: 16 }, caller));
    await vi.waitFor(() => expect(answered).toBeGreaterThan(50), 20_000);
    await server.close();
    const atClose = answered;
    await vi.waitFor(() => expect(answered).toBeGreaterThan(atClose + 200), 20_000);
    state.stopped = true;
    await callers;
    expect(told.some(([event]) => event === 'remote:fallback')).toBe(true);
  },
);
