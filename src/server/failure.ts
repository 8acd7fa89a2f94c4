import { MLServiceError } from '../errors/ml-service-error.ts';

/** What a client is told of an error. */
export interface Failure {
  /** Of HTTP; gRPC's is derived from it. */
  readonly status: number;
  readonly code: string | undefined;
  /** Without paths and stacks. */
  readonly message: string;
  /** Milliseconds, where the error says so. */
  readonly retryAfterMs: number | undefined;
}

/** By the beginning of the code, first match first. Everything else is 500. */
const STATUSES: readonly (readonly [code: RegExp, status: number])[] = [
  [/^ML_INPUT_/, 400],
  [/^ML_PROTOCOL_LIMIT/, 413],
  [/^ML_PROTOCOL_/, 400],
  [/^ML_MODEL_METHOD_UNSUPPORTED/, 400],
  [/^ML_MODEL_VERSION_INVALID/, 400],
  [/^ML_MODEL_NOT_FOUND/, 404],
  [/^ML_MODEL_VERSION_NOT_FOUND/, 404],
  [/^ML_MODEL_NOT_LOADED/, 503],
  [/^ML_MODEL_UNLOAD_TIMEOUT/, 503],
  [/^ML_ACCESS_/, 403],
  [/^ML_OVERLOADED/, 429],
  [/^ML_DEADLINE_EXCEEDED/, 504],
  [/^ML_ABORTED/, 499],
  [/^ML_REGISTRY_CLOSED/, 503],
  [/^ML_LOAD_/, 503],
  [/^ML_CACHE_/, 503],
  [/^ML_WORKER_/, 503],
  [/^ML_REMOTE_TIMEOUT/, 504],
  [/^ML_REMOTE_(?:REFUSED|INVALID_ANSWER)/, 502],
  [/^ML_REMOTE_/, 503],
];

/**
 * Codes whose messages are about the request alone. Those of the others may name files of the server, or models that
 * the client does not know of.
 */
const PUBLIC =
  /^ML_(INPUT_|PROTOCOL_|MODEL_METHOD_|MODEL_VERSION_INVALID|OVERLOADED|DEADLINE_|ABORTED|MODEL_NOT_LOADED|REGISTRY_CLOSED|ACCESS_)/;

/** What to tell a client of any error. `subject` is what it asked for, e.g. `model "fraud"`. */
export function failureOf(error: unknown, subject: string): Failure {
  if (error instanceof Refusal)
    return { status: error.status, code: undefined, message: error.message, retryAfterMs: undefined };
  if (!MLServiceError.isInstance(error))
    return { status: 500, code: undefined, message: `${subject}: the server failed`, retryAfterMs: undefined };
  const { code, details } = error;
  const status = STATUSES.find(([pattern]) => pattern.test(code))?.[1] ?? 500;
  const { retryAfterMs } = details;
  return {
    status,
    code,
    message: PUBLIC.test(code) ? error.message : hidden(code, status, subject),
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  };
}

function hidden(code: string, status: number, subject: string): string {
  if (status === 404) return `${subject} is not there`;
  if (status === 503) return `${subject} cannot be used at present (${code})`;
  return `${subject} failed (${code})`;
}

/** A request that is refused for what HTTP or gRPC make of it, before it means anything to a model. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
