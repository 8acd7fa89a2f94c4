import { runAs } from '../access/run-as.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { GrpcMethod } from '../protocol/grpc-definition.ts';
import { readGrpcInferRequest, writeGrpcInferResponse } from '../protocol/grpc-infer.ts';
import type { GrpcInferRequest, GrpcParameters } from '../protocol/grpc-messages.ts';
import { writeGrpcModelMetadata } from '../protocol/grpc-metadata.ts';
import { readGrpcParameters } from '../protocol/grpc-parameters.ts';
import { type GrpcServiceDefinition, grpcServiceDefinition, loadGrpc } from '../protocol/load-grpc.ts';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { CallOptions } from '../spec/model.ts';
import { failureOf, Refusal } from './failure.ts';
import { grpcStatusOf } from './grpc-status.ts';
import { InferenceCore, type Target } from './inference-core.ts';
import type { InferenceCall, InferenceOptions } from './inference-options.ts';
import { serverLimits } from './limits.ts';
import { RequestGate } from './request-gate.ts';
import { whoAsks } from './who-asks.ts';

/** The part of a call of @grpc/grpc-js that the service uses. */
export interface GrpcCall {
  readonly request: unknown;
  readonly metadata: { getMap(): Record<string, unknown> };
  getPeer(): string;
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

export type GrpcCallback = (error: object | null, value?: unknown) => void;
export type GrpcHandler = (call: GrpcCall, callback: GrpcCallback) => void;

/** What `server.addService(definition, implementation)` of @grpc/grpc-js takes. */
export interface GrpcService {
  readonly definition: GrpcServiceDefinition;
  readonly implementation: Readonly<Record<GrpcMethod, GrpcHandler>>;
  /** Options for `new Server(...)`: messages as large as bodies may be. */
  readonly serverOptions: Readonly<Record<string, number>>;
  /** Refuses what comes from now on, and waits for the calls at hand. */
  readonly drain: () => Promise<void>;
}

type Handle = (request: never, options: CallOptions) => unknown;

/** See `createGrpcService` in `lazy.ts`. */
export async function createGrpcService(
  registry: MLServiceRegistry,
  options: InferenceOptions = {},
): Promise<GrpcService> {
  const limits = serverLimits(options);
  const [{ Metadata }, definition] = await Promise.all([loadGrpc(), grpcServiceDefinition()]);
  const core = InferenceCore.of(registry);
  const gate = new RequestGate(limits);
  const handlers = methodsOf(core, gate, options.repositoryApi === true);
  const serve = (method: GrpcMethod): GrpcHandler => {
    const handle = handlers[method];
    const isOpen = method === 'ServerLive' || method === 'ServerReady';
    return (call, callback) => {
      const answer = async (): Promise<unknown> => {
        const callOptions = optionsOf(call);
        const work = async (): Promise<unknown> => handle(call.request as never, callOptions);
        if (isOpen || options.authenticate === undefined) return await work();
        const principal = await whoAsks(options.authenticate, describe(call, method));
        return await runAs(principal, work);
      };
      const fail = (error: unknown): void => {
        const failure = failureOf(error, subjectOf(call.request));
        const metadata = new Metadata();
        // The wait that gRPC's own retries obey.
        if (failure.retryAfterMs !== undefined) metadata.set('grpc-retry-pushback-ms', String(failure.retryAfterMs));
        if (failure.code !== undefined) metadata.set('error-code', failure.code);
        callback({ code: grpcStatusOf(failure.status), details: failure.message, metadata });
        if (failure.status >= 500) options.onError?.(error, describe(call, method));
      };
      void (async () => {
        let value: unknown;
        try {
          value = await (isOpen ? answer() : within(gate, answer));
        } catch (error) {
          return fail(error);
        }
        return callback(null, value);
      })();
    };
  };
  return {
    definition,
    implementation: Object.fromEntries(
      (Object.keys(handlers) as GrpcMethod[]).map((method) => [method, serve(method)]),
    ) as unknown as GrpcService['implementation'],
    serverOptions: {
      'grpc.max_receive_message_length': limits.maxBodyBytes,
      'grpc.max_send_message_length': -1,
    },
    drain: () => gate.drain(),
  };
}

async function within<T>(gate: RequestGate, work: () => Promise<T>): Promise<T> {
  gate.enter();
  try {
    return await work();
  } finally {
    // The message was read and bounded by grpc-js before this is asked.
    gate.leave(0);
  }
}

function methodsOf(core: InferenceCore, gate: RequestGate, repositoryApi: boolean): Record<GrpcMethod, Handle> {
  const assertRepositoryApi = (): void => {
    if (!repositoryApi) throw new Refusal(403, 'clients may not load or unload models here (option repositoryApi)');
  };
  return {
    ServerLive: () => ({ live: true }),
    ServerReady: () => ({ ready: !gate.closed && core.ready() }),
    ServerMetadata: () => core.metadata(repositoryApi),
    ModelReady: async (request: NameAndVersion) => ({ ready: await core.modelReady(targetOf(request)) }),
    ModelMetadata: async (request: NameAndVersion, options) =>
      writeGrpcModelMetadata(await core.modelMetadata(targetOf(request), options)),
    ModelInfer: async (request: GrpcInferRequest, options) => {
      const target = targetOf({ name: request.model_name, version: request.model_version });
      const response = await core.infer(target, readGrpcInferRequest(request), options);
      return writeGrpcInferResponse(response, request.raw_input_contents.length > 0);
    },
    RepositoryIndex: async ({ ready }: { readonly ready: boolean }) => ({ models: await core.index(ready) }),
    RepositoryModelLoad: async (request: RepositoryRequest, options) => {
      assertRepositoryApi();
      await core.load(request.model_name, readGrpcParameters(request.parameters), options);
      return {};
    },
    RepositoryModelUnload: async (request: RepositoryRequest) => {
      assertRepositoryApi();
      await core.unload(request.model_name);
      return {};
    },
  };
}

interface NameAndVersion {
  readonly name: string;
  readonly version: string;
}

interface RepositoryRequest {
  readonly model_name: string;
  readonly parameters?: GrpcParameters;
}

function targetOf({ name, version }: NameAndVersion): Target {
  if (name === '') throw new Refusal(400, 'the name of the model is empty');
  return version === '' ? { name } : { name, version };
}

/** The client's deadline, and whether it still waits. */
function optionsOf(call: GrpcCall): CallOptions {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  const left = Number(call.getDeadline()) - Date.now();
  return Number.isFinite(left) ? { signal: gone.signal, timeoutMs: Math.max(0, left) } : { signal: gone.signal };
}

function describe(call: GrpcCall, method: GrpcMethod): InferenceCall {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(call.metadata.getMap())) headers[name] = String(value);
  return { transport: 'grpc', method, path: nameIn(call.request), headers, peer: call.getPeer() };
}

function nameIn(request: unknown): string {
  const { name, model_name: modelName } = Object(request) as { name?: string; model_name?: string };
  return modelName ?? name ?? '';
}

function subjectOf(request: unknown): string {
  const name = nameIn(request);
  return name === '' ? 'the request' : `model ${JSON.stringify(name)}`;
}
