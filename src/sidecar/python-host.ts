import { SidecarError } from '../errors/sidecar-error.ts';
import { WorkerError } from '../errors/worker-error.ts';
import type { CallInput } from './call-frames.ts';
import type { Answer } from './answer-frame.ts';
import type { ServingWorker } from './serving-worker.ts';

/** Ends in a row, without an answer between them, after which it is not started again. */
const MAX_ENDS = 3;

/** Starts a worker; the signal ends the start. */
export type StartWorker = (signal: AbortSignal) => Promise<ServingWorker>;

/** One model in Python: its worker is started again when it ended, by the next call. */
export class PythonHost {
  readonly #start: StartWorker;
  readonly #stop = new AbortController();
  readonly #watchdog: NodeJS.Timeout;
  #pending = 0;
  #current: ServingWorker;
  #starting: Promise<ServingWorker> | undefined;
  #ends = 0;
  #restarts = 0;

  private constructor(start: StartWorker, worker: ServingWorker, callMs: number) {
    this.#start = start;
    this.#current = worker;
    // One for all calls: a timer of its own would cost a call more than its frames.
    this.#watchdog = setTimeout(() => this.#bark(callMs), callMs).unref();
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
    this.#pending += 1;
    this.#watchdog.refresh();
    try {
      const answer = await worker.call(method, inputs);
      this.#ends = 0;
      return answer;
    } finally {
      this.#pending -= 1;
      // Those behind it begin now.
      if (this.#pending > 0) this.#watchdog.refresh();
    }
  }

  /** Ends the process with the call that is under way: nobody waits for it any more. */
  abandon(): void {
    // As of any worker that is killed for this: calls that were joined with the late one are begun anew.
    const reason = 'Python was ended: the call took longer than its caller waits';
    this.#current.kill(new WorkerError('ML_WORKER_CRASHED', reason, { details: { killed: 'deadline' } }));
  }

  async dispose(): Promise<void> {
    const disposed = new SidecarError('ML_SIDECAR_CRASHED', 'the model was disposed');
    this.#stop.abort(disposed);
    clearTimeout(this.#watchdog);
    await this.#starting?.catch(() => undefined);
    this.#current.kill(disposed);
    await this.#current.gone();
  }

  /** Nothing was asked or answered for long: where a call is under way, it hangs. */
  #bark(callMs: number): void {
    if (this.#pending === 0) return;
    const reason = `a call in Python did not end within ${callMs} ms; its process was killed`;
    this.#current.kill(new SidecarError('ML_SIDECAR_TIMEOUT', reason, { details: { callMs } }));
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
