import { SidecarError } from '../errors/sidecar-error.ts';
import { ANSWER_KIND, CALL_HEAD, FAILURE_KIND, readLength } from './call-layout.ts';

/** Bytes before a frame's content: its kind and its length. */
const HEADER = 5;
/** Bytes of one frame; larger results come in several. The worker keeps to the same. */
const MAX_FRAME = 16 * 2 ** 20;

const JSON_KIND = 0x4a;
const BYTES_KIND = 0x42;

/** An answer to a call, or why there is none: then `texts` is the reason, and the rest is empty. */
export interface AnswerFrame {
  readonly kind: 'answer' | 'failure';
  /** Number of the call. */
  readonly id: number;
  readonly description: Buffer;
  readonly texts: Buffer;
  readonly numbers: Buffer;
}

/** What one frame holds. */
export type Frame =
  | { readonly kind: 'json'; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | AnswerFrame;

/** What a reader takes. */
export interface FrameLimits {
  /** Bytes of all frames together. Default: no limit. */
  readonly maxBytes?: number;
  /** Bytes of one answer. Default: answers are refused. */
  readonly maxAnswerBytes?: number;
}

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
  readonly #maxAnswerBytes: number | undefined;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #total = 0;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, maxAnswerBytes }: FrameLimits) {
    this.#maxBytes = maxBytes;
    this.#maxAnswerBytes = maxAnswerBytes;
  }

  /** Whether the pipe stands between two frames. */
  get between(): boolean {
    return this.#waiting === 0;
  }

  /**
   * The frames that are complete now.
   *
   * @throws `ML_SIDECAR_LIMIT` beyond a limit, `ML_SIDECAR_PROTOCOL` for what is no frame
   */
  push(chunk: Buffer): Frame[] {
    this.#total += chunk.length;
    if (this.#total > this.#maxBytes) {
      throw new SidecarError('ML_SIDECAR_LIMIT', `the sidecar wrote more than ${this.#maxBytes} bytes of results`, {
        details: { maxOutputBytes: this.#maxBytes },
      });
    }
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    const kind = this.#chunks[0]?.[0];
    if (kind === undefined) return undefined;
    const isAnswer = (kind === ANSWER_KIND || kind === FAILURE_KIND) && this.#maxAnswerBytes !== undefined;
    return isAnswer ? this.#nextAnswer(kind, this.#maxAnswerBytes) : this.#nextFrame(kind);
  }

  #nextFrame(kind: number): Frame | undefined {
    if (this.#waiting < HEADER) return undefined;
    const length = this.#joined(HEADER).readUInt32BE(1);
    if ((kind !== JSON_KIND && kind !== BYTES_KIND) || length > MAX_FRAME) {
      throw garbage(`a frame of kind ${kind} and ${length} bytes`);
    }
    if (this.#waiting < HEADER + length) return undefined;
    const content = this.#take(HEADER + length).subarray(HEADER);
    return kind === BYTES_KIND ? { kind: 'bytes', bytes: content } : { kind: 'json', message: parsed(content) };
  }

  #nextAnswer(kind: number, maxBytes: number): AnswerFrame | undefined {
    if (this.#waiting < CALL_HEAD) return undefined;
    const head = this.#joined(CALL_HEAD);
    const id = head.readUInt32LE(1);
    const described = CALL_HEAD + head.readUInt32LE(5);
    const written = described + head.readUInt32LE(9);
    const end = written + readLength(head, 13);
    if (kind === FAILURE_KIND && (described > CALL_HEAD || end > written)) throw garbage('a failure with arrays');
    // JSON takes many times its length when it is read: of that there is less than of numbers.
    if (written > CALL_HEAD + MAX_FRAME) throw garbage(`an answer with ${written - CALL_HEAD} bytes of texts`);
    if (end - CALL_HEAD > maxBytes) {
      throw new SidecarError('ML_SIDECAR_LIMIT', `the sidecar answers with more than ${maxBytes} bytes`, {
        details: { maxOutputBytes: maxBytes },
      });
    }
    if (this.#waiting < end) return undefined;
    const whole = this.#take(end);
    return {
      kind: kind === ANSWER_KIND ? 'answer' : 'failure',
      id,
      description: whole.subarray(CALL_HEAD, described),
      texts: whole.subarray(described, written),
      numbers: whole.subarray(written),
    };
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
