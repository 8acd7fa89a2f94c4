import { countRows } from '../data/rows.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { DeadlineError } from '../errors/deadline-error.ts';
import type { Clock } from '../internal/clock.ts';
import type { GateCall } from './gate-call.ts';
import { inputBytes } from './input-bytes.ts';

export type JobState = 'queued' | 'running' | 'over';

/** Told what becomes of a job. */
export interface JobOwner {
  readonly label: string;
  readonly clock: Clock;
  /** A queued job was given up by its caller. */
  left(job: GateJob): void;
  /** The time of a running job was over; its caller is gone. */
  late(job: GateJob): void;
}

/** A call that waits or runs: which of them it is, and who may still end it. */
export class GateJob {
  readonly call: GateCall;
  readonly rows: number;
  readonly bytes: number;
  readonly queuedAt: number;
  readonly deadlineAt: number;
  /** Whether its caller may leave before it has an answer. */
  readonly watched: boolean;
  state: JobState = 'queued';
  /** Whether its caller has its answer or was let go. */
  answered = false;
  #unwatch: (() => void) | undefined;

  constructor(call: GateCall, now: number) {
    this.call = call;
    this.rows = countRows(call.input) ?? 1;
    this.bytes = inputBytes(call.input);
    this.queuedAt = now;
    const { signal, timeoutMs } = call.options;
    this.watched = signal !== undefined || timeoutMs !== undefined;
    this.deadlineAt = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now + timeoutMs;
  }

  /** Starts to listen to the caller's signal and to the clock, where there is something to listen to. */
  watch(owner: JobOwner): void {
    const { signal, timeoutMs } = this.call.options;
    const abort = (): void =>
      this.#letGo(
        owner,
        new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: signal?.reason }),
        false,
      );
    signal?.addEventListener('abort', abort, { once: true });
    const cancel =
      timeoutMs === undefined
        ? undefined
        : owner.clock.after(timeoutMs, () => this.#letGo(owner, this.tooLate(owner), true));
    this.#unwatch = () => {
      signal?.removeEventListener('abort', abort);
      cancel?.();
    };
  }

  succeed(value: unknown): void {
    if (this.answered) return;
    this.#answer();
    this.call.succeed(value);
  }

  fail(error: unknown): void {
    if (this.answered) return;
    this.#answer();
    this.call.fail(error);
  }

  /** No work of this job is under way any more. */
  end(): void {
    this.state = 'over';
    this.call.ended();
  }

  tooLate({ label }: JobOwner): DeadlineError {
    const { timeoutMs } = this.call.options;
    const started = this.state === 'running';
    return new DeadlineError(
      'ML_DEADLINE_EXCEEDED',
      `${label} did not answer within timeoutMs (${timeoutMs} ms): ${started ? 'it was computing' : 'other calls were before this one'}`,
      { details: { timeoutMs, started } },
    );
  }

  #answer(): void {
    this.answered = true;
    this.#unwatch?.();
  }

  #letGo(owner: JobOwner, error: AbortedError | DeadlineError, late: boolean): void {
    if (this.answered) return;
    this.fail(error);
    if (this.state === 'queued') owner.left(this);
    else if (late) owner.late(this);
  }
}
