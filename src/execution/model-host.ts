import { MLServiceError } from '../errors/ml-service-error.ts';
import { fromWireError } from '../errors/wire-error.ts';
import { WorkerError } from '../errors/worker-error.ts';
import type { Clock } from '../internal/clock.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { HostChannel, WorkerExit } from './host-channel.ts';
import type { LoadedMessage } from './messages.ts';
import { packRows } from './pack-rows.ts';
import { type KillReason, RemoteHost, type RemoteLoad } from './remote-host.ts';
import { createRemoteModel, type RemoteModel } from './remote-model.ts';
import type { Run, RunOutcome, Runner } from './runner.ts';
import { toWireInput } from './wire-input.ts';

/** How often and how soon a worker that ended is started again. */
export interface RestartLimits {
  /** Crashes in a row, without an answered call between them, after which it is given up. */
  readonly maxRestarts: number;
  /** Pause before the second restart in a row; doubles up to `maxMs`. The first one has no pause. */
  readonly initialMs: number;
  readonly maxMs: number;
}

/** A worker ended that should not have. */
export interface CrashReport {
  readonly place: 'thread' | 'process';
  readonly reason: 'crash' | KillReason;
  readonly message: string;
  readonly exit: WorkerExit;
  /** Such ends in a row. */
  readonly inARow: number;
  /** Milliseconds until it is started again; `undefined` where it is given up. */
  readonly restartInMs: number | undefined;
}

/** What a host needs. */
export interface HostParts {
  readonly label: string;
  readonly open: () => HostChannel;
  readonly restart: RestartLimits;
  /** A run of a child process that takes longer is hung: the process is killed. */
  readonly killAfterMs: number;
  readonly clock: Clock;
  /** What to load when the worker is started again; the artefact is read afresh. */
  readonly reload: (signal: AbortSignal) => Promise<RemoteLoad>;
  readonly onCrash: (report: CrashReport) => void;
  readonly onRestart: (durationMs: number) => void;
}

/**
 * A model in a worker of its own: computes runs there, and starts the worker again when it ends. Calls that come while
 * it is started again wait for it.
 */
export class ModelHost implements Runner {
  readonly maxCalls = 64;
  readonly holdsLoop = false;
  readonly #parts: HostParts;
  readonly #aborted = new AbortController();
  #host: RemoteHost;
  #ready: Promise<RemoteHost>;
  #model!: RemoteModel;
  #loaded!: LoadedMessage;
  #inARow = 0;
  #restarts = 0;
  #disposed: Promise<void> | undefined;

  private constructor(parts: HostParts, host: RemoteHost) {
    this.#parts = parts;
    this.#host = host;
    this.#ready = Promise.resolve(host);
  }

