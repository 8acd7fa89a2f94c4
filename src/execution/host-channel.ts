import type { BytesReference, HostMessage, WorkerMessage } from './messages.ts';

/** Why a worker ended without having been asked to. */
export interface WorkerExit {
  /** E.g. `ended with SIGSEGV`. */
  readonly reason: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines that it wrote to its standard error. */
  readonly stderr: string;
}

/** The event loop's end of the line to one worker. */
export interface HostChannel {
  readonly place: 'thread' | 'process';
  /** @throws a `DataCloneError` for what cannot be sent */
  post(message: HostMessage): void;
  /**
   * Sends bytes ahead of the message that refers to them.
   *
   * @param give whether the memory may be handed over and is not needed here any more
   */
  send(bytes: Uint8Array, give: boolean): Promise<BytesReference>;
  listen(listener: (message: WorkerMessage) => void): void;
  /** Called once, when the worker is gone for whatever reason. */
  onExit(listener: (exit: WorkerExit) => void): void;
  /** Whether a call waits for the worker: an idle one does not keep the process alive. */
  hold(busy: boolean): void;
  /** Ends the worker in the middle of its work; only a process can be ended so, and only an idle thread. */
  kill(): void;
}
