import { AbortedError } from '../errors/aborted-error.ts';
import { InputError } from '../errors/input-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { fromWireError, toWireError } from '../errors/wire-error.ts';
import { WorkerError } from '../errors/worker-error.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ConvertedInput } from '../spec/converter.ts';
import type { LoadContext } from '../spec/model-loader.ts';
import type { ModelMethod } from '../spec/model.ts';
import type { HostChannel, WorkerExit } from './host-channel.ts';
import type { CallOutcome, LoadedMessage, LoaderReference, WorkerMessage } from './messages.ts';

/** What a worker loads. */
export interface RemoteLoad
  extends Pick<
    LoadContext,
    'artefact' | 'metadata' | 'options' | 'limits' | 'extraFeatures' | 'threads' | 'signal' | 'phase' | 'warn'
  > {
  readonly loader: LoaderReference;
  /** Whether the artefact's memory is nobody else's, and may be handed over. */
  readonly giveBytes: boolean;
  readonly warmUp: boolean;
  /** What rows a converted model takes. */
  readonly guard: ConvertedInput | undefined;
}

/** Calls of one method of one object in the file. */
export interface RemoteCalls {
  readonly path: readonly string[];
  readonly method: ModelMethod | 'tensor';
  readonly inputs: readonly unknown[];
}

/** Why a worker was killed by this side. */
export type KillReason = 'deadline' | 'hang';

/** One worker with one model, from its start to its end. It is never used again after it ended. */
export class RemoteHost {
  readonly #channel: HostChannel;
  readonly #label: string;
  readonly #calls = new Map<number, Deferred<readonly CallOutcome[]>>();
  readonly #exit = deferred<WorkerExit>();
  #load: { readonly done: Deferred<LoadedMessage>; readonly request: RemoteLoad } | undefined;
  #warn: LoadContext['warn'] | undefined;
  #callId = 0;
  #held = 0;
  #ending = false;
  #killed: KillReason | undefined;

  constructor(channel: HostChannel, label: string) {
    this.#channel = channel;
    this.#label = label;
    channel.listen((message) => this.#take(message));
    channel.onExit((exit) => this.#ended(exit));
  }

  get place(): 'thread' | 'process' {
    return this.#channel.place;
  }

  /** Settles when the worker is gone, whether it was asked to end or not. */
  get exit(): Promise<WorkerExit> {
    return this.#exit.promise;
  }

  /** What killed it, if this side did. */
  get killed(): KillReason | undefined {
    return this.#killed;
  }

  /**
   * Hands the artefact over and waits for the model.
   *
   * @throws what the loader raises; `ML_ABORTED`, `ML_WORKER_CRASHED`; `ML_OPTIONS_INVALID` for options that cannot be sent
   */
  async load(request: RemoteLoad): Promise<LoadedMessage> {
    const { artefact, metadata, options, limits, extraFeatures, threads, loader, warmUp, guard, signal } = request;
    const done = deferred<LoadedMessage>();
    this.#load = { done, request };
    this.#warn = request.warn;
    this.#hold(1);
    const abort = (): void => {
      this.#channel.post({ type: 'abort' });
      done.reject(new AbortedError('ML_ABORTED', 'the load was aborted', { cause: signal.reason }));
    };
    try {
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      // A rejection before anybody awaits it is no unhandled one.
      done.promise.catch(() => undefined);
      const content = await Promise.race([this.#channel.send(artefact.bytes, request.giveBytes), this.#exit.promise]);
      if (!('reason' in content)) {
        const { kind, name, path, size, sha256, entries } = artefact;
        const described = { kind, name, path, size, sha256, entries };
        const rest = {
          metadata,
          options,
          limits,
          extraFeatures,
          warmUp,
          guard,
          ...(threads !== undefined && { threads }),
        };
        this.#channel.post({ type: 'load', loader, artefact: described, content, ...rest });
      }
      return await done.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#hold(-1);
      this.#load = undefined;
    }
  }

  /**
   * Asks the model; one outcome per input, in order.
   *
   * @throws `ML_WORKER_CRASHED` where the worker ended; `ML_INPUT_INVALID` for what cannot be sent
   */
  async calls({ path, method, inputs }: RemoteCalls): Promise<readonly CallOutcome[]> {
    const id = this.#callId++;
    const answer = deferred<readonly CallOutcome[]>();
    this.#calls.set(id, answer);
    this.#hold(1);
    try {
      this.#channel.post({ type: 'calls', id, path, method, inputs });
      return await answer.promise;
    } catch (error) {
      if (MLServiceError.isInstance(error)) throw error;
      const text = error instanceof Error ? error.message : String(error);
      throw new InputError('ML_INPUT_INVALID', `the rows cannot be sent to the worker of ${this.#label}: ${text}`, {
        cause: error,
      });
    } finally {
      this.#calls.delete(id);
      this.#hold(-1);
    }
  }

  /** Ends a child process at once, whatever it does. What waits for it fails with `ML_WORKER_CRASHED`. */
  kill(reason: KillReason): void {
    if (this.place !== 'process') return;
    this.#killed ??= reason;
    this.#channel.kill();
  }

  /** Lets the model be freed after the work under way, and waits until the worker is gone. */
  async dispose(): Promise<void> {
    if (!this.#ending) {
      this.#ending = true;
      this.#hold(1);
      this.#channel.post({ type: 'dispose' });
    }
    await this.#exit.promise;
  }

  #take(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'phase':
        return this.#load?.request.phase(message.phase);
      case 'warning':
        return this.#warn?.(message.warning);
      case 'read':
        return void this.#answerRead(message);
      case 'loaded':
        return this.#load?.done.resolve(message);
      case 'failed':
        return this.#load?.done.reject(fromWireError(message.error));
      case 'results':
        return this.#calls.get(message.id)?.resolve(message.outcomes);
      case 'disposed':
        // Nothing of the model is left; what a loader may still keep open need not end by itself.
        return this.#channel.kill();
      default:
        return message satisfies never;
    }
  }

  async #answerRead({ id, path }: Extract<WorkerMessage, { type: 'read' }>): Promise<void> {
    const artefact: Artefact | undefined = this.#load?.request.artefact;
    try {
      const bytes = await (artefact as Artefact).read(path);
      const content = await this.#channel.send(bytes, false);
      this.#channel.post({ type: 'file', id, content, error: undefined });
    } catch (error) {
      this.#channel.post({ type: 'file', id, content: undefined, error: toWireError(error) });
    }
  }

  #ended(exit: WorkerExit): void {
    const error = this.#crash(exit);
    this.#load?.done.reject(error);
    for (const answer of this.#calls.values()) answer.reject(error);
    this.#exit.resolve(exit);
  }

  #crash({ reason, exitCode, signal, stderr }: WorkerExit): WorkerError {
    const why = { deadline: 'was ended because the time of its calls was over', hang: 'was ended because it hung' };
    const said = this.#killed === undefined ? reason : why[this.#killed];
    return new WorkerError('ML_WORKER_CRASHED', `the ${this.place} of ${this.#label} ${said}`, {
      details: { place: this.place, killed: this.#killed, exitCode, signal, stderr },
    });
  }

  /** While somebody waits, the worker keeps the process alive. */
  #hold(change: 1 | -1): void {
    const before = this.#held;
    this.#held += change;
    if (before === 0 || this.#held === 0) this.#channel.hold(this.#held > 0);
  }
}
