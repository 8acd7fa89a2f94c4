import type { Priority } from '../spec/execution.ts';
import type { GateJob } from './gate-job.ts';

const ORDER: readonly Priority[] = ['high', 'normal', 'low'];
const NORMAL = 1;

/** Jobs in the order of their priority, then of their arrival. Those that were given up are passed over. */
export class JobQueue {
  readonly #lists: readonly JobList[] = ORDER.map(() => ({ jobs: [], head: 0 }));
  /** Given up, but still in a list. */
  #given = 0;
  #size = 0;

  /** Jobs that wait. */
  get size(): number {
    return this.#size;
  }

  push(job: GateJob): void {
    this.#size += 1;
    const { priority } = job.call.options;
    (this.#lists[priority === undefined ? NORMAL : ORDER.indexOf(priority)] as JobList).jobs.push(job);
  }

  /** The next job. */
  peek(): GateJob | undefined {
    const list = this.#next();
    return list?.jobs[list.head];
  }

  /** The rank of the next job's priority, 0 for the highest. */
  rank(): number {
    const list = this.#next();
    return list === undefined ? ORDER.length : this.#lists.indexOf(list);
  }

  /** Takes the next job if it has at most so many rows. */
  take(maxRows: number): GateJob | undefined {
    const list = this.#next();
    const job = list?.jobs[list.head];
    if (list === undefined || job === undefined || job.rows > maxRows) return undefined;
    this.#size -= 1;
    advance(list);
    return job;
  }

  /** A job in this queue was given up. */
  left(): void {
    this.#size -= 1;
    this.#given += 1;
    // Given-up jobs behind one that waits long would pile up.
    if (this.#given > 32 && this.#given > this.#size) this.#compact();
  }

  /** The list of the next job, what was given up before it passed over. */
  #next(): JobList | undefined {
    for (const list of this.#lists) {
      for (;;) {
        const job = list.jobs[list.head];
        if (job === undefined) break;
        if (job.state === 'queued') return list;
        this.#given -= 1;
        advance(list);
      }
    }
    return undefined;
  }

  #compact(): void {
    for (const list of this.#lists) {
      list.jobs = list.jobs.slice(list.head).filter((job) => job?.state === 'queued');
      list.head = 0;
    }
    this.#given = 0;
  }
}

interface JobList {
  jobs: (GateJob | undefined)[];
  head: number;
}

function advance(list: JobList): void {
  list.jobs[list.head] = undefined;
  list.head += 1;
  if (list.head < list.jobs.length) return;
  list.jobs = [];
  list.head = 0;
}
