/** Codes of gRPC by HTTP's, as google.rpc.Code pairs them. */
const CODES = new Map([
  [400, 3], // INVALID_ARGUMENT
  [401, 16], // UNAUTHENTICATED
  [403, 7], // PERMISSION_DENIED
  [404, 5], // NOT_FOUND
  [413, 8], // RESOURCE_EXHAUSTED
  [429, 8], // RESOURCE_EXHAUSTED
  [499, 1], // CANCELLED
  [503, 14], // UNAVAILABLE
  [504, 4], // DEADLINE_EXCEEDED
]);
const INTERNAL = 13;

export function grpcStatusOf(httpStatus: number): number {
  return CODES.get(httpStatus) ?? INTERNAL;
}
