import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type InferenceOptions, type MLServiceRegistry, serve } from '../../src/index.ts';

/** The library's own server for the time of the test. */
export async function serving(
  registry: MLServiceRegistry,
  options: InferenceOptions = {},
): Promise<{ readonly http: string; readonly grpc: string; readonly close: () => Promise<void> }> {
  const server = await serve(registry, { ...options, port: 0, grpcPort: 0 });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= server.close());
  onTestFinished(close);
  return { http: server.url.slice('http://'.length), grpc: String(server.grpcAddress), close };
}

/** What a server of a test says of the model `m`. */
export interface Described {
  readonly extensions?: readonly string[];
  readonly inputs?: readonly object[];
  readonly outputs?: readonly object[];
  readonly parameters?: object;
  readonly ready?: number;
}

export type Infer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown;

/** A server of one model `m` whose answers to infer the test writes itself. Gives the address of the model. */
export async function answering(infer: Infer, described: Described = {}, tls?: ServerOptions): Promise<string> {
  const listener: RequestListener = (request, response) => {
    const { url = '' } = request;
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (url === '/v2') json({ name: 'test', version: '1', extensions: described.extensions ?? [] });
    else if (url === '/v2/models/m/ready') json({}, described.ready ?? 200);
    else if (url === '/v2/models/m') {
      const { inputs, outputs, parameters } = described;
      json({
        name: 'm',
        versions: ['7'],
        platform: 'test',
        inputs: inputs ?? [{ name: 'x', datatype: 'FP64', shape: [-1, 2] }],
        outputs: outputs ?? [
          { name: 'predict', datatype: 'INT64', shape: [-1] },
          { name: 'predict_proba', datatype: 'FP64', shape: [-1, 2] },
        ],
        ...(parameters && { parameters }),
      });
    } else if (url === '/v2/models/m/infer') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => void infer(request, response, Buffer.concat(chunks)));
    } else json({ error: 'there is no such model' }, 404);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `oip+${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}/v2/models/m`;
}

/** An answer in JSON. */
export function outputs(...list: readonly object[]): Infer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ model_name: 'm', outputs: list }));
  };
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** A server that takes connections and does what the test says with each. */
export async function tcp(connected: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    connected(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
