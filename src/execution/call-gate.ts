import { countRows } from '../data/rows.ts';
import { WorkerError } from '../errors/worker-error.ts';
import { type Deferred, deferred } from '../internal/deferred.ts';
import type { Clock } from '../internal/clock.ts';
import type { LaneStatus } from '../spec/execution.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { CallOptions, ModelMethod } from '../spec/model.ts';
import { type Admission, type AdmissionLimits, overloaded, type Waiting } from './admission.ts';
import { BatchSize } from './batch-size.ts';
import type { GateCall } from './gate-call.ts';
import { GateJob, type JobOwner } from './gate-job.ts';
import { type FirstJob, GateLane, type Group, precedes } from './gate-lane.ts';
import type { JobQueue } from './job-queue.ts';
import { joinRows, type JoinKey, splitRows } from './join-rows.ts';
import type { RunOutcome, Runner } from './runner.ts';

/** How calls are joined. */
export interface BatchLimits {
  /** Most rows of one run of joined calls. 1 joins nothing. */
  readonly maxRows: number;
  /** Milliseconds that such a run should take at most, inline and elsewhere. */
  readonly inlineMs: number;
  readonly workerMs: number;
}

/** A run that ended, for whoever watches. */
export interface RunReport {
  readonly lane: GateLane;
  readonly calls: number;
  readonly rows: number;
  readonly durationMs: number;
  /** How long the first of its calls had waited. */
  readonly waitedMs: number;
  readonly error: unknown;
}

/** What a gate needs. */
export interface GateParts {
  readonly label: string;
  readonly runner: Runner;
  readonly admission: Admission;
  readonly batch: BatchLimits;
  readonly clock: Clock;
  /** Told after each run, once callers have their answers. */
  readonly observe?: (report: RunReport) => void;
  /** Told before each run; what it gives is told when the run ended. */
  readonly starting?: () => ((rows: number) => void) | undefined;
}

/** A call that went past the queue. */
export interface DirectCall {
  readonly gate: CallGate;
  readonly lane: GateLane;
  readonly startedAt: number;
}

/** A run under way with calls whose time may be over. */
interface TimedRun {
  readonly group: Group;
  readonly startedAt: number;
  /** Set once it is to be given up. */
  cancel: (() => void) | undefined;
}

/** What a run whose first call is late gets besides the time that it took so far, in milliseconds. */
const GRACE_MS = 20;

const NO_OPTIONS: CallOptions = Object.freeze({});

/**
 * The way of calls to one model: admits them, joins those that wait together, and starts them in order. Nothing waits
 * while the model is idle.
 */
export class CallGate implements JobOwner, Waiting {
  readonly label: string;
  readonly clock: Clock;
  readonly #parts: GateParts;
  readonly #lanes = new Map<LoadedModel, Map<ModelMethod, GateLane>>();
  readonly #queueOf = new Map<GateJob, JobQueue>();
  #queued = 0;
  #queuedBytes = 0;
  #running = 0;
  /** Runs under way with calls whose time may be over, by such a call. */
  readonly #timed = new Map<GateJob, TimedRun>();
  #pumpIsDue = false;
  /** When the calls of this turn came. */
  #now = 0;
  #idle: Deferred<void> | undefined;

  constructor(parts: GateParts) {
    this.label = parts.label;
    this.clock = parts.clock;
    this.#parts = parts;
  }

  /**
   * Lets a call through without a place in the queue, where the model is idle and computes here: its caller then asks
   * the model itself, and calls `leave` when that has ended. Calls that come meanwhile gather for the next run.
   */
  enter(loaded: LoadedModel, method: ModelMethod, options: CallOptions): DirectCall | undefined {
    const { runner, admission } = this.#parts;
    if (this.#queued > 0 || runner.place !== 'inline' || this.#running >= admission.limits.maxConcurrency)
      return undefined;
    // Whoever may leave early is looked after by a job.
    if (options.signal !== undefined || options.timeoutMs !== undefined) return undefined;
    const lane = this.#lane(loaded, method);
    if ((lane.joins && lane.running > 0) || !admission.start(this)) return undefined;
    return this.#direct(lane);
  }

  /** Counts a call that is under way already, because nobody knew that its answer would come later. */
  adopt(loaded: LoadedModel, method: ModelMethod): DirectCall {
    this.#parts.admission.force();
    return this.#direct(this.#lane(loaded, method));
  }

  #direct(lane: GateLane): DirectCall {
    this.#running += 1;
    lane.running += 1;
    return { gate: this, lane, startedAt: this.clock.now() };
  }

  /** A call that `enter` let through, or `adopt` counted, ended. */
  leave({ lane, startedAt }: DirectCall, input: unknown, error: unknown): void {
    const { admission, observe } = this.#parts;
    const durationMs = this.clock.now() - startedAt;
    const rows = countRows(input) ?? 1;
    if (error === undefined) lane.count(1, rows, durationMs);
    this.#running -= 1;
    lane.running -= 1;
    observe?.({ lane, calls: 1, rows, durationMs, waitedMs: 0, error });
    admission.end();
    this.#goOn();
  }

