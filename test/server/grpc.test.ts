import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type InferenceOptions, MLServiceRegistry, serve } from '../../src/index.ts';
import { GRPC_METHODS, type GrpcMethod } from '../../src/protocol/grpc-definition.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';

/** Any message, as protobuf's own JSON has it. */
interface Reply {
  readonly [field: string]: unknown;
}
type Stub = Readonly<Record<GrpcMethod | 'close', (...args: unknown[]) => void>>;

type Call = (request: object, options?: { deadline?: number; metadata?: Record<string, string> }) => Promise<Reply>;
type Client = Record<GrpcMethod, Call>;

/** A client made of `docs/inference.proto`, as any other language would make one. */
async function connect(registry: MLServiceRegistry, options: InferenceOptions = {}): Promise<Client> {
  const server = await serve(registry, { ...options, port: 0, grpcPort: 0 });
  const { inference } = grpc.loadPackageDefinition(
    loadSync('docs/inference.proto', { keepCase: true, longs: Number }),
  ) as unknown as { inference: { GRPCInferenceService: new (address: unknown, credentials: object) => Stub } };
  const client = new inference.GRPCInferenceService(server.grpcAddress, grpc.credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  const call =
    (method: GrpcMethod): Call =>
    (request, { deadline, metadata: given = {} } = {}) =>
      new Promise((resolve, reject) => {
        const metadata = new grpc.Metadata();
        for (const [name, value] of Object.entries(given)) metadata.set(name, value);
        const callOptions = deadline === undefined ? {} : { deadline: Date.now() + deadline };
        client[method](request, metadata, callOptions, (error: Error | null, value: Reply) =>
          error === null ? resolve(value) : reject(error),
        );
      });
  return Object.fromEntries(GRPC_METHODS.map((method) => [method, call(method)])) as Client;
}

const row = (contents?: object): object => ({
  name: 'x',
  datatype: 'FP64',
  shape: [1, 2],
  ...(contents && { contents }),
});
const model = (): ReturnType<typeof createFakeModel> =>
  createFakeModel({ predict: ['yes'], predictProba: [[0.25, 0.75]], classes: ['no', 'yes'] });

describe('the calls', () => {
  const registry = new MLServiceRegistry({ modelsDir: 'models', env: {} });
  afterAll(() => registry.close());

  it('say what there is', async () => {
    const client = await connect(registry, { repositoryApi: true });
    expect(await client.ServerLive({})).toEqual({ live: true });
    expect(await client.ServerReady({})).toEqual({ ready: true });
    expect(await client.ServerMetadata({})).toMatchObject({ name: 'base-ml-service' });
    expect(await client.ModelReady({ name: 'digits_mlp' })).toEqual({ ready: true });
    const metadata = await client.ModelMetadata({ name: 'digits_mlp', version: 'v1' });
    expect(metadata).toMatchObject({
      name: 'digits_mlp',
      versions: ['v1'],
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 64] }],
      parameters: { task: { string_param: 'multiclass-classification' } },
    });
    await expect(client.ModelMetadata({ name: 'nothing' })).rejects.toMatchObject({ code: grpc.status.NOT_FOUND });
    await expect(client.ModelReady({})).rejects.toMatchObject({ code: grpc.status.INVALID_ARGUMENT });
  });

  it('load and unload', async () => {
    const client = await connect(registry, { repositoryApi: true });
    const entry = (state: string): object =>
      expect.objectContaining({ name: 'diabetes_regressor', version: 'v1.0.0', state });
    const index = (): Promise<unknown> => client.RepositoryIndex({});
    await client.RepositoryModelLoad({ model_name: 'diabetes_regressor' });
    expect(await index()).toEqual({ models: expect.arrayContaining([entry('READY')]) });
    await client.RepositoryModelUnload({ model_name: 'diabetes_regressor' });
    expect(await index()).toEqual({ models: expect.arrayContaining([entry('UNAVAILABLE')]) });
    expect(await client.ModelReady({ name: 'diabetes_regressor' })).toEqual({ ready: false });
    const closed = await connect(registry);
    await expect(closed.RepositoryModelLoad({ model_name: 'diabetes_regressor' })).rejects.toMatchObject({
      code: grpc.status.PERMISSION_DENIED,
    });
  });
});

