import { describe, expect, it, onTestFinished } from 'vitest';
import { loadModel, type Model, type RemoteOptions, type Rows } from '../../src/index.ts';
import { splitBody } from '../../src/protocol/split-body.ts';
import { readInferRequest } from '../../src/protocol/infer-request.ts';
import type { InferRequest } from '../../src/protocol/messages.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { answering, type Described, serving } from './servers.ts';

/** A server that keeps what it was sent, and answers with a one per row. */
async function recorder(
  described: Described,
  remote: RemoteOptions = {},
): Promise<{ model: Model; sent: (InferRequest & { headers: NodeJS.Dict<string | string[]> })[] }> {
  const sent: (InferRequest & { headers: NodeJS.Dict<string | string[]> })[] = [];
  const address = await answering((request, response, body) => {
    const { headers } = request;
    const length = headers['inference-header-content-length'] as string | undefined;
    const infer = readInferRequest(splitBody(body, length));
    sent.push({ ...infer, headers });
    const [rows = 0] = infer.inputs[0]?.shape ?? [];
    const name = infer.outputs?.[0]?.name ?? 'predict';
    response.end(
      JSON.stringify({
        outputs: [{ name, datatype: 'INT64', shape: [rows, 1], data: Array.from({ length: rows }, () => 1) }],
      }),
    );
  }, described);
  const model = await loadModel(address, { remote });
  onTestFinished(() => model.dispose());
  return { model, sent };
}

const matrix = (datatype: string): Described => ({ inputs: [{ name: 'in', datatype, shape: [-1, 2] }] });

