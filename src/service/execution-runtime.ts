import { Admission, type AdmissionLimits } from '../execution/admission.ts';
import type { BatchLimits } from '../execution/call-gate.ts';
import type { RestartLimits } from '../execution/model-host.ts';
import { ThreadBudget } from '../execution/thread-budget.ts';
import type { PlaceChoice } from '../spec/execution.ts';
import type { AdmissionOptions, BatchingOptions, ExecutionOptions } from './execution-options.ts';

/** Options, environment and defaults of execution made one. */
export interface ExecutionConfig {
  readonly place: PlaceChoice;
  readonly inlineMaxBytes: number;
  readonly maxHoldMs: number;
  readonly killAfterMs: number;
  readonly restart: RestartLimits;
  readonly warmUp: boolean;
  readonly admission: AdmissionLimits;
  readonly batch: BatchLimits;
}

/** The defaults, and over them what was set. */
export function executionConfig(
  given: {
    readonly execution?: ExecutionOptions;
    readonly admission?: AdmissionOptions;
    readonly batching?: BatchingOptions;
  },
  place: PlaceChoice | undefined,
): ExecutionConfig {
  const { execution = {}, admission = {}, batching = {} } = given;
  return {
    place: execution.place ?? place ?? 'auto',
    inlineMaxBytes: execution.inlineMaxBytes ?? 2 * 2 ** 20,
    maxHoldMs: execution.maxHoldMs ?? 8,
    killAfterMs: execution.killAfterMs ?? 120_000,
    restart: {
      maxRestarts: execution.maxRestarts ?? 5,
      initialMs: execution.restartMs ?? 100,
      maxMs: 10_000,
    },
    warmUp: execution.warmUp ?? true,
    admission: {
      maxQueue: admission.maxQueue ?? 16_384,
      maxQueuedBytes: admission.maxQueuedBytes ?? 256 * 2 ** 20,
      maxConcurrency: admission.maxConcurrency ?? 256,
      maxWaitMs: admission.maxWaitMs ?? 30_000,
      maxTotalQueue: admission.maxTotalQueue ?? 65_536,
      maxTotalQueuedBytes: admission.maxTotalQueuedBytes ?? 2 ** 30,
      maxTotalConcurrency: admission.maxTotalConcurrency ?? 1_024,
    },
    batch: {
      maxRows: batching.maxRows ?? 1_024,
      inlineMs: batching.inlineMs ?? 4,
      workerMs: batching.workerMs ?? 25,
    },
  };
}

/** What the models of one registry share while they run. */
export class ExecutionRuntime {
  readonly config: ExecutionConfig;
  readonly admission: Admission;
  readonly threads: ThreadBudget;
  /** Artefacts (by digest) that held the event loop: with `auto` they start in a thread the next time. */
  readonly held: Set<string>;
  /** Loads under way: only of one that is alone can the memory be measured. */
  loads: number = 0;

  constructor(config: ExecutionConfig, processors: number, held: Set<string> = new Set()) {
    this.config = config;
    this.held = held;
    this.admission = new Admission(config.admission);
    this.threads = new ThreadBudget(processors);
  }
}
