import { RemoteError, type RemoteErrorCode } from '../errors/remote-error.ts';

/** What @grpc/grpc-js raises. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: { get(name: string): readonly unknown[] };
}

const INTERNAL = 13;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

/** Codes of gRPC: google.rpc.Code. What is not here is the server's failure. */
const CODES = new Map<number, RemoteErrorCode>([
  [3, 'ML_REMOTE_REFUSED'], // INVALID_ARGUMENT
  [4, 'ML_REMOTE_TIMEOUT'], // DEADLINE_EXCEEDED
  [5, 'ML_REMOTE_MODEL_MISSING'], // NOT_FOUND
  [7, 'ML_REMOTE_REFUSED'], // PERMISSION_DENIED
  [RESOURCE_EXHAUSTED, 'ML_REMOTE_BUSY'],
  [9, 'ML_REMOTE_REFUSED'], // FAILED_PRECONDITION
  [11, 'ML_REMOTE_REFUSED'], // OUT_OF_RANGE
  [12, 'ML_REMOTE_REFUSED'], // UNIMPLEMENTED
  [UNAVAILABLE, 'ML_REMOTE_UNREACHABLE'],
  [16, 'ML_REMOTE_REFUSED'], // UNAUTHENTICATED
]);
/** Where grpc-js itself could not read what came. */
const UNREADABLE = /larger than max|parsing error|decompress|deserializ|invalid wire type|index out of range/i;
const NOT_SENT = /No connection established|ECONNREFUSED|Name resolution failed|connect timed out/i;

/** A failed call of gRPC, for the caller. `label` names the model on its server. */
export function grpcFailure(status: GrpcStatus, label: string): RemoteError {
  const { code, details, metadata } = status;
  const pushback = Number(metadata?.get('grpc-retry-pushback-ms')[0] ?? Number.NaN);
  const hasErrorCode = (metadata?.get('error-code').length ?? 0) > 0;
  const ownCode =
    (code === INTERNAL || code === RESOURCE_EXHAUSTED) && UNREADABLE.test(details)
      ? 'ML_REMOTE_INVALID_ANSWER'
      : code === UNAVAILABLE && hasErrorCode
        ? 'ML_REMOTE_BUSY'
        : (CODES.get(code) ?? 'ML_REMOTE_FAILED');
  const what = ownCode === 'ML_REMOTE_UNREACHABLE' ? 'cannot be reached' : `answered with gRPC status ${code}`;
  return new RemoteError(ownCode, `${label} ${what}: ${details.slice(0, 300)}`, {
    details: {
      grpcStatus: code,
      ...(ownCode === 'ML_REMOTE_UNREACHABLE' && { sent: !NOT_SENT.test(details) }),
      ...(pushback >= 0 && { retryAfterMs: pushback }),
    },
    cause: status,
  });
}