describe('inference', () => {
  it('answers in the form of the request', async () => {
    const client = await connect(createTestRegistry({ models: { m: model() } }));
    const outputs = [{ name: 'predict' }, { name: 'predict_proba' }];
    const plain = await client.ModelInfer({
      model_name: 'm',
      id: '7',
      inputs: [row({ fp64_contents: [1, 2] })],
      outputs,
    });
    expect(plain).toMatchObject({
      model_name: 'm',
      model_version: 'v1',
      id: '7',
      outputs: [
        { name: 'predict', contents: { bytes_contents: [Buffer.from('yes')] } },
        { name: 'predict_proba', contents: { fp64_contents: [0.25, 0.75] } },
      ],
    });
    expect(plain['raw_output_contents']).toBeUndefined();
    const raw = await client.ModelInfer({
      model_name: 'm',
      inputs: [row()],
      raw_input_contents: [Buffer.from(Float64Array.of(1, 2).buffer)],
    });
    expect(raw['outputs']).toMatchObject([{ name: 'predict', datatype: 'BYTES' }]);
    expect(raw['raw_output_contents']).toEqual([Buffer.from('\u0003\0\0\0yes')]);
  });

  it('gives codes for errors, and when to come again', async () => {
    const failing = createFakeModel({
      predict: () => {
        throw new Error('/srv/secret');
      },
    });
    const told = vi.fn();
    const client = await connect(createTestRegistry({ models: { m: failing } }), { onError: told });
    const infer = (inputs: object[]): Promise<unknown> => client.ModelInfer({ model_name: 'm', inputs });
    await expect(infer([row({ fp64_contents: [1] })])).rejects.toMatchObject({
      code: grpc.status.INVALID_ARGUMENT,
      details: expect.stringContaining('1 elements in fp64_contents'),
    });
    await expect(infer([row({ fp64_contents: [1, 2] })])).rejects.toMatchObject({
      code: grpc.status.INTERNAL,
      details: 'model "m" failed (ML_PREDICT_FAILED)',
    });
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('passes on deadlines and refuses what is too much', async () => {
    let signal: AbortSignal | undefined;
    const slow = createFakeModel({
      predict: (_, options) => {
        signal = options.signal;
        return new Promise(() => undefined);
      },
    });
    const client = await connect(createTestRegistry({ models: { m: slow } }), { maxConcurrency: 1 });
    const request = { model_name: 'm', inputs: [row({ fp64_contents: [1, 2] })] };
    const late = client.ModelInfer(request, { deadline: 300 });
    late.catch(() => undefined);
    await vi.waitFor(() => expect(signal).toBeDefined());
    const refused = (await client.ModelInfer(request).catch((error: unknown) => error)) as grpc.ServiceError;
    expect(refused.code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    expect(refused.metadata.getMap()).toMatchObject({
      'grpc-retry-pushback-ms': '1000',
      'error-code': 'ML_OVERLOADED',
    });
    await expect(late).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  });

  it('asks who asks', async () => {
    const client = await connect(createTestRegistry({ models: { m: model() } }), {
      authenticate: ({ headers, transport, path }) =>
        headers['token'] === 't' ? { id: 't', transport, path } : undefined,
    });
    const request = { model_name: 'm', inputs: [row({ fp64_contents: [1, 2] })] };
    await expect(client.ModelInfer(request)).rejects.toMatchObject({ code: grpc.status.UNAUTHENTICATED });
    expect(await client.ModelInfer(request, { metadata: { token: 't' } })).toMatchObject({ model_name: 'm' });
    expect(await client.ServerLive({})).toEqual({ live: true });
  });
});
