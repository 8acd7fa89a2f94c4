import { runAs } from '../access/run-as.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readInferRequest, wantsBinary } from '../protocol/infer-request.ts';
import { writeInferResponse } from '../protocol/infer-response.ts';
import { isObject, parametersOf } from '../protocol/json-members.ts';
import { JSON_LENGTH_HEADER } from '../protocol/messages.ts';
import { type SplitBody, splitBody } from '../protocol/split-body.ts';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { CallOptions } from '../spec/model.ts';
import { Admitted } from './admitted.ts';
import { failureOf, Refusal } from './failure.ts';
import { sendFailure, sendJson, sendTensors } from './http-answer.ts';
import { InferenceCore } from './inference-core.ts';
import type { InferenceCall, InferenceOptions } from './inference-options.ts';
import { type ServerLimits, serverLimits } from './limits.ts';
import { openApiDocument } from './open-api.ts';
import { readBody } from './read-body.ts';
import { RequestGate } from './request-gate.ts';
import { METHOD_OF, type Route, routeOf } from './route.ts';
import { whoAsks } from './who-asks.ts';

const NO_BINARY = new Uint8Array(0);
const NO_DOCUMENT: SplitBody = { document: {}, binary: NO_BINARY };
/** Milliseconds that a client gives a request; a header, so that proxies can set it too. */
const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** The HTTP side of a server of the protocol. */
export class HttpFront {
  readonly #core: InferenceCore;
  readonly #options: InferenceOptions;
  readonly #limits: ServerLimits;
  readonly #gate: RequestGate;
  #openApi: string | undefined;

  /** @throws `ML_OPTIONS_INVALID` */
  constructor(registry: MLServiceRegistry, options: InferenceOptions) {
    this.#core = InferenceCore.of(registry);
    this.#options = options;
    this.#limits = serverLimits(options);
    this.#gate = new RequestGate(this.#limits);
  }

  /**
   * Answers a request.
   *
   * @param url path and query below the place where the server is mounted
   * @param next called for what is no path of the protocol; without it that is answered with 404
   */
  handle(req: IncomingMessage, res: ServerResponse, url: string, next?: () => void): void {
    let route: Route | undefined;
    let refusal: Refusal | undefined;
    try {
      route = routeOf(url);
      if (route === undefined && next !== undefined) return next();
      refusal = route === undefined ? notFound(url) : wrongMethod(req, route);
    } catch {
      refusal = new Refusal(400, 'the path is wrongly escaped');
    }
    if (refusal !== undefined || route === undefined) {
      req.resume();
      this.#fail(refusal, { req, res, url, route });
    } else if (route.kind === 'live' || route.kind === 'ready') this.#health(res, route.kind);
    else void this.#answer(route, { req, res, url, route });
    return undefined;
  }

  /** Refuses what comes from now on, and waits for the requests at hand. */
  drain(): Promise<void> {
    return this.#gate.drain();
  }

