import { SidecarError } from '../errors/sidecar-error.ts';
import type { CallInput } from './call-frames.ts';
import { type Answer, ServingWorker } from './serving-worker.ts';

/** Ends in a row, without an answer between them, after which it is not started again. */
const MAX_ENDS = 3;

/** Starts a worker; the signal ends the start. */
export type StartWorker = (signal: AbortSignal) => Promise<ServingWorker>;

/** One model in Python: its worker is started again when it ended, by the next call. */
export class PythonHost {
  readonly #start: StartWorker;
  readonly #stop = new AbortController();
  readonly #callMs: number;
  #current: ServingWorker;
  #starting: Promise<ServingWorker> | undefined;
  #ends = 0;
  #restarts = 0;

  private constructor(start: StartWorker, worker: ServingWorker, callMs: number) {
    this.#start = start;
    this.#current = worker;
    this.#callMs = callMs;
  }

  /**
   * @param callMs milliseconds after which a call counts as hung, and its process is killed
   * @throws what starting raises
   */
  static async open(start: StartWorker, signal: AbortSignal, callMs: number): Promise<PythonHost> {
    return new PythonHost(start, await start(signal), callMs);
  }

  /** The process of now. */
  get worker(): ServingWorker {
    return this.#current;
  }

  /** How often the process was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Asks the model, in a new process where the last one ended.
   *
   * @throws `ML_PREDICT_FAILED`, `ML_SIDECAR_*`
   */
  async call(method: string, inputs: readonly CallInput[]): Promise<Answer> {
    const worker = this.#current.over ? await this.#again() : this.#current;
    const timer = setTimeout(() => worker.kill(hung(method, this.#callMs)), this.#callMs);
    try {
      const answer = await worker.call(method, inputs);
      this.#ends = 0;
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process with the call that is under way: nobody waits for it any more. */
  abandon(): void {
    this.#current.kill(new SidecarError('ML_SIDECAR_TIMEOUT', 'the call took longer than its caller waits; Python was ended'));
  }

  async dispose(): Promise<void> {
    const disposed = new SidecarError('ML_SIDECAR_CRASHED', 'the model was disposed');
    this.#stop.abort(disposed);
    await this.#starting?.catch(() => undefined);
    this.#current.kill(disposed);
    await this.#current.gone();
  }

  /** One start for all calls that wait. */
  #again(): Promise<ServingWorker> {
    this.#starting ??= this.#startAgain().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async #startAgain(): Promise<ServingWorker> {
    if (this.#ends >= MAX_ENDS) {
      throw new SidecarError(
        'ML_SIDECAR_CRASHED',
        `Python ended ${MAX_ENDS} times without an answer between; unload the model and load it again once that is mended`,
      );
    }
    this.#ends += 1;
    this.#restarts += 1;
    const worker = await this.#start(this.#stop.signal);
    this.#current = worker;
    return worker;
  }
}

function hung(method: string, callMs: number): SidecarError {
  return new SidecarError('ML_SIDECAR_TIMEOUT', `${method} in Python did not end within ${callMs} ms; its process was killed`, {
    details: { method, callMs },
  });
}
