/**
 * Waits for `work` until the signal aborts; then rejects with the signal's reason, and what the
 * work gives later goes to `abandon`, so that nothing it opened is leaked.
 */
export function orAbort<T>(work: PromiseLike<T>, signal: AbortSignal, abandon: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    const settle = async (): Promise<void> => {
      try {
        const value = await work;
        if (signal.aborted) abandon(value);
        else resolve(value);
      } catch (error) {
        reject(error);
      } finally {
        signal.removeEventListener('abort', leave);
      }
    };
    void settle();
  });
}
