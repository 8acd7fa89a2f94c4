/** Time, so that tests can move it. Milliseconds. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  /** Wall time since the epoch. */
  date(): number;
  /** Calls back after `ms`; never keeps the process alive. Gives a function that cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest delay of Node's timers; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, MAX_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
