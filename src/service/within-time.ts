import { AbortedError } from '../errors/aborted-error.ts';
import { DeadlineError } from '../errors/deadline-error.ts';
import { systemClock } from '../internal/clock.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { CallOptions } from '../spec/model.ts';

/** What was waited for, and what is left of the call's time. */
export interface InTime<T> {
  readonly value: T;
  readonly left: CallOptions;
}

/**
 * Waits for a step before a call, at most until the caller aborts or the call's time is over.
 *
 * @param doing for the message, e.g. `its rows were checked`
 * @throws `ML_ABORTED`, `ML_DEADLINE_EXCEEDED`
 */
export async function withinTime<T>(work: PromiseLike<T>, options: CallOptions, doing: string): Promise<InTime<T>> {
  const { signal, timeoutMs } = options;
  if (signal === undefined && timeoutMs === undefined) return { value: await work, left: options };
  const startedAt = performance.now();
  const late = new AbortController();
  const cancel = timeoutMs === undefined ? undefined : systemClock.after(timeoutMs, () => late.abort());
  const either = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  try {
    const value = await orAbort(work, either, () => undefined);
    const left = timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (performance.now() - startedAt));
    return { value, left: left === undefined ? options : { ...options, timeoutMs: left } };
  } catch (error) {
    if (signal?.aborted === true)
      throw new AbortedError('ML_ABORTED', 'the call was aborted by its signal', { cause: signal.reason });
    if (!late.signal.aborted) throw error;
    throw new DeadlineError(
      'ML_DEADLINE_EXCEEDED',
      `the call did not end within timeoutMs (${timeoutMs} ms): ${doing}`,
      { details: { timeoutMs, started: false } },
    );
  } finally {
    cancel?.();
  }
}
