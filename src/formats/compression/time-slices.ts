import { setImmediate as nextTurn } from 'node:timers/promises';
import { AbortedError } from '../../errors/aborted-error.ts';

/** How long work may run before other callbacks get their turn. */
export interface SliceOptions {
  /** Milliseconds of one slice. Default 4. */
  readonly sliceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `step` until it returns true, and gives the event loop its turn between slices.
 *
 * @throws AbortedError `ML_ABORTED` where the signal aborts, and whatever `step` throws.
 */
export async function runSliced(step: () => boolean, options: SliceOptions = {}): Promise<void> {
  const { sliceMs = 4, signal } = options;
  for (;;) {
    if (signal?.aborted === true)
      throw new AbortedError('ML_ABORTED', 'Reading was aborted.', { cause: signal.reason });
    const deadline = performance.now() + sliceMs;
    while (performance.now() < deadline) if (step()) return;
    await nextTurn();
  }
}