  /** Lets a call through, or refuses it at once (`ML_OVERLOADED`). */
  submit(loaded: LoadedModel, method: ModelMethod, call: GateCall): void {
    const lane = this.#lane(loaded, method);
    // Calls of one turn of the event loop come at the same time.
    if (!this.#pumpIsDue) this.#now = this.clock.now();
    const job = new GateJob(call, this.#now);
    const limit = this.#exceeded(job.bytes);
    if (limit !== undefined) {
      this.#refuse(job, lane, limit);
      return;
    }
    const queue = lane.queueFor(job);
    queue.push(job);
    this.#enter(job, queue);
    // In a microtask, so that calls of one turn of the event loop find each other.
    if (this.#pumpIsDue) return;
    this.#pumpIsDue = true;
    queueMicrotask(this.#duePump);
  }

  /** How the methods called so far come through. */
  status(): LaneStatus[] {
    return [...this.#lanes.values()].flatMap((methods) => Array.from(methods.values(), (lane) => lane.status()));
  }

  /** Waits until no call waits or runs. */
  idle(): Promise<void> {
    if (this.#queued + this.#running === 0) return Promise.resolve();
    this.#idle ??= deferred();
    return this.#idle.promise;
  }

  pump(): void {
    const { runner, admission } = this.#parts;
    for (;;) {
      if (this.#queued === 0) return;
      const next = this.#next(Math.min(runner.parallel, admission.limits.maxConcurrency));
      if (next === undefined || !admission.start(this)) return;
      const group = next.lane.takeGroup(next.key);
      const now = this.clock.now();
      const live = group.jobs.filter((job) => this.#leaves(job, next.lane, now));
      if (live.length === 0) admission.end();
      else void this.#run(next.lane, live.length === group.jobs.length ? group : regroup(live, group));
    }
  }

  /** @internal a queued job was given up by its caller */
  left(job: GateJob): void {
    const queue = this.#queueOf.get(job);
    this.#exit(job);
    job.end();
    queue?.left();
  }

  /** @internal the time of a running job was over */
  late(job: GateJob): void {
    const run = this.#timed.get(job);
    if (run === undefined) return;
    const { runner } = this.#parts;
    if (run.group.jobs.every(({ answered }) => answered)) runner.abandon();
    // The others may just be slow: they get as long again before they are begun anew without this one.
    else run.cancel ??= this.clock.after(this.clock.now() - run.startedAt + GRACE_MS, () => runner.abandon());
  }

  readonly #duePump = (): void => {
    this.#pumpIsDue = false;
    this.pump();
  };

  #lane(loaded: LoadedModel, method: ModelMethod): GateLane {
    let methods = this.#lanes.get(loaded);
    if (methods === undefined) this.#lanes.set(loaded, (methods = new Map()));
    let lane = methods.get(method);
    if (lane === undefined) {
      const { runner, batch } = this.#parts;
      const size = new BatchSize(batch.maxRows, runner.holdsLoop ? batch.inlineMs : batch.workerMs);
      lane = new GateLane({ loaded, method }, size, runner.maxCalls);
      methods.set(method, lane);
    }
    return lane;
  }

  #exceeded(bytes: number): keyof AdmissionLimits | undefined {
    const { admission } = this.#parts;
    const { maxQueue, maxQueuedBytes } = admission.limits;
    if (this.#queued >= maxQueue) return 'maxQueue';
    if (this.#queued > 0 && this.#queuedBytes + bytes > maxQueuedBytes) return 'maxQueuedBytes';
    return admission.exceeded(bytes);
  }

  #refuse(job: GateJob, lane: GateLane, limit: keyof AdmissionLimits): void {
    const { label, admission } = this.#parts;
    // What waits, by what its rows were measured to cost.
    const retryAfterMs = Math.max(1, Math.ceil(this.#queued * (lane.size.msPerRow ?? 1)));
    job.fail(overloaded(label, { limit, value: admission.limits[limit], retryAfterMs }));
    job.end();
  }

  #enter(job: GateJob, queue: JobQueue): void {
    this.#queued += 1;
    this.#queuedBytes += job.bytes;
    this.#parts.admission.enter(job.bytes);
    if (!job.watched) return;
    this.#queueOf.set(job, queue);
    job.watch(this);
  }

  #exit(job: GateJob): void {
    this.#queued -= 1;
    this.#queuedBytes -= job.bytes;
    this.#parts.admission.leave(job.bytes);
    if (job.watched) this.#queueOf.delete(job);
  }

  /** The lane whose turn it is, and which of its queues. */
  #next(parallel: number): { readonly lane: GateLane; readonly key: JoinKey } | undefined {
    if (this.#running >= parallel) return undefined;
    let best: { readonly lane: GateLane; readonly first: FirstJob } | undefined;
    for (const methods of this.#lanes.values()) {
      for (const lane of methods.values()) {
        // While a run is under way, the calls for the next one gather.
        if (lane.joins && lane.running > 0 && this.#parts.runner.place === 'inline') continue;
        const first = lane.first();
        if (first !== undefined && (best === undefined || precedes(first, best.first))) best = { lane, first };
      }
    }
    return best && { lane: best.lane, key: best.first.key };
  }

  /** Takes a job off the queue's count; `false` where it is too late to begin it. */
  #leaves(job: GateJob, lane: GateLane, now: number): boolean {
    this.#exit(job);
    const { maxWaitMs } = this.#parts.admission.limits;
    if (now < job.deadlineAt && now - job.queuedAt <= maxWaitMs) {
      job.state = 'running';
      return true;
    }
    if (now >= job.deadlineAt) {
      job.fail(job.tooLate(this));
      job.end();
    } else this.#refuse(job, lane, 'maxWaitMs');
    return false;
  }

  async #run(lane: GateLane, group: Group): Promise<void> {
    const { admission, observe, starting } = this.#parts;
    this.#running += 1;
    lane.running += 1;
    const run: TimedRun = { group, startedAt: this.clock.now(), cancel: undefined };
    for (const job of group.jobs) if (job.deadlineAt < Number.POSITIVE_INFINITY) this.#timed.set(job, run);
    const ended = starting?.();
    const waitedMs = run.startedAt - (group.jobs[0] as GateJob).queuedAt;
    let failure: unknown;
    try {
      await this.#compute(lane, group);
    } catch (error) {
      failure = error;
      for (const job of group.jobs) job.fail(error);
    }
    run.cancel?.();
    ended?.(group.rows);
    const durationMs = this.clock.now() - run.startedAt;
    if (failure === undefined) lane.count(group.jobs.length, group.rows, durationMs);
    this.#running -= 1;
    lane.running -= 1;
    for (const job of group.jobs) {
      this.#timed.delete(job);
      job.end();
    }
    observe?.({ lane, calls: group.jobs.length, rows: group.rows, durationMs, waitedMs, error: failure });
    admission.end();
    this.#goOn();
  }

  /** A run ended: what waited for that goes on. */
  #goOn(): void {
    if (this.#queued + this.#running === 0) {
      this.#idle?.resolve();
      this.#idle = undefined;
    }
    // Callers that ask again at once join the next run.
    if (this.#queued === 0 || this.#pumpIsDue) return;
    this.#pumpIsDue = true;
    queueMicrotask(this.#duePump);
  }

  async #compute(lane: GateLane, group: Group): Promise<void> {
    try {
      await (group.joined ? this.#joined(lane, group) : this.#apart(lane, group.jobs));
    } catch (error) {
      // The worker was ended because of a call that is answered by now: the others may try again.
      const again = killedByDeadline(error) && group.jobs.some(({ answered }) => !answered);
      if (!again) throw error;
      await this.#apart(lane, group.jobs);
    }
  }

  /** Rows of all jobs in one call; each on its own where that fails. */
  async #joined(lane: GateLane, { jobs }: Group): Promise<void> {
    const { loaded, method } = lane;
    const input = joinRows(jobs.map(({ call }) => call.input));
    const [outcome] = await this.#parts.runner.run({ loaded, method, inputs: [input], options: NO_OPTIONS });
    const counts = jobs.map(({ rows }) => rows);
    const parts = outcome !== undefined && 'value' in outcome ? splitRows(outcome.value, counts) : undefined;
    if (parts === undefined) return this.#apart(lane, jobs);
    for (let i = 0; i < jobs.length; i++) (jobs[i] as GateJob).succeed(parts[i]);
    return undefined;
  }

  async #apart({ loaded, method }: GateLane, jobs: readonly GateJob[]): Promise<void> {
    const waited = jobs.filter(({ answered }) => !answered);
    const [only] = waited;
    const options = waited.length === 1 && only !== undefined ? only.call.options : NO_OPTIONS;
    const inputs = waited.map(({ call }) => call.input);
    const outcomes = await this.#parts.runner.run({ loaded, method, inputs, options });
    for (const [i, job] of waited.entries()) settle(job, outcomes[i]);
  }
}

function killedByDeadline(error: unknown): boolean {
  return error instanceof WorkerError && error.details['killed'] === 'deadline';
}

function settle(job: GateJob, outcome: RunOutcome | undefined): void {
  if (outcome === undefined) job.fail(new WorkerError('ML_WORKER_CRASHED', 'the worker gave no answer to a call'));
  else if ('value' in outcome) job.succeed(outcome.value);
  else job.fail(outcome.error);
}

function regroup(jobs: readonly GateJob[], { joined }: Group): Group {
  return { jobs, joined: joined && jobs.length > 1, rows: jobs.reduce((sum, { rows }) => sum + rows, 0) };
}
