import {
  type HealthAnswer,
  type HealthOptions,
  type HealthSource,
  healthPaths,
  liveAnswer,
  modelAnswer,
  modelsAnswer,
  readyAnswer,
} from './health-answer.ts';

/** What the plugin needs of a Fastify instance. */
export interface HealthServer {
  route(options: {
    readonly method: ['GET', 'HEAD'];
    readonly url: string;
    readonly logLevel: 'warn';
    handler(request: { readonly params: unknown }, reply: HealthReply): unknown;
  }): unknown;
}

/** What the plugin needs of a Fastify reply. */
export interface HealthReply {
  code(status: number): HealthReply;
  header(name: string, value: string): HealthReply;
  send(body: unknown): HealthReply;
}

/** A Fastify plugin. */
export type HealthPlugin = (server: HealthServer) => Promise<void>;

/**
 * The routes of `createHealthHandler` as a Fastify plugin. Probes come every few seconds, so they are not logged.
 *
 * ```ts
 * await fastify.register(createHealthPlugin(registry));
 * ```
 */
export function createHealthPlugin(registry: HealthSource, options: HealthOptions = {}): HealthPlugin {
  const { paths, details = false } = options;
  const { live, ready, models } = healthPaths(paths);
  const routes: Readonly<Record<string, (name: string) => HealthAnswer>> = {
    [live]: liveAnswer,
    [ready]: () => readyAnswer(registry, details),
    [models]: () => modelsAnswer(registry, details),
    [`${models}/:name`]: (name) => modelAnswer(registry, name, details),
  };
  return async (server) => {
    for (const [url, answer] of Object.entries(routes)) {
      server.route({
        method: ['GET', 'HEAD'],
        url,
        logLevel: 'warn',
        handler(request, reply) {
          const { name = '' } = request.params as { readonly name?: string };
          const { status, body } = answer(name);
          return reply.code(status).header('cache-control', 'no-store').send(body);
        },
      });
    }
  };
}
