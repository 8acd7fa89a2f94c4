import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import fastify from 'fastify';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type AccessPolicy,
  createInferenceHandler,
  createInferencePlugin,
  MLServiceRegistry,
  readRows,
  type Rows,
} from '../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { FOUR, get, listening, post } from './client.ts';

/** The rows that a fake model got: a tensor, where the client sent one. */
function numbers(rows: Rows): number[][] {
  const reader = readRows(rows, { width: undefined, names: undefined, extraFeatures: 'ignore' });
  return Array.from({ length: reader.count }, (_, i) =>
    Array.from({ length: reader.width }, (_value, j) => Number(reader.cell(i, j))),
  );
}

const sums = (): ReturnType<typeof createFakeModel> =>
  createFakeModel({
    predict: (rows) => numbers(rows).map((row) => row.reduce((a, b) => a + b, 0)),
    predictProba: [[0.25, 0.75]],
    classes: ['no', 'yes'],
  });

/** A model whose answers the test gives when it likes. */
function slowModel(): { model: ReturnType<typeof createFakeModel>; finish: () => void; started: Promise<void> } {
  const waiting: (() => void)[] = [];
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const model = createFakeModel({
    predict: async (rows) => {
      begun();
      await new Promise<void>((resolve) => waiting.push(resolve));
      return numbers(rows).map(() => 1);
    },
  });
  return { model, finish: () => waiting.splice(0).forEach((resolve) => resolve()), started };
}

