import { EventEmitter } from 'node:events';

/**
 * What ends a call early: its caller, or its time. undici takes it in place of an `AbortSignal`, which costs tens of
 * microseconds to make and to listen to.
 */
export class Cancellation extends EventEmitter {
  aborted = false;
  reason: unknown;

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.emit('abort');
  }

  /** What the work gives, unless this ends first: then the reason. */
  race<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(this.reason);
      if (this.aborted) leave();
      this.once('abort', leave);
      void Promise.resolve(work)
        .then(resolve, reject)
        .finally(() => this.off('abort', leave));
    });
  }
}
