import type { Priority } from '../spec/execution.ts';
import type { GateJob } from './gate-job.ts';

const ORDER: readonly Priority[] = ['high', 'normal', 'low'];

/** Jobs in the order of their priority, then of their arrival. Those that were given up are passed over. */
export class JobQueue {
  readonly #lists: readonly GateJob[][] = ORDER.map(() => []);
  readonly #heads: number[] = ORDER.map(() => 0);
  #given = 0;
  #size = 0;

  /** Jobs that wait. */
  get size(): number {
    return this.#size;
  }

  push(job: GateJob): void {
    this.#size += 1;
    this.#lists[ORDER.indexOf(job.call.options.priority ?? 'normal')]?.push(job);
  }

  /** The next job and the rank of its priority, 0 for the highest. */
  peek(): { readonly job: GateJob; readonly rank: number } | undefined {
    for (let rank = 0; rank < ORDER.length; rank++) {
      const job = this.#head(rank);
      if (job !== undefined) return { job, rank };
    }
    return undefined;
  }

  /** Takes the next job, if `wanted` says so. */
  take(wanted: (job: GateJob) => boolean = () => true): GateJob | undefined {
    const next = this.peek();
    if (next === undefined || !wanted(next.job)) return undefined;
    this.#size -= 1;
    this.#advance(next.rank);
    return next.job;
  }

  /** A job in this queue was given up. */
  left(): void {
    this.#size -= 1;
    this.#given += 1;
    // Given-up jobs behind one that waits long would pile up.
    if (this.#given > 32 && this.#given > this.#size) this.#compact();
  }

  #head(rank: number): GateJob | undefined {
    const list = this.#lists[rank] as GateJob[];
    for (;;) {
      const job = list[this.#heads[rank] as number];
      if (job === undefined || job.state === 'queued') return job;
      this.#given -= 1;
      this.#advance(rank);
    }
  }

  #advance(rank: number): void {
    const list = this.#lists[rank] as GateJob[];
    const head = (this.#heads[rank] as number) + 1;
    if (head < list.length) {
      list[head - 1] = undefined as unknown as GateJob;
      this.#heads[rank] = head;
      return;
    }
    list.length = 0;
    this.#heads[rank] = 0;
  }

  #compact(): void {
    for (const [rank, list] of this.#lists.entries()) {
      const left = list.slice(this.#heads[rank]).filter((job) => job.state === 'queued');
      list.splice(0, list.length, ...left);
      this.#heads[rank] = 0;
    }
    this.#given = 0;
  }
}
