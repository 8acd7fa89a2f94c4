import type { SwapStep, SwapTimes } from '../../spec/swap.ts';

/** Names the step that is under way and how long each one took. */
export class StepTimer {
  readonly #times: Partial<Record<SwapStep, number>> = {};
  readonly #startedAt = performance.now();
  #since = performance.now();
  #current: SwapStep = 'resolve';

  get current(): SwapStep {
    return this.#current;
  }

  enter(step: SwapStep): void {
    this.#stop();
    this.#current = step;
  }

  /** What the whole took, with the step that is under way. */
  read(): { readonly steps: SwapTimes; readonly durationMs: number } {
    this.#stop();
    return { steps: { ...this.#times }, durationMs: performance.now() - this.#startedAt };
  }

  #stop(): void {
    const now = performance.now();
    this.#times[this.#current] = (this.#times[this.#current] ?? 0) + now - this.#since;
    this.#since = now;
  }
}
