import type { ServerResponse } from 'node:http';
import { JSON_LENGTH_HEADER } from '../protocol/messages.ts';
import type { WrittenTensors } from '../protocol/tensor-list.ts';
import { type Failure, Refusal } from './failure.ts';

type Headers = Readonly<Record<string, string | number>>;

/** Sends a JSON text. */
export function sendJson(res: ServerResponse, status: number, json: string, headers?: Headers): void {
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  res.end(json);
}

/** Sends a response whose tensors may follow the JSON in binary form. */
export function sendTensors(res: ServerResponse, { json, binary }: WrittenTensors): void {
  if (binary.length === 0) {
    sendJson(res, 200, json);
    return;
  }
  const head = Buffer.from(json, 'utf8');
  res.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': binary.reduce((sum, { length }) => sum + length, head.length),
    [JSON_LENGTH_HEADER]: head.length,
  });
  res.write(head);
  for (const bytes of binary) res.write(bytes);
  res.end();
}

/** Sends `{"error": ...}`; nothing where the client is gone or the answer has begun. */
export function sendFailure(res: ServerResponse, failure: Failure, error: unknown): void {
  if (res.headersSent || res.destroyed) return;
  const { status, code, message, retryAfterMs } = failure;
  const headers: Record<string, string | number> = { ...(error instanceof Refusal && error.headers) };
  if (status === 429 || status === 503) headers['retry-after'] = Math.max(1, Math.ceil((retryAfterMs ?? 1000) / 1000));
  // The rest of a body that nobody reads must not be taken for the next request.
  if (status === 413 || status === 429) headers['connection'] = 'close';
  sendJson(res, status, JSON.stringify({ error: message, ...(code !== undefined && { code }) }), headers);
}