describe('the endpoints', () => {
  const registry = new MLServiceRegistry({ modelsDir: 'models', env: {} });
  afterAll(() => registry.close());
  const start = (): Promise<string> => listening(createInferenceHandler(registry, { repositoryApi: true }));

  it('say what the server is, and that it is there', async () => {
    const url = await start();
    const { status, body } = await get(`${url}/v2`);
    expect(status).toBe(200);
    expect(body).toEqual({
      name: 'base-ml-service',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      extensions: expect.arrayContaining(['binary_tensor_data', 'model_repository']),
    });
    expect(await get(`${url}/v2/health/live`)).toMatchObject({ status: 200, body: { live: true } });
    expect(await get(`${url}/v2/health/ready`)).toMatchObject({ status: 200, body: { ready: true } });
    expect(await get(`${url}/v2/health/live`, { method: 'HEAD' })).toMatchObject({ status: 200 });
  });

  it('describe an estimator', async () => {
    const url = await start();
    const { body } = await get(`${url}/v2/models/tumor_classifier`);
    expect(body).toMatchObject({
      name: 'tumor_classifier',
      versions: ['v1'],
      platform: 'onnxruntime-node_onnx',
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 30] }],
      outputs: [
        { name: 'output_label', datatype: 'BYTES', shape: [-1] },
        { name: 'output_probability', datatype: 'FP32', shape: [-1, 2] },
        { name: 'predict', datatype: 'BYTES', shape: [-1] },
        { name: 'predict_proba', datatype: 'FP64', shape: [-1, 2] },
        { name: 'predict_log_proba' },
      ],
      parameters: { task: 'binary-classification', classes: '["benign","malignant"]' },
    });
  });

  it('answer the columns of a table, by name and version', async () => {
    const url = await start();
    const column = (name: string, datatype: string, value: unknown): object => ({
      name,
      datatype,
      shape: [1],
      data: [value],
    });
    const inputs = [
      column('amount', 'FP64', 120.5),
      { ...column('merchant_category', 'BYTES', 'grocery'), parameters: { content_type: 'str' } },
      column('time_of_day', 'FP64', 12),
      column('account_age_days', 'INT32', 400),
      column('transactions_last_24h', 'INT64', 3),
    ];
    const request = { id: '42', parameters: { content_type: 'pd' }, inputs, outputs: [{ name: 'predict' }] };
    const { status, body } = await post(`${url}/v2/models/fraud_detector/versions/v1/infer`, request);
    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: 'fraud_detector',
      model_version: 'v1',
      id: '42',
      outputs: [{ name: 'predict', datatype: 'INT64', shape: [1], data: [0] }],
    });
  });

  it('feed the graph when tensors are its inputs by name and type, and ask by rows when they are not', async () => {
    const url = await start();
    const input = (datatype: string): object => ({
      inputs: [{ name: 'X', datatype, shape: [1, 10], data: Array.from({ length: 10 }, () => 0) }],
    });
    const infer = `${url}/v2/models/diabetes_regressor/infer`;
    const graph = await post(infer, input('FP32'));
    expect(graph.body).toMatchObject({ outputs: [{ name: 'variable', datatype: 'FP32', shape: [1, 1] }] });
    const rows = await post(infer, input('FP64'));
    expect(rows.body).toMatchObject({ outputs: [{ name: 'predict', datatype: 'FP64', shape: [1] }] });
  });

  it('tell whether a model would answer', async () => {
    const url = await start();
    expect(await get(`${url}/v2/models/digits_mlp/ready`)).toMatchObject({
      status: 200,
      body: { name: 'digits_mlp', ready: true },
    });
    expect(await get(`${url}/v2/models/nothing/ready`)).toMatchObject({
      status: 404,
      body: { error: 'model "nothing" is not there', code: 'ML_MODEL_NOT_FOUND' },
    });
  });

  it('list, load and unload; what was unloaded is not loaded by a request', async () => {
    const url = await start();
    const index = async (body: object): Promise<unknown> => (await post(`${url}/v2/repository/index`, body)).body;
    const repository = `${url}/v2/repository/models/digits_mlp`;
    expect(await post(`${repository}/load`)).toMatchObject({ status: 200, body: {} });
    expect(await index({ ready: true })).toContainEqual({
      name: 'digits_mlp',
      version: 'v1',
      state: 'READY',
      reason: '',
    });
    expect(await post(`${repository}/unload`, { parameters: { unload_dependents: false } })).toMatchObject({
      status: 200,
    });
    expect(await index({})).toContainEqual({
      name: 'digits_mlp',
      version: 'v1',
      state: 'UNAVAILABLE',
      reason: 'unloaded',
    });
    const zeros = { name: 'x', datatype: 'FP64', shape: [1, 64], data: Array.from({ length: 64 }, () => 0) };
    const infer = (): ReturnType<typeof post> => post(`${url}/v2/models/digits_mlp/infer`, { inputs: [zeros] });
    expect(await infer()).toMatchObject({ status: 503, body: { code: 'ML_MODEL_NOT_LOADED' } });
    expect(await get(`${url}/v2/models/digits_mlp/ready`)).toMatchObject({ status: 503, body: { ready: false } });
    expect(await post(`${repository}/load`)).toMatchObject({ status: 200 });
    expect(await infer()).toMatchObject({ status: 200 });
    expect(await post(`${repository}/load`, { parameters: { config: '{}' } })).toMatchObject({ status: 400 });
    expect(await post(`${url}/v2/repository/models/nothing/unload`)).toMatchObject({ status: 404 });
  });

  it('refuse load and unload unless they are enabled', async () => {
    const url = await listening(createInferenceHandler(registry));
    expect(await post(`${url}/v2/repository/models/digits_mlp/unload`)).toMatchObject({ status: 403 });
    expect(await post(`${url}/v2/repository/models/digits_mlp/load`)).toMatchObject({ status: 403 });
  });

  it('are what their OpenAPI document says', async () => {
    const url = await start();
    const { body } = await get(`${url}/v2/docs`);
    const { paths, components } = body as {
      paths: Record<string, Record<string, { operationId: string }>>;
      components: { schemas: object };
    };
    const used = JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) ?? [];
    for (const ref of used) expect(components.schemas).toHaveProperty(ref.slice('#/components/schemas/'.length));
    const ids = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, item] of Object.entries(paths)) {
      const real = url + path.replace('{name}', 'digits_mlp').replace('{version}', 'v1');
      for (const method of ['GET', 'POST', 'PUT']) {
        const { status } = await get(real, { method });
        if (method.toLowerCase() in item) expect([200, 400], `${method} ${path}`).toContain(status);
        else expect(status, `${method} ${path}`).toBe(405);
      }
    }
  });

  it.each([
    '/',
    '/v1',
    '/v2x',
    '/v2/models',
    '/v2/models/',
    '/v2/models/a/b',
    '/v2/models/a/infer/b',
    '/v2/models/a/versions',
    '/v2/models/a/versions//infer',
    '/v2/repository/models/a/start',
  ])('do not know %s', async (path) => {
    const url = await start();
    expect(await get(url + path)).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('is no path') },
    });
  });

  it('refuse a path that is wrongly escaped, and a version that is none', async () => {
    const url = await start();
    expect((await get(`${url}/v2/models/%E0%A4%A`)).status).toBe(400);
    expect(await get(`${url}/v2/models/tumor_classifier/versions/not..a..version`)).toMatchObject({ status: 400 });
    expect(await get(`${url}/v2/models/tumor_classifier/versions/v9`)).toMatchObject({ status: 404 });
    expect(await get(`${url}/v2/models/..%2F..%2Fetc%2Fpasswd`)).toMatchObject({ status: 404 });
  });
});

