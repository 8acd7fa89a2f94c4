/** Time, so that tests can move it. Milliseconds. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  /** Wall time since the epoch. */
  date(): number;
  /** Calls back after `ms`; never keeps the process alive. Gives a function that cancels. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
