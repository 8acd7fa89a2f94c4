import { SidecarError } from '../errors/sidecar-error.ts';

/** Bytes before a frame's content: its kind and its length. */
const HEADER = 5;
/** Bytes of one frame; larger results come in several. The worker keeps to the same. */
const MAX_FRAME = 16 * 2 ** 20;

const JSON_KIND = 0x4a;
const BYTES_KIND = 0x42;

/** What one frame holds. */
export type Frame =
  | { readonly kind: 'json'; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** A JSON message as a frame, for the worker's input. */
export function jsonFrame(message: unknown): Buffer {
  const content = Buffer.from(JSON.stringify(message), 'utf8');
  const header = Buffer.alloc(HEADER);
  header[0] = JSON_KIND;
  header.writeUInt32BE(content.length, 1);
  return Buffer.concat([header, content]);
}

/** Cuts what comes through a pipe into frames. Holds at most one unfinished frame. */
export class FrameReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #total = 0;

  /** @param maxBytes bytes of all frames together */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the pipe stands between two frames. */
  get between(): boolean {
    return this.#waiting === 0;
  }

  /**
   * The frames that are complete now.
   *
   * @throws `ML_SIDECAR_LIMIT` beyond `maxBytes`, `ML_SIDECAR_PROTOCOL` for what is no frame
   */
  push(chunk: Buffer): Frame[] {
    this.#total += chunk.length;
    if (this.#total > this.#maxBytes) {
      throw new SidecarError('ML_SIDECAR_LIMIT', `the sidecar wrote more than ${this.#maxBytes} bytes of results`, {
        details: { maxOutputBytes: this.#maxBytes },
      });
    }
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#waiting < HEADER) return undefined;
    const header = this.#joined(HEADER);
    const [kind] = header;
    const length = header.readUInt32BE(1);
    if ((kind !== JSON_KIND && kind !== BYTES_KIND) || length > MAX_FRAME) {
      throw garbage(`a frame of kind ${kind} and ${length} bytes`);
    }
    if (this.#waiting < HEADER + length) return undefined;
    const content = this.#take(HEADER + length).subarray(HEADER);
    return kind === BYTES_KIND ? { kind: 'bytes', bytes: content } : { kind: 'json', message: parsed(content) };
  }

  /** The first chunk, grown until it has so many bytes; a large frame is joined once, when it is complete. */
  #joined(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first === undefined || first.length < bytes) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  #take(bytes: number): Buffer {
    const all = this.#joined(bytes);
    const rest = all.subarray(bytes);
    this.#chunks = rest.length === 0 ? this.#chunks.slice(1) : [rest, ...this.#chunks.slice(1)];
    this.#waiting -= bytes;
    return all.subarray(0, bytes);
  }
}

function parsed(content: Buffer): Readonly<Record<string, unknown>> {
  let message: unknown;
  try {
    message = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw garbage('a message that is no JSON', error);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw garbage('a message that is no object');
  return message as Record<string, unknown>;
}

function garbage(what: string, cause?: unknown): SidecarError {
  return new SidecarError('ML_SIDECAR_PROTOCOL', `the sidecar sent ${what}`, { cause });
}
