// The gRPC form of the protocol as a protobufjs descriptor, which `fromJSON` of @grpc/proto-loader reads: no file to
// find at run time. `docs/inference.proto` is the same as text; a test compares the two. Names and numbers are the
// protocol's, and MLServer's for the parameters of metadata.

interface Field {
  readonly type: string;
  readonly id: number;
  readonly rule?: 'repeated';
  readonly keyType?: string;
}
interface Message {
  readonly fields: Readonly<Record<string, Field>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly nested?: Readonly<Record<string, Message>>;
}

const one = (type: string, id: number): Field => ({ type, id });
const many = (type: string, id: number): Field => ({ type, id, rule: 'repeated' });
const map = (type: string, id: number): Field => ({ keyType: 'string', type, id });
const message = (fields: Message['fields'], nested?: Message['nested']): Message => ({
  fields,
  ...(nested !== undefined && { nested }),
});

const EMPTY: Message = message({});
const NAME_AND_VERSION = message({ name: one('string', 1), version: one('string', 2) });

const TENSOR = {
  name: one('string', 1),
  datatype: one('string', 2),
  shape: many('int64', 3),
  parameters: map('InferParameter', 4),
};

const MESSAGES: Readonly<Record<string, Message>> = {
  ServerLiveRequest: EMPTY,
  ServerLiveResponse: message({ live: one('bool', 1) }),
  ServerReadyRequest: EMPTY,
  ServerReadyResponse: message({ ready: one('bool', 1) }),
  ModelReadyRequest: NAME_AND_VERSION,
  ModelReadyResponse: message({ ready: one('bool', 1) }),
  ServerMetadataRequest: EMPTY,
  ServerMetadataResponse: message({
    name: one('string', 1),
    version: one('string', 2),
    extensions: many('string', 3),
  }),
  ModelMetadataRequest: NAME_AND_VERSION,
  ModelMetadataResponse: message(
    {
      name: one('string', 1),
      versions: many('string', 2),
      platform: one('string', 3),
      inputs: many('TensorMetadata', 4),
      outputs: many('TensorMetadata', 5),
      parameters: map('InferParameter', 6),
    },
    { TensorMetadata: message(TENSOR) },
  ),
  ModelInferRequest: message(
    {
      model_name: one('string', 1),
      model_version: one('string', 2),
      id: one('string', 3),
      parameters: map('InferParameter', 4),
      inputs: many('InferInputTensor', 5),
      outputs: many('InferRequestedOutputTensor', 6),
      raw_input_contents: many('bytes', 7),
    },
    {
      InferInputTensor: message({ ...TENSOR, contents: one('InferTensorContents', 5) }),
      InferRequestedOutputTensor: message({ name: one('string', 1), parameters: map('InferParameter', 2) }),
    },
  ),
  ModelInferResponse: message(
    {
      model_name: one('string', 1),
      model_version: one('string', 2),
      id: one('string', 3),
      parameters: map('InferParameter', 4),
      outputs: many('InferOutputTensor', 5),
      raw_output_contents: many('bytes', 6),
    },
    { InferOutputTensor: message({ ...TENSOR, contents: one('InferTensorContents', 5) }) },
  ),
  InferParameter: {
    oneofs: {
      parameter_choice: { oneof: ['bool_param', 'int64_param', 'string_param', 'double_param', 'uint64_param'] },
    },
    fields: {
      bool_param: one('bool', 1),
      int64_param: one('int64', 2),
      string_param: one('string', 3),
      double_param: one('double', 4),
      uint64_param: one('uint64', 5),
    },
  },
  InferTensorContents: message({
    bool_contents: many('bool', 1),
    int_contents: many('int32', 2),
    int64_contents: many('int64', 3),
    uint_contents: many('uint32', 4),
    uint64_contents: many('uint64', 5),
    fp32_contents: many('float', 6),
    fp64_contents: many('double', 7),
    bytes_contents: many('bytes', 8),
  }),
  ModelRepositoryParameter: {
    oneofs: { parameter_choice: { oneof: ['bool_param', 'int64_param', 'string_param', 'bytes_param'] } },
    fields: {
      bool_param: one('bool', 1),
      int64_param: one('int64', 2),
      string_param: one('string', 3),
      bytes_param: one('bytes', 4),
    },
  },
  RepositoryIndexRequest: message({ repository_name: one('string', 1), ready: one('bool', 2) }),
  RepositoryIndexResponse: message(
    { models: many('ModelIndex', 1) },
    {
      ModelIndex: message({
        name: one('string', 1),
        version: one('string', 2),
        state: one('string', 3),
        reason: one('string', 4),
      }),
    },
  ),
  RepositoryModelLoadRequest: message({
    repository_name: one('string', 1),
    model_name: one('string', 2),
    parameters: map('ModelRepositoryParameter', 3),
  }),
  RepositoryModelLoadResponse: EMPTY,
  RepositoryModelUnloadRequest: message({
    repository_name: one('string', 1),
    model_name: one('string', 2),
    parameters: map('ModelRepositoryParameter', 3),
  }),
  RepositoryModelUnloadResponse: EMPTY,
};

/** Names of the calls; each has a request and a response message of its own. */
export const GRPC_METHODS = [
  'ServerLive',
  'ServerReady',
  'ModelReady',
  'ServerMetadata',
  'ModelMetadata',
  'ModelInfer',
  'RepositoryIndex',
  'RepositoryModelLoad',
  'RepositoryModelUnload',
] as const;

export type GrpcMethod = (typeof GRPC_METHODS)[number];

const METHODS = Object.fromEntries(
  GRPC_METHODS.map((name) => [name, { requestType: `${name}Request`, responseType: `${name}Response` }]),
);

/** For `fromJSON` of @grpc/proto-loader. */
export const GRPC_DEFINITION: object = {
  nested: { inference: { nested: { GRPCInferenceService: { methods: METHODS }, ...MESSAGES } } },
};

/** The service's name in that definition. */
export const GRPC_SERVICE = 'inference.GRPCInferenceService';

/** How @grpc/proto-loader must read it for the messages to be as `grpc-messages.ts` describes them. */
export const GRPC_LOADER_OPTIONS: GrpcLoaderOptions = { keepCase: true, longs: String, defaults: true, oneofs: true };

export interface GrpcLoaderOptions {
  readonly keepCase: boolean;
  readonly longs: typeof String;
  readonly defaults: boolean;
  readonly oneofs: boolean;
}
