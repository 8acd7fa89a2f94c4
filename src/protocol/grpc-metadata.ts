import type { GrpcParameters } from './grpc-messages.ts';
import { readGrpcParameters, writeGrpcParameters } from './grpc-parameters.ts';
import type { ModelMetadataMessage, TensorMetadata } from './messages.ts';
import { readModelMetadata } from './metadata-messages.ts';
import { NO_PARAMETERS } from './parameters.ts';

interface GrpcTensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly (string | number)[];
  readonly parameters?: GrpcParameters;
}

/** The metadata of a model in its gRPC form. */
export interface GrpcModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly GrpcTensorMetadata[];
  readonly outputs: readonly GrpcTensorMetadata[];
  readonly parameters?: GrpcParameters;
}

/** @throws `ML_PROTOCOL_MALFORMED` */
export function readGrpcModelMetadata(message: GrpcModelMetadata): ModelMetadataMessage {
  const plain = (tensor: GrpcTensorMetadata): object => ({
    ...tensor,
    parameters: readGrpcParameters(tensor.parameters),
  });
  return readModelMetadata({
    ...message,
    parameters: readGrpcParameters(message.parameters),
    inputs: message.inputs.map(plain),
    outputs: message.outputs.map(plain),
  });
}

/** @throws `ML_PROTOCOL_UNSUPPORTED` */
export function writeGrpcModelMetadata(message: ModelMetadataMessage): GrpcModelMetadata {
  const written = (tensor: TensorMetadata): GrpcTensorMetadata => ({
    ...tensor,
    parameters: writeGrpcParameters(tensor.parameters ?? NO_PARAMETERS),
  });
  return {
    ...message,
    parameters: writeGrpcParameters(message.parameters ?? NO_PARAMETERS),
    inputs: message.inputs.map(written),
    outputs: message.outputs.map(written),
  };
}
