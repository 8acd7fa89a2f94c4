import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { loadGrpc } from '../protocol/load-grpc.ts';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import { createGrpcService } from './create-grpc-service.ts';
import { HttpFront } from './http-front.ts';
import type { InferenceOptions } from './inference-options.ts';

/** Options of `serve`. */
export interface ServeOptions extends InferenceOptions {
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** Port of gRPC; 0 takes a free one. Default: no gRPC. */
  readonly grpcPort?: number;
  /** Default `127.0.0.1`: this machine alone. */
  readonly host?: string;
}

/** A server that runs. */
export interface RunningServer {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** E.g. `127.0.0.1:8081`. */
  readonly grpcAddress: string | undefined;
  /**
   * Ends: says that it is not ready, takes no new requests, waits for those at hand up to `timeoutMs` (default
   * 10,000), then closes what is left. The registry stays open. Twice is harmless.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Milliseconds that a client may take for its headers, and for a whole request: slow senders hold nothing for long. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the idle time of usual load balancers, which then never reuse a connection that is being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const DRAIN_TIMEOUT_MS = 10_000;

/** See `serve` in `lazy.ts`. */
export async function serve(registry: MLServiceRegistry, options: ServeOptions = {}): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 8080, grpcPort } = options;
  const { createServer } = await import('node:http');
  const front = new HttpFront(registry, options);
  const http = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      noDelay: true,
    },
    (req, res) => front.handle(req, res, req.url ?? ''),
  );
  await listen(http, host, port);
  const grpc = grpcPort === undefined ? undefined : await listenGrpc(registry, options, { host, port: grpcPort, http });
  let closing: Promise<void> | undefined;
  const close = async (timeoutMs: number): Promise<void> => {
    const drained = Promise.all([front.drain(), grpc?.drain()]);
    await Promise.race([drained, elapsed(timeoutMs)]);
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    grpc?.shutdown();
    await closed;
  };
  return {
    url: `http://${atPort(host, (http.address() as AddressInfo).port)}`,
    grpcAddress: grpc && atPort(host, grpc.port),
    close: ({ timeoutMs = DRAIN_TIMEOUT_MS } = {}) => (closing ??= close(timeoutMs)),
  };
}

function listen(server: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(cannotListen('HTTP', atPort(host, port), cause));
    server.once('error', fail);
    try {
      server.listen(port, host, () => {
        server.off('error', fail);
        resolve();
      });
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

interface GrpcListener {
  readonly port: number;
  readonly drain: () => Promise<void>;
  shutdown(): void;
}

async function listenGrpc(
  registry: MLServiceRegistry,
  options: InferenceOptions,
  { host, port, http }: { readonly host: string; readonly port: number; readonly http: HttpServer },
): Promise<GrpcListener> {
  try {
    const { Server, ServerCredentials } = await loadGrpc();
    const { definition, implementation, serverOptions, drain } = await createGrpcService(registry, options);
    const server = new Server(serverOptions);
    server.addService(definition as never, implementation);
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(atPort(host, port), ServerCredentials.createInsecure(), (cause, actual) =>
        cause === null ? resolve(actual) : reject(cannotListen('gRPC', atPort(host, port), cause)),
      );
    });
    return { port: bound, drain, shutdown: () => server.forceShutdown() };
  } catch (error) {
    http.close();
    throw error;
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function atPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function cannotListen(what: string, address: string, cause: Error): ConfigurationError {
  return new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `${what} cannot listen on ${address}: ${cause.message}; choose another host or port`,
    { cause, details: { address } },
  );
}
