import type { ShadowStatus } from '../spec/routing.ts';
import type { AnswerDifference } from './compare-answers.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { summariseLatency } from './summarise-arms.ts';

/** What a shadow did so far. */
export class ShadowCounts {
  copied = 0;
  errors = 0;
  readonly dropped = { queue: 0, bytes: 0, unloaded: 0 };
  readonly #latency = new LatencyHistogram();
  #ended = 0;
  #compared = 0;
  #differing = 0;
  #maxAbsDiff = 0;

  ended(durationMs: number, error: unknown): void {
    this.#ended += 1;
    if (error === undefined) this.#latency.record(durationMs);
    else this.errors += 1;
  }

  compared({ differs, maxAbsDiff }: AnswerDifference): void {
    this.#compared += 1;
    if (differs) this.#differing += 1;
    this.#maxAbsDiff = Math.max(this.#maxAbsDiff, maxAbsDiff);
  }

  summary(): Omit<ShadowStatus, 'version' | 'artefact' | 'state' | 'stopped' | 'waiting' | 'running'> {
    return {
      copied: this.copied,
      dropped: { ...this.dropped },
      ended: this.#ended,
      errors: this.errors,
      latencyMs: summariseLatency(this.#latency),
      compared: this.#compared,
      differing: this.#differing,
      maxAbsDiff: this.#maxAbsDiff,
    };
  }
}
