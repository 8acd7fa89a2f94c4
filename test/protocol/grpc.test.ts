import { fromJSON, loadSync, type PackageDefinition } from '@grpc/proto-loader';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRPC_DEFINITION, GRPC_LOADER_OPTIONS, GRPC_SERVICE } from '../../src/protocol/grpc-definition.ts';
import {
  readGrpcInferRequest,
  readGrpcInferResponse,
  writeGrpcInferRequest,
  writeGrpcInferResponse,
} from '../../src/protocol/grpc-infer.ts';
import type { GrpcInferRequest, GrpcInferResponse, GrpcTensor } from '../../src/protocol/grpc-messages.ts';
import { grpcServiceDefinition } from '../../src/protocol/load-grpc.ts';
import { anyTensor, plain } from './arbitrary-tensors.ts';

interface Described {
  readonly type: {
    readonly name: string;
    readonly field: readonly object[];
    readonly nestedType: readonly Described['type'][];
  };
}

/** Names, numbers and types of the fields of every message. */
function fieldsOf(definition: PackageDefinition): object {
  return Object.fromEntries(
    Object.entries(definition)
      .filter(([name]) => name !== GRPC_SERVICE)
      .map(([name, message]) => [name, (message as unknown as Described).type]),
  );
}

describe('the definition', () => {
  it('is the one of docs/inference.proto', () => {
    const text = loadSync('docs/inference.proto', GRPC_LOADER_OPTIONS);
    const json = fromJSON(GRPC_DEFINITION as never, GRPC_LOADER_OPTIONS);
    expect(fieldsOf(json)).toEqual(fieldsOf(text));
    expect(Object.keys(json[GRPC_SERVICE] as object)).toEqual(Object.keys(text[GRPC_SERVICE] as object));
  });
});

describe('round trips over real messages', async () => {
  const { ModelInfer } = await grpcServiceDefinition();
  if (ModelInfer === undefined) throw new Error('no ModelInfer');
  const overWire = (message: GrpcInferRequest): GrpcInferRequest =>
    ModelInfer.requestDeserialize(ModelInfer.requestSerialize(message as never)) as GrpcInferRequest;

  it('of requests, raw or not', () => {
    fc.assert(
      fc.property(fc.array(anyTensor, { minLength: 1, maxLength: 3 }), fc.boolean(), (inputs, raw) => {
        const parameters = { text: 'a', whole: 7, part: 0.5, flag: false };
        const request = {
          id: 'x',
          parameters,
          inputs,
          outputs: [{ name: 'predict', parameters: { binary_data: true } }],
        };
        const read = readGrpcInferRequest(overWire(writeGrpcInferRequest({ name: 'm', version: 'v1' }, request, raw)));
        expect(read.inputs.map(plain)).toEqual(inputs.map(plain));
        expect(read).toMatchObject({ id: 'x', parameters, outputs: request.outputs });
      }),
    );
  });

  it('of responses', () => {
    fc.assert(
      fc.property(fc.array(anyTensor, { maxLength: 3 }), fc.boolean(), (outputs, raw) => {
        const response = { modelName: 'm', modelVersion: undefined, id: undefined, parameters: {}, outputs };
        const bytes = ModelInfer.responseSerialize(writeGrpcInferResponse(response, raw) as never);
        const read = readGrpcInferResponse(ModelInfer.responseDeserialize(bytes) as GrpcInferResponse);
        expect({ ...read, outputs: read.outputs.map(plain) }).toEqual({ ...response, outputs: outputs.map(plain) });
      }),
    );
  });
});

describe('refuses', () => {
  const request = (inputs: readonly object[], raw: readonly Uint8Array[] = []): (() => unknown) => {
    const message = { model_name: 'm', model_version: '', id: '', outputs: [], raw_input_contents: raw };
    return () => readGrpcInferRequest({ ...message, inputs: inputs as readonly GrpcTensor[] });
  };
  const x = { name: 'x', datatype: 'FP32', shape: ['2'], contents: { fp32_contents: [1, 2] } };

  it('shapes, counts and types that do not fit together', () => {
    expect(request([x])).not.toThrow();
    expect(request([{ ...x, shape: ['3'] }])).toThrow(/2 elements in fp32_contents; its shape \[3\] needs 3/);
    expect(request([{ ...x, shape: ['9223372036854775807'] }])).toThrow(/integers from 0 on/);
    expect(request([{ ...x, datatype: 'FP16' }])).toThrow(/only raw_input_contents/);
    expect(request([{ ...x, datatype: 'INT8', contents: { int_contents: [1, 200] } }])).toThrow(/-128 to 127/);
    expect(request([{ ...x, contents: null }])).toThrow(/0 elements in fp32_contents/);
    expect(request([x, x], [new Uint8Array(8)])).toThrow(/raw_input_contents has 1 items for 2 inputs/);
    expect(request([x], [new Uint8Array(7)])).toThrow(/2 elements of FP32 take 8/);
  });

  it('to write what gRPC has no form for', () => {
    const texts = { name: 'x', datatype: 'BYTES', dtype: 'object', shape: [1], data: [null], parameters: {} } as const;
    const model = { name: 'm', version: undefined };
    const write =
      (request: object): (() => unknown) =>
      () =>
        writeGrpcInferRequest(
          model,
          { id: undefined, parameters: {}, inputs: [texts], outputs: undefined, ...request },
          false,
        );
    expect(write({})).toThrow(/missing or no text/);
    expect(write({ inputs: [], parameters: { list: [1] } })).toThrow(/parameter "list"/);
  });
});
