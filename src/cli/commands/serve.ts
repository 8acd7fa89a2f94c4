import type { CliCommand } from '../cli-command.ts';

interface Served {
  readonly url: string;
  readonly grpcAddress: string | undefined;
  /** What ended it. */
  readonly signal: string;
}

/** `serve`: answers the Open Inference Protocol until it is told to end. */
export const serve: CliCommand<Served> = {
  name: 'serve',
  summary: 'answer the Open Inference Protocol v2 over HTTP and gRPC',
  options: [
    { flags: '--port <port>', summary: 'port of HTTP (default: 8080)' },
    { flags: '--grpc-port <port>', summary: 'port of gRPC (default: no gRPC)' },
    { flags: '--host <host>', summary: 'address to listen on (default: 127.0.0.1, this machine alone)' },
    { flags: '--enable-repository-api', summary: 'let clients load and unload models' },
  ],
  notes: `Models are loaded by their first request. SIGTERM and SIGINT let the requests at hand end.
There is no authentication: put a gateway in front, or use createInferenceHandler in a program of your own.`,
  async run(call) {
    const { port, grpcPort, host, enableRepositoryApi } = call.options;
    const { ConfigurationError, serve: start } = await import('../../index.ts');
    const portOf = (flag: string, value: string | boolean): number => {
      const number = Number(value);
      if (typeof value === 'string' && /^\d+$/.test(value) && number <= 65_535) return number;
      throw new ConfigurationError(
        'ML_OPTIONS_INVALID',
        `${flag} must be a port from 0 to 65535, got ${JSON.stringify(value)}`,
      );
    };
    const server = await start(await call.registry(), {
      ...(port !== undefined && { port: portOf('--port', port) }),
      ...(grpcPort !== undefined && { grpcPort: portOf('--grpc-port', grpcPort) }),
      ...(typeof host === 'string' && { host }),
      repositoryApi: enableRepositoryApi === true,
      onError: (error, { method, path }) => call.out.error(`${method} ${path}: ${String(error)}`, 'red'),
    });
    const { url, grpcAddress } = server;
    call.out.error(`listening on ${url}${grpcAddress === undefined ? '' : ` and gRPC on ${grpcAddress}`}`);
    const signal = await toldToEnd();
    call.out.error(`${signal}: waiting for the requests at hand`);
    await server.close();
    return { url, grpcAddress, signal };
  },
  async print({ signal }, out) {
    out.line(`ended by ${signal}`, 'dim');
  },
};

function toldToEnd(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
