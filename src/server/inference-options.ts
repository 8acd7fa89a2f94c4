import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Principal } from '../spec/access.ts';
import type { Awaitable } from '../spec/model-loader.ts';

/** What `authenticate` may look at. */
export interface InferenceCall {
  readonly transport: 'http' | 'grpc';
  /** `GET`, `POST`, or the name of the gRPC call. */
  readonly method: string;
  /** Path below the place where the handler is mounted, e.g. `/v2/models/fraud/infer`; for gRPC the model's name or empty. */
  readonly path: string;
  /** Names in lower case; for gRPC its metadata. */
  readonly headers: IncomingHttpHeaders;
  /** The HTTP request itself; absent for gRPC. */
  readonly request?: IncomingMessage;
  /** Address of the other end, as the transport knows it. */
  readonly peer: string | undefined;
}

/** Options of everything that answers the Open Inference Protocol. */
export interface InferenceOptions {
  /** Most bytes of one request's body, before and after it is unpacked. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Most bytes of all bodies that are held at the same time. Default 256 MiB. */
  readonly maxTotalBodyBytes?: number;
  /** Most requests at the same time; more are refused with 429. Default 1,024. */
  readonly maxConcurrency?: number;
  /** Whether models may be loaded and unloaded by clients. Default `false`. */
  readonly repositoryApi?: boolean;
  /**
   * Says who asks; `undefined` refuses the request with 401. What it throws with a `statusCode` of 401 or 403 refuses
   * it with that. The model is asked in that caller's name (`runAs`), so that access rules hold. Asked for everything
   * but `/v2/health`. Default: nobody is asked.
   */
  readonly authenticate?: (call: InferenceCall) => Awaitable<Principal | undefined>;
  /**
   * Told of every failure that is not the client's: the client itself sees only its code. Default: nothing is told
   * (the registry's events are).
   */
  readonly onError?: (error: unknown, call: InferenceCall) => void;
}