describe('what is sent', () => {
  it('is a matrix in the type that the server names', async () => {
    const { model, sent } = await recorder(matrix('FP32'));
    expect(await model.predict([[1, 2.5]] as never)).toEqual([1]);
    expect(sent[0]).toMatchObject({
      inputs: [{ name: 'in', datatype: 'FP32', shape: [1, 2] }],
      outputs: [{ name: 'predict' }],
    });
    expect(Array.from(sent[0]?.inputs[0]?.data ?? [])).toEqual([1, 2.5]);
    expect(sent[0]?.parameters).toEqual({});
    const whole = await recorder(matrix('INT64'));
    await whole.model.predict([[1, 2]] as never);
    expect(Array.from(whole.sent[0]?.inputs[0]?.data ?? [])).toEqual([1n, 2n]);
    await expect(whole.model.predict([[1, 2.5]] as never)).rejects.toMatchObject({ code: 'ML_INPUT_DTYPE' });
    await expect(whole.model.predict([[1]] as never)).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_COUNT' });
    expect(whole.sent).toHaveLength(1);
  });

  it('is a matrix of records too, in the order of the features', async () => {
    const named = { ...matrix('FP64'), parameters: { feature_names: '["b","a"]' } };
    const { model, sent } = await recorder(named);
    await model.predict([{ a: 1, b: 2 }]);
    expect(sent[0]?.inputs).toMatchObject([{ name: 'in', shape: [1, 2] }]);
    expect(Array.from(sent[0]?.inputs[0]?.data ?? [])).toEqual([2, 1]);
  });

  it('takes the names of features from metadata where the server has none', async () => {
    const address = await answering((_request, response, body) => {
      const { inputs } = readInferRequest(splitBody(body, undefined));
      const [first] = Array.from(inputs[0]?.data ?? []);
      response.end(JSON.stringify({ outputs: [{ name: 'predict', datatype: 'FP64', shape: [1], data: [first] }] }));
    }, matrix('FP64'));
    const model = await loadModel(address, { metadata: { features: ['b', 'a'], classes: ['no', 'yes'] } });
    onTestFinished(() => model.dispose());
    expect(await model.predict([{ a: 1, b: 2 }])).toEqual([2]);
    expect(model.info).toMatchObject({ featureNames: ['b', 'a'], classes: ['no', 'yes'] });
  });

  it('is one column for each of several inputs', async () => {
    const { model, sent } = await recorder({
      inputs: [
        { name: 'age', datatype: 'INT32', shape: [-1] },
        { name: 'city', datatype: 'BYTES', shape: [-1, 1] },
      ],
    });
    for (const rows of [[{ city: 'Bern', age: 3, more: 1 }], [[3, 'Bern']], { age: [3], city: ['Bern'] }] as Rows[])
      await model.predict(rows);
    for (const { inputs, parameters } of sent) {
      expect(inputs).toMatchObject([
        { name: 'age', datatype: 'INT32', shape: [1] },
        { name: 'city', datatype: 'BYTES', shape: [1, 1], parameters: { content_type: 'str' } },
      ]);
      expect(parameters).toEqual({ content_type: 'pd' });
    }
    await expect(model.predict([{ age: 3 }])).rejects.toMatchObject({ code: 'ML_INPUT_FEATURE_NAMES' });
  });

  it('is as the rows are where the server says nothing', async () => {
    const { model, sent } = await recorder({ inputs: [], outputs: [] });
    expect(model.methods).toEqual(['predict', 'predictProba', 'transform', 'run']);
    await model.predict([[1, 2]] as never);
    await model.predict([{ a: 1, b: 'x' }]);
    expect(sent[0]).toMatchObject({ inputs: [{ datatype: 'FP64', shape: [1, 2] }], outputs: undefined });
    expect(sent[1]).toMatchObject({ parameters: { content_type: 'pd' } });
  });

  it('is binary where it is large and the server takes that', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => [i, i]) as never;
    for (const [extensions, binary] of [
      [['binary_tensor_data'], true],
      [[], false],
    ] as const) {
      const { model, sent } = await recorder({ ...matrix('FP64'), extensions });
      await model.predict(rows);
      await model.predict([[1, 2]] as never);
      expect(sent[0]?.headers['inference-header-content-length'] !== undefined).toBe(binary);
      expect(sent[0]?.parameters['binary_data_output']).toBe(binary ? true : undefined);
      expect(sent[1]?.headers['inference-header-content-length']).toBeUndefined();
    }
  });

  it('tells a server that understands it how much time is left', async () => {
    const { model, sent } = await recorder({ extensions: ['schedule_policy'] });
    await model.predict([[1, 2]] as never, { timeoutMs: 2_000 });
    await model.predict([[1, 2]] as never);
    const micros = Number(sent[0]?.parameters['timeout']);
    expect(micros).toBeGreaterThan(0);
    expect(micros).toBeLessThanOrEqual(2_000_000);
    expect(sent[1]?.parameters).toEqual({});
  });

  it('carries headers that are asked for each time', async () => {
    let token = 0;
    const { model, sent } = await recorder(
      {},
      { headers: () => Promise.resolve({ authorization: `Bearer ${++token}` }) },
    );
    await model.predict([[1, 2]] as never);
    await model.predict([[1, 2]] as never);
    const [first, second] = sent.map(({ headers }) => Number(headers['authorization']?.slice('Bearer '.length)));
    expect(second).toBe((first ?? 0) + 1);
  });

  it('asks for the outputs that the options name', async () => {
    const described = {
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [-1] },
        { name: 'scores', datatype: 'INT64', shape: [-1, 1] },
      ],
    };
    const plain = await recorder(described);
    expect(plain.model.methods).toEqual(['run']);
    const { model, sent } = await recorder(described, { outputs: { predict: 'label', predictProba: 'scores' } });
    expect(await model.predict([[1, 2]] as never)).toEqual([1]);
    expect((await model.predictProba([[1, 2]] as never)).shape).toEqual([1, 1]);
    expect(sent.map((one) => one.outputs?.[0]?.name)).toEqual(['label', 'scores']);
  });
});

it('joins calls that wait for a connection, where rows are independent', async () => {
  const { model, sent } = await recorder({}, { rowsIndependent: true, connections: 1 });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => model.predict([[i, i]] as never)));
  expect(answers).toEqual(Array.from({ length: 20 }, () => [1]));
  expect(sent.length).toBeLessThan(20);
  expect(sent.reduce((sum, { inputs }) => sum + (inputs[0]?.shape[0] ?? 0), 0)).toBe(20);
});

it('carries headers as metadata over gRPC, and TLS as its options say', async () => {
  const registry = createTestRegistry({ models: { m: createFakeModel({ predict: ['yes'] }) } });
  onTestFinished(() => registry.close());
  const seen: unknown[] = [];
  const { grpc, http } = await serving(registry, {
    authenticate: ({ headers }) => {
      seen.push(headers['authorization']);
      return headers['authorization'] === 'Bearer good' ? { id: 'me' } : undefined;
    },
  });
  for (const address of [`oip+grpc://${grpc}/m`, `oip+http://${http}/v2/models/m`]) {
    const model = await loadModel(address, { remote: { headers: () => ({ authorization: 'Bearer good' }) } });
    expect(await model.predict([[1]] as never)).toEqual(['yes']);
    await model.dispose();
    await expect(loadModel(address)).rejects.toMatchObject({ code: 'ML_REMOTE_REFUSED' });
  }
  expect(seen).toContain('Bearer good');
});
