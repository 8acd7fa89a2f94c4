import type * as GrpcJs from '@grpc/grpc-js';
import { LoaderError } from '../errors/loader-error.ts';
import { GRPC_DEFINITION, GRPC_LOADER_OPTIONS, GRPC_SERVICE } from './grpc-definition.ts';

/** One call of a gRPC service, as @grpc/proto-loader describes it for @grpc/grpc-js. */
export interface GrpcMethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

export type GrpcServiceDefinition = Readonly<Record<string, GrpcMethodDefinition>>;

let definition: Promise<GrpcServiceDefinition> | undefined;

/**
 * The protocol's gRPC service, for servers and clients.
 *
 * @throws `ML_LOADER_DEPENDENCY_MISSING` without @grpc/proto-loader
 */
export function grpcServiceDefinition(): Promise<GrpcServiceDefinition> {
  definition ??= import('@grpc/proto-loader').then(
    ({ fromJSON }) => fromJSON(GRPC_DEFINITION, GRPC_LOADER_OPTIONS)[GRPC_SERVICE] as unknown as GrpcServiceDefinition,
    (cause: unknown) => {
      definition = undefined;
      throw missing('@grpc/proto-loader', cause);
    },
  );
  return definition;
}

/** @throws `ML_LOADER_DEPENDENCY_MISSING` without @grpc/grpc-js */
export async function loadGrpc(): Promise<typeof GrpcJs> {
  try {
    return await import('@grpc/grpc-js');
  } catch (cause) {
    throw missing('@grpc/grpc-js', cause);
  }
}

function missing(name: string, cause: unknown): LoaderError {
  return new LoaderError(
    'ML_LOADER_DEPENDENCY_MISSING',
    `gRPC needs the package ${name}, which is not installed; npm install @grpc/grpc-js @grpc/proto-loader`,
    { details: { package: name }, cause },
  );
}