describe('inference', () => {
  const start = (model: ReturnType<typeof createFakeModel>, options = {}): Promise<string> =>
    listening(createInferenceHandler(createTestRegistry({ models: { m: model } }), options));

  it('answers the outputs that are asked for, in their order, with one call each', async () => {
    const model = sums();
    const url = await start(model);
    const outputs = [{ name: 'predict_proba' }, { name: 'predict' }, { name: 'predict' }];
    const { body } = await post(`${url}/v2/models/m/infer`, { ...FOUR, outputs });
    expect(body).toEqual({
      model_name: 'm',
      model_version: 'v1',
      outputs: [
        { name: 'predict_proba', datatype: 'FP64', shape: [1, 2], data: [0.25, 0.75] },
        { name: 'predict', datatype: 'FP64', shape: [1], data: [10] },
        { name: 'predict', datatype: 'FP64', shape: [1], data: [10] },
      ],
    });
    const refused = await post(`${url}/v2/models/m/infer`, { ...FOUR, outputs: [{ name: 'transform' }] });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'the model has no output "transform"; it has predict, predict_proba' },
    });
  });

  it('answers binary tensors in binary form', async () => {
    const url = await start(sums());
    const json = JSON.stringify({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 2], parameters: { binary_data_size: 16 } }],
      parameters: { binary_data_output: true },
    });
    const body = Buffer.concat([Buffer.from(json), Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)]);
    const response = await fetch(`${url}/v2/models/m/infer`, {
      method: 'POST',
      body,
      headers: { 'inference-header-content-length': String(json.length) },
    });
    const length = Number(response.headers.get('inference-header-content-length'));
    const answer = Buffer.from(await response.arrayBuffer());
    expect(JSON.parse(answer.subarray(0, length).toString())).toMatchObject({
      outputs: [{ name: 'predict', datatype: 'FP64', shape: [2], parameters: { binary_data_size: 16 } }],
    });
    const tail = Uint8Array.from(answer.subarray(length));
    expect(new Float64Array(tail.buffer)).toEqual(Float64Array.of(3, 7));
  });

  it('keeps labels of every kind', async () => {
    const model = createFakeModel({ predict: ['a', 'ß"'], classes: ['a', 'ß"'] });
    const url = await start(model);
    const two = { inputs: [{ name: 'x', datatype: 'FP64', shape: [2, 1], data: [1, 2] }] };
    expect((await post(`${url}/v2/models/m/infer`, two)).body).toMatchObject({
      outputs: [{ name: 'predict', datatype: 'BYTES', shape: [2], data: ['a', 'ß"'] }],
    });
    const big = await start(createFakeModel({ predict: [2n ** 60n], classes: [1n, 2n ** 60n] }));
    const response = await fetch(`${big}/v2/models/m/infer`, { method: 'POST', body: JSON.stringify(FOUR) });
    expect(await response.text()).toContain('"datatype":"INT64","shape":[1],"data":[1152921504606846976]');
  });

  it('unpacks gzip, within the bound', async () => {
    const url = await start(sums(), { maxBodyBytes: 10_000 });
    const send = (body: Uint8Array, encoding: string): ReturnType<typeof post> =>
      post(`${url}/v2/models/m/infer`, body, { 'content-encoding': encoding });
    expect(await send(gzipSync(JSON.stringify(FOUR)), 'gzip')).toMatchObject({ status: 200 });
    expect(await send(gzipSync(' '.repeat(100_000)), 'gzip')).toMatchObject({
      status: 413,
      body: { code: 'ML_PROTOCOL_LIMIT' },
    });
    expect(await send(Buffer.from('no gzip'), 'gzip')).toMatchObject({ status: 400 });
    expect(await send(Buffer.from('{}'), 'br')).toMatchObject({ status: 415 });
  });

  it('refuses bodies beyond the limit, announced or not, and answers the next request', async () => {
    const url = await start(sums(), { maxBodyBytes: 1000 });
    const infer = `${url}/v2/models/m/infer`;
    expect(await post(infer, ' '.repeat(1001))).toMatchObject({ status: 413, body: { code: 'ML_PROTOCOL_LIMIT' } });
    const chunked = await new Promise<number | undefined>((resolve, reject) => {
      const req = httpRequest(infer, { method: 'POST' }, (res) => {
        res.resume();
        resolve(res.statusCode);
      });
      req.on('error', reject);
      for (let i = 0; i < 4; i++) req.write(' '.repeat(500));
      req.end();
    });
    expect(chunked).toBe(413);
    expect(await post(infer, FOUR)).toMatchObject({ status: 200 });
  });

  it('refuses what is too much at once, with the time to come again', async () => {
    const { model, finish, started } = slowModel();
    const url = await start(model, { maxConcurrency: 1 });
    const first = post(`${url}/v2/models/m/infer`, FOUR);
    await started;
    const second = await post(`${url}/v2/models/m/infer`, FOUR);
    expect(second).toMatchObject({ status: 429, body: { code: 'ML_OVERLOADED' } });
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await get(`${url}/v2/health/ready`)).toMatchObject({ status: 200 });
    finish();
    expect(await first).toMatchObject({ status: 200 });
    const third = post(`${url}/v2/models/m/infer`, FOUR);
    await vi.waitFor(() => expect(model.calls.length).toBe(2));
    finish();
    expect(await third).toMatchObject({ status: 200 });
  });

  it('passes on the overload of a model', async () => {
    const { model, finish, started } = slowModel();
    const registry = createTestRegistry({ models: { m: model }, admission: { maxQueue: 1 }, batching: { maxRows: 1 } });
    const url = await listening(createInferenceHandler(registry));
    const calls = [post(`${url}/v2/models/m/infer`, FOUR)];
    await started;
    // The first call ran past the queue; the gate holds one more in each of its places.
    for (let i = 0; i < 300; i++) calls.push(post(`${url}/v2/models/m/infer`, FOUR));
    const refused = await Promise.race(
      calls.map(async (call) => ((await call).status === 429 ? await call : new Promise(() => undefined))),
    );
    expect(refused).toMatchObject({ status: 429, body: { code: 'ML_OVERLOADED' } });
    const timer = setInterval(finish, 1);
    await Promise.all(calls);
    clearInterval(timer);
  });

  it('ends calls whose time is over, by header and by parameter', async () => {
    const { model, finish } = slowModel();
    const url = await start(model);
    const infer = `${url}/v2/models/m/infer`;
    const late = { status: 504, body: { code: 'ML_DEADLINE_EXCEEDED' } };
    expect(await post(infer, FOUR, { 'x-request-timeout-ms': '30' })).toMatchObject(late);
    finish();
    expect(await post(infer, { ...FOUR, parameters: { timeout: 30_000 } })).toMatchObject(late);
    finish();
    expect(await post(infer, FOUR, { 'x-request-timeout-ms': 'soon' })).toMatchObject({ status: 400 });
    expect(await post(infer, { ...FOUR, parameters: { timeout: -1 } })).toMatchObject({ status: 400 });
  });

  it('aborts the call of a client that goes away', async () => {
    let signal: AbortSignal | undefined;
    const model = createFakeModel({
      predict: (_, options) => {
        signal = options.signal;
        return new Promise(() => undefined);
      },
    });
    const told = vi.fn();
    const url = await start(model, { onError: told });
    const gone = new AbortController();
    const call = fetch(`${url}/v2/models/m/infer`, {
      method: 'POST',
      body: JSON.stringify(FOUR),
      signal: gone.signal,
    });
    await vi.waitFor(() => expect(signal).toBeDefined());
    expect(signal?.aborted).toBe(false);
    gone.abort();
    await expect(call).rejects.toThrow();
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
    // Nobody is to blame for that, and the place is free for the next.
    expect(told).not.toHaveBeenCalled();
  });

  it('says nothing of the server in errors, and tells the operator', async () => {
    const told = vi.fn();
    const model = createFakeModel({
      predict: () => {
        throw new Error('cannot open /srv/secret/models/m.pkl');
      },
    });
    const url = await start(model, { onError: told });
    const { status, body } = await post(`${url}/v2/models/m/infer`, FOUR);
    expect(status).toBe(500);
    expect(body).toEqual({ error: 'model "m" failed (ML_PREDICT_FAILED)', code: 'ML_PREDICT_FAILED' });
    expect(told).toHaveBeenCalledWith(
      expect.objectContaining({ code: 'ML_PREDICT_FAILED' }),
      expect.objectContaining({ transport: 'http', path: '/v2/models/m/infer' }),
    );
  });

  it('survives a client that sends half a body and leaves', async () => {
    const url = await start(sums());
    const { port } = new URL(url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"inp');
        setImmediate(() => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect(await post(`${url}/v2/models/m/infer`, FOUR)).toMatchObject({ status: 200 });
  });
});

