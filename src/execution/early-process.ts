import type { HostChannel } from './host-channel.ts';
import { openProcess } from './process-channel.ts';

/**
 * A child process that is started before the file of its model is read: starting one copies the page tables of this
 * process, which holds the event loop for some 6 ms per 100 MB that it has by then. What is not taken ends.
 */
export class EarlyProcess {
  #channel: HostChannel | undefined;

  constructor() {
    try {
      this.#channel = openProcess();
    } catch {
      // It is started when it is needed, and whoever needs it hears why it cannot be.
    }
  }

  /** The process, once. */
  take(): HostChannel | undefined {
    const channel = this.#channel;
    this.#channel = undefined;
    return channel;
  }

  /** Ends it, if nobody took it. */
  end(): void {
    this.take()?.kill();
  }
}
