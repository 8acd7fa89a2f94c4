import { SidecarError, type SidecarErrorCode } from '../errors/sidecar-error.ts';
import type { Frame } from './frame-reader.ts';
import { OUTER_LAYER } from './outer-wall.ts';
import type { SandboxReport } from './sandbox-policy.ts';
import type { WorkerRequest, WorkerResult } from './worker-request.ts';

type Message = Readonly<Record<string, unknown>>;

const CODES: ReadonlyMap<unknown, SidecarErrorCode> = new Map([
  ['sandbox', 'ML_SIDECAR_SANDBOX'],
  ['memory', 'ML_SIDECAR_LIMIT'],
  ['protocol', 'ML_SIDECAR_PROTOCOL'],
]);

/** What a worker said, in the one order that is allowed: progress, ready, bytes, result. */
export class MessageLog {
  readonly #request: WorkerRequest;
  readonly #id: string;
  #ready: Omit<WorkerResult, 'result' | 'blobs'> | undefined;
  #bytes: Uint8Array[] = [];
  #received = 0;
  #result: WorkerResult | undefined;

  constructor(request: WorkerRequest, id: string) {
    this.#request = request;
    this.#id = id;
  }

  /** What it said of itself, once the room is closed. */
  get ready(): Omit<WorkerResult, 'result' | 'blobs'> | undefined {
    return this.#ready;
  }

  /** Set once the last message has come. */
  get result(): WorkerResult | undefined {
    return this.#result;
  }

  /** @throws what the worker reports as its error; `ML_SIDECAR_PROTOCOL` for anything out of order */
  take(frame: Frame): void {
    if (this.#result !== undefined) throw broken('a message after its result');
    if (frame.kind === 'bytes') {
      if (this.#ready === undefined) throw broken('bytes before it was ready');
      this.#bytes.push(frame.bytes);
      this.#received += frame.bytes.length;
      return;
    }
    if (frame.kind !== 'json') throw broken('an answer to no call');
    const { message } = frame;
    if (message['type'] === 'error') throw errorOf(message);
    if (message['id'] !== this.#id) throw broken('a message of another request');
    switch (message['type']) {
      case 'progress':
        this.#request.onProgress(String(message['text']).slice(0, 200));
        return;
      case 'ready':
        this.#setReady(message);
        return;
      case 'result':
        this.#setResult(message);
        return;
      default:
        throw broken('a message of no known type');
    }
  }

  #setReady(message: Message): void {
    const { layers, missing, python, packages } = message;
    if (this.#ready !== undefined || !isTexts(layers) || !isRecord(missing) || !isRecord(packages)) {
      throw broken('a wrong description of itself');
    }
    const sandbox = this.#sandbox(layers, missing as Record<string, string>);
    this.#ready = { sandbox, python: String(python), packages: packages as Record<string, string | null> };
  }

  /** What the worker says of the walls that it set, with the one that it was started in. */
  #sandbox(layers: readonly string[], missing: Readonly<Record<string, string>>): SandboxReport {
    const { sandbox, outer } = this.#request;
    const { mode } = sandbox;
    if (outer === undefined) return { mode, layers, missing };
    if ('wall' in outer) return { mode, layers: [OUTER_LAYER, ...layers], missing };
    return { mode, layers, missing: { ...missing, [OUTER_LAYER]: outer.missing } };
  }

  #setResult(message: Message): void {
    const { blobs: sizes, result } = message;
    if (this.#ready === undefined || !isSizes(sizes) || !isRecord(result)) throw broken('a wrong result');
    if (sizes.reduce((sum, size) => sum + size, 0) !== this.#received) {
      throw broken(`${this.#received} bytes where it announces ${sizes.join(' + ')}`);
    }
    const all = Buffer.concat(this.#bytes);
    this.#bytes = [];
    let at = 0;
    const blobs = sizes.map((size) => {
      at += size;
      return new Uint8Array(all.buffer, all.byteOffset + at - size, size);
    });
    this.#result = { ...this.#ready, result, blobs };
  }
}

function errorOf({ kind, message, details }: Message): SidecarError {
  const facts = isRecord(details) ? details : {};
  return new SidecarError(CODES.get(kind) ?? 'ML_SIDECAR_FAILED', `the sidecar says: ${String(message)}`, {
    details: { kind, ...facts },
  });
}

function broken(what: string): SidecarError {
  return new SidecarError('ML_SIDECAR_PROTOCOL', `the sidecar sent ${what}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