describe('authentication', () => {
  it('refuses who is unknown, passes on who is known, and leaves health open', async () => {
    const asked: unknown[] = [];
    const access: AccessPolicy = ({ principal, action }) => {
      asked.push(principal, action);
      return principal?.id !== 'eve';
    };
    const url = await listening(
      createInferenceHandler(createTestRegistry({ models: { m: sums() }, access }), {
        authenticate: ({ headers, path, peer }) => {
          if (headers.authorization === 'forbidden') throw Object.assign(new Error('not for you'), { statusCode: 403 });
          if (headers.authorization === 'broken') throw new Error('the store of tokens is down');
          return headers.authorization === undefined ? undefined : { id: headers.authorization, path, peer };
        },
      }),
    );
    const infer = `${url}/v2/models/m/infer`;
    const nobody = await post(infer, FOUR);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
    expect(await post(infer, FOUR, { authorization: 'forbidden' })).toMatchObject({
      status: 403,
      body: { error: 'not for you' },
    });
    expect(await post(infer, FOUR, { authorization: 'broken' })).toMatchObject({
      status: 500,
      body: { error: 'model "m": the server failed' },
    });
    expect(await post(infer, FOUR, { authorization: 'ann' })).toMatchObject({ status: 200 });
    expect(asked).toContainEqual({ id: 'ann', path: '/v2/models/m/infer', peer: '127.0.0.1' });
    expect(asked).toContain('predict');
    expect(await post(infer, FOUR, { authorization: 'eve' })).toMatchObject({ status: 403 });
    expect(await get(`${url}/v2/health/ready`)).toMatchObject({ status: 200 });
    expect(await get(`${url}/v2/models/m/ready`)).toMatchObject({ status: 401 });
  });
});

