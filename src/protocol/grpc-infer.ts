import type { GrpcInferRequest, GrpcInferResponse } from './grpc-messages.ts';
import { readGrpcParameters, writeGrpcParameters } from './grpc-parameters.ts';
import { readGrpcTensors, writeGrpcTensors } from './grpc-tensors.ts';
import type { InferRequest, InferResponse } from './messages.ts';

/** @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT` */
export function readGrpcInferRequest(message: GrpcInferRequest): InferRequest {
  const { outputs } = message;
  return {
    id: message.id === '' ? undefined : message.id,
    parameters: readGrpcParameters(message.parameters),
    inputs: readGrpcTensors(message.inputs, message.raw_input_contents, 'input'),
    outputs:
      outputs.length === 0
        ? undefined
        : outputs.map(({ name, parameters }) => ({ name, parameters: readGrpcParameters(parameters) })),
  };
}

/**
 * @param raw whether elements go in binary form; MLServer and Triton take both
 * @throws `ML_PROTOCOL_UNSUPPORTED`, `ML_PROTOCOL_MALFORMED`
 */
export function writeGrpcInferRequest(
  model: { readonly name: string; readonly version: string | undefined },
  { id, parameters, inputs, outputs }: InferRequest,
  raw: boolean,
): GrpcInferRequest {
  const written = writeGrpcTensors(inputs, raw);
  return {
    model_name: model.name,
    model_version: model.version ?? '',
    id: id ?? '',
    parameters: writeGrpcParameters(parameters),
    inputs: written.tensors,
    outputs: (outputs ?? []).map((output) => ({
      name: output.name,
      parameters: writeGrpcParameters(output.parameters),
    })),
    raw_input_contents: written.raw,
  };
}

/** @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT` */
export function readGrpcInferResponse(message: GrpcInferResponse): InferResponse {
  return {
    modelName: message.model_name,
    modelVersion: message.model_version === '' ? undefined : message.model_version,
    id: message.id === '' ? undefined : message.id,
    parameters: readGrpcParameters(message.parameters),
    outputs: readGrpcTensors(message.outputs, message.raw_output_contents, 'output'),
  };
}

/**
 * @param raw whether elements go in binary form
 * @throws `ML_PROTOCOL_UNSUPPORTED`, `ML_PROTOCOL_MALFORMED`
 */
export function writeGrpcInferResponse(response: InferResponse, raw: boolean): GrpcInferResponse {
  const written = writeGrpcTensors(response.outputs, raw);
  return {
    model_name: response.modelName,
    model_version: response.modelVersion ?? '',
    id: response.id ?? '',
    parameters: writeGrpcParameters(response.parameters),
    outputs: written.tensors,
    raw_output_contents: written.raw,
  };
}
