import { libraryVersion } from './library-version.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const array = (items: Json): Json => ({ type: 'array', items });
const object = (properties: Json, required: readonly string[] = []): Json => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});
const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } });
const answer = (description: string, schema: Json): Json => ({ description, ...json(schema) });
const path = (name: string, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

const TEXT: Json = { type: 'string' };
const DATATYPE: Json = {
  type: 'string',
  enum: 'BOOL UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FP16 BF16 FP32 FP64 BYTES'.split(' '),
};
const EXTENTS = array({ type: 'integer', format: 'int64' });
const PARAMETERS: Json = {
  type: 'object',
  additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
};
const TENSOR: Json = {
  name: TEXT,
  datatype: DATATYPE,
  shape: EXTENTS,
  parameters: ref('parameters'),
  data: { description: 'Elements in row-major order: flat, or nested as the shape says. Absent for binary tensors.' },
};

const SCHEMAS: Json = {
  parameters: PARAMETERS,
  error: object({ error: TEXT, code: { ...TEXT, description: 'A code of docs/errors.md.' } }, ['error']),
  server_metadata: object({ name: TEXT, version: TEXT, extensions: array(TEXT) }, ['name', 'version', 'extensions']),
  tensor_metadata: object(
    { name: TEXT, datatype: DATATYPE, shape: { ...EXTENTS, description: '-1 for an extent that varies.' } },
    ['name', 'datatype', 'shape'],
  ),
  model_metadata: object(
    {
      name: TEXT,
      versions: array(TEXT),
      platform: TEXT,
      inputs: array(ref('tensor_metadata')),
      outputs: array(ref('tensor_metadata')),
      parameters: ref('parameters'),
    },
    ['name', 'platform', 'inputs', 'outputs'],
  ),
  model_ready: object({ name: TEXT, ready: { type: 'boolean' } }, ['name', 'ready']),
  tensor: object(TENSOR, ['name', 'datatype', 'shape']),
  requested_output: object({ name: TEXT, parameters: ref('parameters') }, ['name']),
  inference_request: object(
    {
      id: TEXT,
      parameters: ref('parameters'),
      inputs: { ...array(ref('tensor')), minItems: 1 },
      outputs: array(ref('requested_output')),
    },
    ['inputs'],
  ),
  inference_response: object(
    {
      model_name: TEXT,
      model_version: TEXT,
      id: TEXT,
      parameters: ref('parameters'),
      outputs: array(ref('tensor')),
    },
    ['model_name', 'outputs'],
  ),
  repository_index: array(
    object({ name: TEXT, version: TEXT, state: TEXT, reason: TEXT }, ['name', 'version', 'state', 'reason']),
  ),
};

const NAME = path('name', 'Name of the model.');
const VERSION = path('version', 'A label (`v1`), a version, a range or an alias.');
const FAILED = answer('Why not, without paths and stacks.', ref('error'));

const operation = (operationId: string, summary: string, more: Json): Json => ({ operationId, summary, ...more });

/** The operations on one model, with and without a version in the path. */
function modelPaths(prefix: string, parameters: readonly Json[], suffix: string): Json {
  const common = { parameters };
  return {
    [prefix]: {
      get: operation(`modelMetadata${suffix}`, 'What the model takes and gives', {
        ...common,
        responses: { 200: answer('Inputs and outputs.', ref('model_metadata')), default: FAILED },
      }),
    },
    [`${prefix}/ready`]: {
      get: operation(`modelReady${suffix}`, 'Whether the model would answer', {
        ...common,
        responses: {
          200: answer('It would.', ref('model_ready')),
          503: answer('It would not.', ref('model_ready')),
          default: FAILED,
        },
      }),
    },
    [`${prefix}/infer`]: {
      post: operation(`modelInfer${suffix}`, 'Ask the model', {
        parameters: [
          ...parameters,
          {
            name: 'X-Request-Timeout-Ms',
            in: 'header',
            description: 'Milliseconds until the request is answered with 504.',
            schema: { type: 'number', exclusiveMinimum: 0 },
          },
          {
            name: 'Inference-Header-Content-Length',
            in: 'header',
            description: 'Bytes of JSON in front of binary tensors.',
            schema: { type: 'integer' },
          },
        ],
        requestBody: { required: true, ...json(ref('inference_request')) },
        responses: { 200: answer('What it answered.', ref('inference_response')), default: FAILED },
      }),
    },
  };
}

const change = (operationId: string, summary: string): Json => ({
  post: operation(operationId, summary, {
    parameters: [NAME],
    requestBody: { required: false, ...json(object({ parameters: ref('parameters') })) },
    responses: { 200: answer('Done.', object({})), default: FAILED },
  }),
});

/** The OpenAPI 3.1 document of what the handler answers. */
export function openApiDocument(repositoryApi: boolean): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Open Inference Protocol v2', version: libraryVersion() || '0' },
    paths: {
      '/v2': {
        get: operation('serverMetadata', 'What the server is', {
          responses: { 200: answer('Name, version and extensions.', ref('server_metadata')), default: FAILED },
        }),
      },
      '/v2/health/live': {
        get: operation('serverLive', 'Whether the process answers', {
          responses: { 200: answer('It does.', object({ live: { type: 'boolean' } }, ['live'])) },
        }),
      },
      '/v2/health/ready': {
        get: operation('serverReady', 'Whether requests should be sent here', {
          responses: {
            200: answer('They should.', object({ ready: { type: 'boolean' } }, ['ready'])),
            503: answer('They should not.', object({ ready: { type: 'boolean' } }, ['ready'])),
          },
        }),
      },
      ...modelPaths('/v2/models/{name}', [NAME], ''),
      ...modelPaths('/v2/models/{name}/versions/{version}', [NAME, VERSION], 'Version'),
      '/v2/repository/index': {
        post: operation('repositoryIndex', 'All models and their states', {
          requestBody: { required: false, ...json(object({ ready: { type: 'boolean' } })) },
          responses: { 200: answer('One entry per model and version.', ref('repository_index')), default: FAILED },
        }),
      },
      ...(repositoryApi && {
        '/v2/repository/models/{name}/load': change('repositoryModelLoad', 'Load the newest version, or load it again'),
        '/v2/repository/models/{name}/unload': change('repositoryModelUnload', 'Free the model until it is loaded'),
      }),
      '/v2/docs': {
        get: operation('docs', 'This document', { responses: { 200: answer('OpenAPI 3.1.', object({})) } }),
      },
    },
    components: { schemas: SCHEMAS },
  };
}
