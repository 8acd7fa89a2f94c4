import { MLServiceError } from '../errors/ml-service-error.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { CallOptions, Feeds, ModelMethod } from '../spec/model.ts';
import type { Rows } from '../spec/rows.ts';
import type { FallbackOrder } from './remote-options.ts';

export type Side = 'local' | 'remote';

/** One of two models that answer the same calls. */
export interface Answering {
  readonly methods: readonly ModelMethod[];
  ask(method: ModelMethod, input: Rows | Feeds, options: CallOptions): Promise<unknown>;
}

/** What a model with a fallback is made of. */
export interface FallbackParts {
  readonly order: FallbackOrder;
  /** Its methods are not known while the server was never reached. */
  readonly remote: Answering;
  readonly local: Answering;
  readonly fellBack: (method: ModelMethod, to: Side, error: unknown) => void;
  readonly recovered: (from: Side) => void;
}

/** The part of a call's time that the first model gets; the rest is for the other one. */
const FIRST_SHARE = 0.75;

/** Errors that the other model would give too, or that nobody waits for. */
const FINAL = /^ML_(INPUT_|MODEL_METHOD_|MODEL_PART_|OPTIONS_|ABORTED|REMOTE_REFUSED)/;

/** Methods that ask the first model, and the other one where that fails, within the time of the call. */
export function fallbackMethods(parts: FallbackParts): Partial<LoadedModel> {
  const { local, remote } = parts;
  const asking = new FallbackCalls(parts);
  const methods = new Set([...local.methods, ...remote.methods]);
  return Object.fromEntries(
    [...methods].map((method) => [
      method,
      (input: Rows | Feeds, options: CallOptions) => asking.ask(method, input, options),
    ]),
  ) as Partial<LoadedModel>;
}

class FallbackCalls {
  readonly #parts: FallbackParts;
  readonly #first: Side;
  #away = false;

  constructor(parts: FallbackParts) {
    this.#parts = parts;
    this.#first = parts.order === 'remote-first' ? 'remote' : 'local';
  }

  async ask(method: ModelMethod, input: Rows | Feeds, options: CallOptions): Promise<unknown> {
    const second = this.#first === 'remote' ? 'local' : 'remote';
    const [first, other] = [this.#parts[this.#first], this.#parts[second]];
    if (!first.methods.includes(method)) return other.ask(method, input, options);
    if (!other.methods.includes(method)) return first.ask(method, input, options);
    const { timeoutMs } = options;
    const startedAt = performance.now();
    try {
      const bounded = timeoutMs === undefined ? options : { ...options, timeoutMs: timeoutMs * FIRST_SHARE };
      const value = await first.ask(method, input, bounded);
      if (this.#away) {
        this.#away = false;
        this.#parts.recovered(this.#first);
      }
      return value;
    } catch (error) {
      if (options.signal?.aborted === true || (MLServiceError.isInstance(error) && FINAL.test(error.code))) throw error;
      this.#away = true;
      this.#parts.fellBack(method, second, error);
      const left =
        timeoutMs === undefined
          ? options
          : { ...options, timeoutMs: Math.max(0, timeoutMs - (performance.now() - startedAt)) };
      return other.ask(method, input, left);
    }
  }
}
