import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { GrpcService } from './create-grpc-service.ts';
import type { InferenceOptions } from './inference-options.ts';
import type { RunningServer, ServeOptions } from './serve.ts';

// Who only asks models in process does not pay for a server.

/**
 * Serves the models of a registry by the Open Inference Protocol over HTTP, and gRPC where asked for.
 *
 * @throws `ML_OPTIONS_INVALID` for a port that cannot be listened on, `ML_LOADER_DEPENDENCY_MISSING`
 */
export async function serve(registry: MLServiceRegistry, options: ServeOptions = {}): Promise<RunningServer> {
  const { serve: start } = await import('./serve.ts');
  return start(registry, options);
}

/**
 * Serves the models of a registry by the gRPC form of the Open Inference Protocol.
 *
 * ```ts
 * const { definition, implementation, serverOptions } = await createGrpcService(registry);
 * const server = new grpc.Server(serverOptions);
 * server.addService(definition, implementation);
 * ```
 *
 * @throws `ML_LOADER_DEPENDENCY_MISSING` without @grpc/grpc-js and @grpc/proto-loader, `ML_OPTIONS_INVALID`
 */
export async function createGrpcService(
  registry: MLServiceRegistry,
  options: InferenceOptions = {},
): Promise<GrpcService> {
  const { createGrpcService: create } = await import('./create-grpc-service.ts');
  return create(registry, options);
}
