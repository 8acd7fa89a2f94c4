import type { LaneStatus } from '../spec/execution.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { ModelMethod } from '../spec/model.ts';
import type { BatchSize } from './batch-size.ts';
import type { GateJob } from './gate-job.ts';
import { JobQueue } from './job-queue.ts';
import { type JoinKey, joinKey } from './join-rows.ts';

/** Calls that are made one run. */
export interface Group {
  readonly jobs: readonly GateJob[];
  /** Whether their rows are put together. */
  readonly joined: boolean;
  readonly rows: number;
}

/** The calls of one method of one object: what waits, by the form of the rows, and what was measured. */
export class GateLane {
  readonly loaded: LoadedModel;
  readonly method: ModelMethod;
  /** Whether rows of several calls may be put together. */
  readonly joins: boolean;
  readonly size: BatchSize;
  running = 0;
  #runs = 0;
  #calls = 0;
  #rows = 0;
  readonly #queues = new Map<JoinKey, JobQueue>();
  readonly #maxCalls: number;

  constructor(
    target: { readonly loaded: LoadedModel; readonly method: ModelMethod },
    size: BatchSize,
    maxCalls: number,
  ) {
    this.loaded = target.loaded;
    this.method = target.method;
    this.joins = target.loaded.rowsIndependent === true && target.method !== 'run';
    this.size = size;
    this.#maxCalls = maxCalls;
  }

  /** The queue that a call belongs into. */
  queueFor(job: GateJob): JobQueue {
    const key = this.joins ? joinKey(job.call.input) : undefined;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = new JobQueue();
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Of the calls that wait, the one that comes first: by priority, then by arrival. */
  first(): FirstJob | undefined {
    let best: FirstJob | undefined;
    for (const [key, queue] of this.#queues) {
      const job = queue.peek();
      if (job === undefined) {
        // Rows of any length may come: what is empty is not kept.
        if (this.#queues.size > KEPT_QUEUES) this.#queues.delete(key);
        continue;
      }
      const next = { job, rank: queue.rank(), key };
      if (best === undefined || precedes(next, best)) best = next;
    }
    return best;
  }

  /**
   * Takes the calls of the next run from the queue of that key. At least one, and no more rows than the measured cost
   * allows.
   */
  takeGroup(key: JoinKey): Group {
    const queue = this.#queues.get(key) as JobQueue;
    const jobs: GateJob[] = [];
    const joined = key !== undefined;
    const { limit } = this.size;
    const maxCalls = joined ? limit : this.#maxCalls;
    let rows = 0;
    while (jobs.length < maxCalls) {
      const job = queue.take(jobs.length === 0 ? Number.POSITIVE_INFINITY : limit - rows);
      if (job === undefined) break;
      jobs.push(job);
      rows += job.rows;
    }
    return { jobs, joined: joined && jobs.length > 1, rows };
  }

  /** Counts a run. */
  count(calls: number, rows: number, durationMs: number): void {
    this.#runs += 1;
    this.#calls += calls;
    this.#rows += rows;
    this.size.observe(rows, durationMs);
  }

  status(): LaneStatus {
    let queued = 0;
    for (const queue of this.#queues.values()) queued += queue.size;
    const { limit, msPerRow } = this.size;
    const counts = { runs: this.#runs, calls: this.#calls, rows: this.#rows };
    return { method: this.method, queued, running: this.running, ...counts, rowLimit: limit, msPerRow };
  }
}

/** Queues of a lane that stay when they are empty. */
const KEPT_QUEUES = 4;

/** A job that comes first in its lane. */
export interface FirstJob {
  readonly job: GateJob;
  /** Of its priority, 0 for the highest. */
  readonly rank: number;
  readonly key: JoinKey;
}

/** Whether a job comes before another. */
export function precedes(a: FirstJob, b: FirstJob): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.job.queuedAt < b.job.queuedAt);
}