  /** Answered whatever the load is, and to everybody. */
  #health(res: ServerResponse, kind: 'live' | 'ready'): void {
    if (kind === 'live') return sendJson(res, 200, '{"live":true}');
    const ready = !this.#gate.closed && this.#core.ready();
    return sendJson(res, ready ? 200 : 503, `{"ready":${ready}}`);
  }

  async #answer(route: Route, exchange: Exchange): Promise<void> {
    const { req, res, url } = exchange;
    let admitted: Admitted | undefined;
    try {
      admitted = new Admitted(this.#gate, this.#limits, res);
      const { authenticate } = this.#options;
      if (authenticate === undefined) return await this.#run(route, exchange, admitted);
      const principal = await whoAsks(authenticate, callOf(req, url));
      const granted = admitted;
      return await runAs(principal, () => this.#run(route, exchange, granted));
    } catch (error) {
      return this.#fail(error, exchange);
    } finally {
      admitted?.leave();
    }
  }

  async #run(route: Route, { req, res }: Exchange, admitted: Admitted): Promise<void> {
    const core = this.#core;
    switch (route.kind) {
      case 'infer': {
        const request = readInferRequest(await this.#document(req, admitted));
        const response = await core.infer(route.target, request, callOptions(req, admitted));
        return sendTensors(
          res,
          writeInferResponse(response, ({ name }) => wantsBinary(request, name)),
        );
      }
      case 'metadata':
        return sendJson(res, 200, JSON.stringify(await core.modelMetadata(route.target, callOptions(req, admitted))));
      case 'modelReady': {
        const ready = await core.modelReady(route.target);
        return sendJson(res, ready ? 200 : 503, JSON.stringify({ name: route.target.name, ready }));
      }
      case 'index': {
        const { document } = await this.#document(req, admitted);
        return sendJson(res, 200, JSON.stringify(await core.index(isObject(document) && document['ready'] === true)));
      }
      case 'load': {
        this.#assertRepositoryApi();
        const { document } = await this.#document(req, admitted);
        const parameters = parametersOf(isObject(document) ? document : {}, 'the request');
        await core.load(route.target.name, parameters, callOptions(req, admitted));
        return sendJson(res, 200, '{}');
      }
      case 'unload':
        this.#assertRepositoryApi();
        await this.#document(req, admitted);
        await core.unload(route.target.name);
        return sendJson(res, 200, '{}');
      case 'docs':
        this.#openApi ??= JSON.stringify(openApiDocument(this.#options.repositoryApi === true));
        return sendJson(res, 200, this.#openApi);
      default:
        return sendJson(res, 200, JSON.stringify(core.metadata(this.#options.repositoryApi === true)));
    }
  }

  /** The body's JSON, and what follows it; an empty one is `{}`. */
  async #document(req: IncomingMessage, admitted: Admitted): Promise<SplitBody> {
    const body = await readBody(req, admitted);
    if ('parsed' in body) return { document: body.parsed, binary: NO_BINARY };
    if (body.bytes.length === 0) return NO_DOCUMENT;
    const length = req.headers[JSON_LENGTH_HEADER];
    return splitBody(body.bytes, typeof length === 'string' ? length : undefined);
  }

  #assertRepositoryApi(): void {
    if (this.#options.repositoryApi === true) return;
    throw new Refusal(403, 'clients may not load or unload models here (option repositoryApi)');
  }

  #fail(error: unknown, { req, res, url, route }: Exchange): void {
    const subject =
      route !== undefined && 'target' in route ? `model ${JSON.stringify(route.target.name)}` : 'the request';
    const failure = failureOf(error, subject);
    sendFailure(res, failure, error);
    if (failure.status >= 500) this.#options.onError?.(error, callOf(req, url));
  }
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: string;
  readonly route: Route | undefined;
}

function callOf(request: IncomingMessage, path: string): InferenceCall {
  const { method = '', headers, socket } = request;
  return { transport: 'http', method, path, headers, request, peer: socket.remoteAddress };
}

function callOptions({ headers }: IncomingMessage, { signal }: Admitted): CallOptions {
  const given = headers[TIMEOUT_HEADER];
  if (given === undefined) return { signal };
  const timeoutMs = Number(given);
  if (!(timeoutMs > 0) || !Number.isFinite(timeoutMs))
    throw new Refusal(400, `the header ${TIMEOUT_HEADER} must be milliseconds, got ${JSON.stringify(given)}`);
  return { signal, timeoutMs };
}

function notFound(url: string): Refusal {
  return new Refusal(404, `${JSON.stringify(url.slice(0, 200))} is no path of the Open Inference Protocol`);
}

function wrongMethod({ method }: IncomingMessage, { kind }: Route): Refusal | undefined {
  const allowed = METHOD_OF[kind];
  if (method === allowed || (method === 'HEAD' && allowed === 'GET')) return undefined;
  return new Refusal(405, `this path takes ${allowed}`, { allow: allowed });
}