describe('in Express', () => {
  const registry = createTestRegistry({ models: { m: sums() } });
  const answer = { status: 200, body: { outputs: [{ data: [10] }] } };

  it('answers at the root and lets other paths pass', async () => {
    const app = express();
    app.use(createInferenceHandler(registry));
    app.get('/other', (_req, res) => void res.send('mine'));
    const url = await listening(app);
    expect(await post(`${url}/v2/models/m/infer`, FOUR)).toMatchObject(answer);
    expect(await get(`${url}/other`)).toMatchObject({ status: 200, body: 'mine' });
  });

  it('answers below a path, behind parsers of bodies', async () => {
    for (const parser of [express.json(), express.text({ type: '*/*' }), express.raw({ type: '*/*' })]) {
      const app = express();
      app.use(parser);
      app.use('/ml', createInferenceHandler(registry));
      const url = await listening(app);
      expect(await post(`${url}/ml/v2/models/m/infer`, FOUR)).toMatchObject(answer);
      expect(await get(`${url}/ml/v2/models/m/ready`)).toMatchObject({ status: 200 });
    }
  });
});

describe('in Fastify', () => {
  it('answers below a prefix and leaves the other routes alone', async () => {
    const app = fastify();
    onTestFinished(() => app.close());
    await app.register(createInferencePlugin(createTestRegistry({ models: { m: sums() } })), { prefix: '/ml' });
    app.post('/echo', (request, reply) => reply.send(request.body));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await post(`${url}/ml/v2/models/m/infer`, FOUR)).toMatchObject({
      status: 200,
      body: { outputs: [{ data: [10] }] },
    });
    expect(await get(`${url}/ml/v2`)).toMatchObject({ status: 200 });
    expect(await get(`${url}/ml/v2/health/live`)).toMatchObject({ status: 200 });
    expect(
      await post(`${url}/ml/v2/repository/index`, '', { 'content-type': 'application/octet-stream' }),
    ).toMatchObject({
      status: 200,
    });
    expect(await post(`${url}/echo`, { a: 1 })).toMatchObject({ status: 200, body: { a: 1 } });
  });
});
