import type { IncomingMessage } from 'node:http';
import { AbortedError } from '../errors/aborted-error.ts';
import { bodyTooLarge } from './request-gate.ts';
import { Refusal } from './failure.ts';

/** Counts bytes before they are kept; throws where they are too many. */
export interface BodyBudget {
  readonly maxBodyBytes: number;
  hold(bytes: number): void;
}

const NOTHING = Buffer.alloc(0);
const UNPACKERS = new Map<string, 'gunzip' | 'inflate'>([
  ['gzip', 'gunzip'],
  ['deflate', 'inflate'],
]);

/** A body as bytes, or as the value that a parser in front of the handler made of it. */
export type ReadBody = { readonly bytes: Buffer } | { readonly parsed: unknown };

/**
 * The body of a request, read once; unpacked where it says that it is packed, within the same bound. Where a parser of
 * Express read it before, what that made of it.
 *
 * @throws `ML_PROTOCOL_LIMIT`, `ML_OVERLOADED`, `ML_ABORTED`, `Refusal`
 */
export async function readBody(req: IncomingMessage, budget: BodyBudget): Promise<ReadBody> {
  if (req.readableEnded) return alreadyRead((req as { body?: unknown }).body);
  const declared = Number(req.headers['content-length'] ?? 0);
  // Before the first byte is taken.
  if (declared > budget.maxBodyBytes) throw bodyTooLarge(declared, budget.maxBodyBytes);
  const packed = await collect(req, budget);
  const encoding = req.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return { bytes: packed };
  const unpacker = UNPACKERS.get(encoding.toLowerCase());
  if (unpacker === undefined)
    throw new Refusal(415, `content-encoding ${JSON.stringify(encoding)} is not read; use gzip, deflate or none`);
  const bytes = await unpack(packed, unpacker, budget.maxBodyBytes);
  // The packed form is dropped.
  budget.hold(Math.max(0, bytes.length - packed.length));
  return { bytes };
}

async function unpack(packed: Buffer, unpacker: 'gunzip' | 'inflate', maxOutputLength: number): Promise<Buffer> {
  const zlib = await import('node:zlib');
  return new Promise((resolve, reject) => {
    zlib[unpacker](packed, { maxOutputLength }, (error: NodeJS.ErrnoException | null, bytes) => {
      if (error === null) resolve(bytes);
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') reject(bodyTooLarge(maxOutputLength, maxOutputLength));
      else reject(new Refusal(400, 'the body is not packed as its content-encoding says'));
    });
  });
}

function alreadyRead(body: unknown): ReadBody {
  if (body === undefined) return { bytes: NOTHING };
  if (typeof body === 'string') return { bytes: Buffer.from(body, 'utf8') };
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
  return { parsed: body };
}

function collect(req: IncomingMessage, budget: BodyBudget): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const stop = (error: unknown): void => {
      req.off('data', take);
      // What still comes is thrown away, so that the answer can be read.
      req.resume();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      try {
        budget.hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    };
    req.on('data', take);
    req.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.once('error', (cause) =>
      stop(new AbortedError('ML_ABORTED', 'the client went away while it sent the request', { cause })),
    );
  });
}