  /**
   * Starts a worker and loads a model in it.
   *
   * @throws `ML_WORKER_START_FAILED`, `ML_WORKER_CRASHED`, `ML_ABORTED`, what the loader raises
   */
  static async start(parts: HostParts, load: RemoteLoad): Promise<ModelHost> {
    const remote = new RemoteHost(openChannel(parts), parts.label);
    const host = new ModelHost(parts, remote);
    host.#loaded = await loadOrEnd(remote, load);
    host.#model = createRemoteModel(host.#loaded.model, async (path, method, input) => {
      const [outcome] = await host.#calls({ path, method, inputs: [input] });
      if (outcome !== undefined && 'value' in outcome) return outcome.value;
      throw outcome?.error;
    });
    void host.#watch(remote);
    return host;
  }

  get place(): 'thread' | 'process' {
    return this.#host.place;
  }

  /** A second run waits in the thread while the first is computed; one that may be killed shares with none. */
  get parallel(): number {
    return this.place === 'thread' ? 2 : 1;
  }

  /** Stands in for the model. */
  get model(): LoadedModel {
    return this.#model.root;
  }

  /** Resident bytes of the child process after the load; `undefined` for a thread. */
  get residentBytes(): number | undefined {
    return this.#loaded.residentBytes;
  }

  get restarts(): number {
    return this.#restarts;
  }

  run({ loaded, method, inputs }: Run): Promise<readonly RunOutcome[]> {
    const path = this.#model.paths.get(loaded) ?? [];
    return this.#calls({ path, method, inputs: loaded.rowsIndependent === true ? inputs.map(packRows) : inputs });
  }

  abandon(): void {
    this.#host.kill('deadline');
  }

  /** Frees the model after the work under way, and ends the worker. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #calls(calls: {
    readonly path: readonly string[];
    readonly method: Run['method'] | 'tensor';
    readonly inputs: readonly unknown[];
  }): Promise<readonly RunOutcome[]> {
    const { path, method } = calls;
    const outcomes: RunOutcome[] = [];
    const inputs: unknown[] = [];
    const sent: number[] = [];
    for (const [i, input] of calls.inputs.entries()) {
      try {
        inputs.push(toWireInput(input));
        sent.push(i);
      } catch (error) {
        outcomes[i] = { error };
      }
    }
    if (inputs.length === 0) return outcomes;
    const host = await this.#ready;
    const cancel = this.#parts.clock.after(this.#parts.killAfterMs, () => host.kill('hang'));
    try {
      const answers = await host.calls({ path, method, inputs });
      this.#inARow = 0;
      for (const [j, i] of sent.entries()) {
        const answer = answers[j];
        outcomes[i] =
          answer !== undefined && 'error' in answer ? { error: fromWireError(answer.error) } : { value: answer?.value };
      }
      return outcomes;
    } finally {
      cancel();
    }
  }

  async #dispose(): Promise<void> {
    this.#aborted.abort();
    const host = await this.#ready.catch(() => undefined);
    await host?.dispose();
  }

  /** Waits for the end of a worker that nobody asked to end, and starts another one. */
  async #watch(host: RemoteHost): Promise<void> {
    const exit = await host.exit;
    if (this.#disposed !== undefined) return;
    const { restartInMs } = this.#report(host, exit);
    this.#ready = restartInMs === undefined ? Promise.reject(this.#givenUp(exit)) : this.#restart(restartInMs);
    // Whoever calls next hears of it.
    this.#ready.catch(() => undefined);
  }

  /** Counts the end of a worker, tells it, and decides what follows. */
  #report(host: RemoteHost, exit: WorkerExit): CrashReport {
    this.#inARow += 1;
    const { maxRestarts, initialMs, maxMs } = this.#parts.restart;
    const reason = host.killed ?? 'crash';
    // What was killed by its callers' deadlines may be slow, not broken.
    const givenUp = reason === 'crash' && this.#inARow > maxRestarts;
    const pause = this.#inARow === 1 ? 0 : Math.min(initialMs * 2 ** Math.min(this.#inARow - 2, 30), maxMs);
    const report: CrashReport = {
      place: host.place,
      reason,
      message: exit.reason,
      exit,
      inARow: this.#inARow,
      restartInMs: givenUp ? undefined : pause,
    };
    this.#parts.onCrash(report);
    return report;
  }

  async #restart(pauseMs: number): Promise<RemoteHost> {
    const { signal } = this.#aborted;
    if (pauseMs > 0) await this.#pause(pauseMs, signal);
    const startedAt = performance.now();
    const load = await this.#parts.reload(signal);
    const remote = new RemoteHost(openChannel(this.#parts), this.#parts.label);
    this.#host = remote;
    try {
      await loadOrEnd(remote, load);
    } catch (error) {
      if (!(error instanceof WorkerError) || signal.aborted) throw error;
      // It ended while it loaded: as if it had ended later.
      const { restartInMs } = this.#report(remote, await remote.exit);
      if (restartInMs === undefined) throw this.#givenUp(await remote.exit);
      return this.#restart(restartInMs);
    }
    this.#restarts += 1;
    void this.#watch(remote);
    this.#parts.onRestart(performance.now() - startedAt);
    return remote;
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  #givenUp({ reason, stderr }: WorkerExit): WorkerError {
    const { label } = this.#parts;
    return new WorkerError(
      'ML_WORKER_GIVEN_UP',
      `the ${this.place} of ${label} ended ${this.#inARow} times in a row (the last time it ${reason}) and is not started again; load() the model to try anew`,
      { details: { reason, inARow: this.#inARow, stderr } },
    );
  }
}

function openChannel({ open, label }: HostParts): HostChannel {
  try {
    return open();
  } catch (error) {
    if (MLServiceError.isInstance(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new WorkerError('ML_WORKER_START_FAILED', `the worker of ${label} cannot be started: ${text}`, {
      cause: error,
    });
  }
}

/** A worker whose load fails ends; one that still works on it ends when that is done. */
async function loadOrEnd(remote: RemoteHost, load: RemoteLoad): Promise<LoadedMessage> {
  try {
    return await remote.load(load);
  } catch (error) {
    remote.kill('deadline');
    void remote.dispose();
    throw error;
  }
}
