import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { InferenceOptions } from './inference-options.ts';
import { lazyFront } from './lazy-front.ts';

/** The part of a Fastify instance that the plugin uses. */
export interface FastifyLike {
  readonly prefix: string;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => void): unknown;
}

export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}

export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

export type InferencePlugin = (fastify: FastifyLike, options: unknown, done: () => void) => void;

/**
 * `createInferenceHandler` as a plugin of Fastify.
 *
 * ```ts
 * fastify.register(createInferencePlugin(registry), { prefix: '/ml' }); // /ml/v2/...
 * ```
 *
 * @throws `ML_OPTIONS_INVALID`
 */
export function createInferencePlugin(registry: MLServiceRegistry, options: InferenceOptions = {}): InferencePlugin {
  const front = lazyFront(registry, options);
  return (fastify, _, done) => {
    // Within this plugin alone: bodies are read once, by the handler.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    const { length } = fastify.prefix;
    const handle = ({ raw }: FastifyRequestLike, reply: FastifyReplyLike): void => {
      reply.hijack();
      front.handle(raw, reply.raw, (raw.url ?? '').slice(length));
    };
    fastify.all('/v2', handle);
    fastify.all('/v2/*', handle);
    done();
  };
}
