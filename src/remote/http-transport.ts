import type { Dispatcher, Pool } from 'undici';
import type { RemoteError } from '../errors/remote-error.ts';
import { readInferResponse } from '../protocol/infer-response.ts';
import { writeInferRequest } from '../protocol/infer-request.ts';
import {
  type InferRequest,
  type InferResponse,
  JSON_LENGTH_HEADER,
  type ModelMetadataMessage,
  type ServerMetadataMessage,
} from '../protocol/messages.ts';
import { readModelMetadata, readServerMetadata } from '../protocol/metadata-messages.ts';
import { splitBody } from '../protocol/split-body.ts';
import { encoded } from './encoded.ts';
import { answerFailure, connectionFailure } from './http-failure.ts';
import type { RemoteAddress } from './remote-address.ts';
import type { RemoteSettings } from './remote-options.ts';
import type { Sending, Transport } from './transport.ts';

/** Shorter than what servers have as a rule (5 s), so that no request meets a connection that is being closed. */
const KEEP_ALIVE_MS = 4_000;

interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Uint8Array;
}

/** The protocol over HTTP, by a pool of connections. */
export class HttpTransport implements Transport {
  readonly #pool: Pool;
  readonly #settings: RemoteSettings;
  readonly #label: string;
  readonly #server: string;
  readonly #model: string;
  readonly #infer: string;

  private constructor(pool: Pool, address: RemoteAddress, settings: RemoteSettings) {
    this.#pool = pool;
    this.#settings = settings;
    this.#label = address.text;
    const version = address.version === undefined ? '' : `/versions/${encodeURIComponent(address.version)}`;
    this.#server = `${address.prefix}/v2`;
    this.#model = `${this.#server}/models/${encodeURIComponent(address.model)}${version}`;
    this.#infer = `${this.#model}/infer`;
  }

  static async open(address: RemoteAddress, settings: RemoteSettings): Promise<HttpTransport> {
    const { Pool } = await import('undici');
    const { tls, connections, connectTimeoutMs, maxResponseBytes } = settings;
    const pool = new Pool(`${address.secure ? 'https' : 'http'}://${address.host}`, {
      connections,
      // Each request has its own time.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxResponseSize: maxResponseBytes,
      connect: { timeout: connectTimeoutMs, ...pemsOf(tls) },
    });
    return new HttpTransport(pool, address, settings);
  }

  async serverMetadata(sending: Sending): Promise<ServerMetadataMessage> {
    return readServerMetadata(this.#documentOf(await this.#get(this.#server, sending)));
  }

  async modelMetadata(sending: Sending): Promise<ModelMetadataMessage> {
    return readModelMetadata(this.#documentOf(await this.#get(this.#model, sending)));
  }

  async modelReady(sending: Sending): Promise<boolean> {
    const { status, body } = await this.#send({ method: 'GET', path: `${this.#model}/ready` }, sending);
    // A server without this endpoint is ready where it knows the model.
    if (status === 404 || status === 405 || status === 501) return true;
    return status === 200 && !/"ready"\s*:\s*false/.test(Buffer.from(body).toString('latin1'));
  }

  async infer(request: InferRequest, sending: Sending): Promise<InferResponse> {
    const { json, binary } = encoded(() => writeInferRequest(request, () => sending.binary));
    const isJson = binary.length === 0;
    const head = isJson ? undefined : Buffer.from(json, 'utf8');
    const answer = await this.#send(
      {
        method: 'POST',
        path: this.#infer,
        body: head === undefined ? json : Buffer.concat([head, ...binary]),
        headers:
          head === undefined
            ? { 'content-type': 'application/json' }
            : { 'content-type': 'application/octet-stream', [JSON_LENGTH_HEADER]: String(head.length) },
      },
      sending,
    );
    if (answer.status !== 200) throw this.#failure(answer);
    return readInferResponse(splitBody(answer.body, headerOf(answer, JSON_LENGTH_HEADER)));
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #get(path: string, sending: Sending): Promise<Answer> {
    const answer = await this.#send({ method: 'GET', path }, sending);
    if (answer.status !== 200) throw this.#failure(answer);
    return answer;
  }

  async #send(
    request: { method: 'GET' | 'POST'; path: string; body?: string | Buffer; headers?: Record<string, string> },
    { signal }: Sending,
  ): Promise<Answer> {
    const { headers, maxResponseBytes } = this.#settings;
    const own = headers === undefined ? undefined : await signal.race(Promise.resolve(headers()));
    try {
      const answer = await this.#pool.request({
        ...request,
        headers: own === undefined ? (request.headers ?? null) : { ...own, ...request.headers },
        signal,
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: new Uint8Array(await answer.body.arrayBuffer()),
      };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw connectionFailure(error, this.#label, maxResponseBytes);
    }
  }

  #documentOf({ body }: Answer): unknown {
    return splitBody(body, undefined).document;
  }

  #failure(answer: Answer): RemoteError {
    const text = Buffer.from(answer.body.subarray(0, 4_096)).toString('utf8');
    return answerFailure(answer.status, { label: this.#label, text, retryAfter: headerOf(answer, 'retry-after') });
  }
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function pemsOf(tls: RemoteSettings['tls']): Record<string, string | Buffer> {
  return Object.fromEntries(
    Object.entries(tls ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Buffer.from(value as Uint8Array),
    ]),
  );
}
