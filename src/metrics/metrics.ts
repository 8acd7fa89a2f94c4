import type { Metric } from './metric.ts';

const MODEL = ['model', 'version'] as const;
const CALL = [...MODEL, 'method'] as const;

/** A call computed in this process can take 10 microseconds. */
const CALL_SECONDS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10,
];
const LOAD_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const IDLE_SECONDS = [0.1, 1, 10, 60, 300, 900, 3_600, 21_600, 86_400];
const COUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

const counter = (name: string, labels: readonly string[], help: string, unit?: Metric['unit']): Metric => ({
  name,
  type: 'counter',
  help,
  labels,
  ...(unit !== undefined && { unit }),
});
const gauge = (name: string, labels: readonly string[], help: string, unit?: Metric['unit']): Metric => ({
  ...counter(name, labels, help, unit),
  type: 'gauge',
});
const seconds = (name: string, labels: readonly string[], help: string, buckets: readonly number[]): Metric => ({
  name,
  type: 'histogram',
  help,
  labels,
  unit: 'seconds',
  buckets,
});
const sizes = (name: string, labels: readonly string[], help: string): Metric => ({
  name,
  type: 'histogram',
  help,
  labels,
  buckets: COUNTS,
});

/** Names of metrics in this code. */
export type MetricKey =
  | 'predictions'
  | 'predictionSeconds'
  | 'predictionRows'
  | 'loads'
  | 'loadSeconds'
  | 'loadPhaseSeconds'
  | 'verifications'
  | 'warnings'
  | 'evictions'
  | 'evictionIdleSeconds'
  | 'unloadSeconds'
  | 'retainedBytes'
  | 'memoryPressure'
  | 'queueWaitSeconds'
  | 'batchCalls'
  | 'batchRows'
  | 'batchSeconds'
  | 'crashes'
  | 'restarts'
  | 'moves'
  | 'swaps'
  | 'swapSeconds'
  | 'fallbacks'
  | 'shadows'
  | 'ready'
  | 'modelState'
  | 'queueLength'
  | 'activeRuns'
  | 'residentBytes'
  | 'reservedBytes'
  | 'budgetBytes'
  | 'modelBytes'
  | 'processBytes';

/** Every metric there is. */
export const METRICS: Readonly<Record<MetricKey, Metric>> = {
  predictions: counter(
    'ml_predictions_total',
    [...CALL, 'arm', 'outcome'],
    'Calls of model methods that ended; outcome is ok or the code of the error, arm that of a route',
  ),
  predictionSeconds: seconds(
    'ml_prediction_duration_seconds',
    [...CALL, 'arm'],
    'Time of calls of model methods, waiting included, loading not',
    CALL_SECONDS,
  ),
  predictionRows: counter('ml_prediction_rows_total', CALL, 'Rows that those calls asked for'),

  loads: counter('ml_loads_total', [...MODEL, 'outcome'], 'Loads that ended; outcome is ok or the code of the error'),
  loadSeconds: seconds('ml_load_duration_seconds', MODEL, 'Time of loads that succeeded', LOAD_SECONDS),
  loadPhaseSeconds: seconds(
    'ml_load_phase_duration_seconds',
    [...MODEL, 'phase'],
    'Time of the steps of loads: resolve, read, verify, parse, build, warm-up and others',
    LOAD_SECONDS,
  ),
  verifications: counter(
    'ml_verifications_total',
    [...MODEL, 'result'],
    'Artefacts compared with their checksum (ok), or that have none (skipped); a mismatch is a load that failed',
  ),
  warnings: counter('ml_warnings_total', [...MODEL, 'code'], 'Odd things that are no errors, by their code'),

  evictions: counter('ml_evictions_total', [...MODEL, 'reason'], 'Models that left memory, by reason'),
  evictionIdleSeconds: seconds(
    'ml_eviction_idle_seconds',
    ['model', 'reason'],
    'How long models that left memory had not been used',
    IDLE_SECONDS,
  ),
  unloadSeconds: seconds(
    'ml_unload_duration_seconds',
    MODEL,
    'Time of unload(), calls in flight included',
    LOAD_SECONDS,
  ),
  retainedBytes: counter(
    'ml_retained_bytes_total',
    MODEL,
    'Bytes of freed models that the process did not give back',
    'bytes',
  ),
  memoryPressure: counter(
    'ml_memory_pressure_total',
    [],
    'How often a load, or the container, needed more memory than was free',
  ),

  queueWaitSeconds: seconds(
    'ml_queue_wait_seconds',
    CALL,
    'How long the first call of a run had waited in the queue',
    CALL_SECONDS,
  ),
  batchCalls: sizes('ml_batch_calls', CALL, 'Calls that were computed as one run'),
  batchRows: sizes('ml_batch_rows', CALL, 'Rows of one run'),
  batchSeconds: seconds('ml_batch_duration_seconds', CALL, 'Time of one run', CALL_SECONDS),

  crashes: counter(
    'ml_worker_crashes_total',
    [...MODEL, 'place', 'reason'],
    'Workers of models that ended: crash, deadline or hang',
  ),
  restarts: counter('ml_worker_restarts_total', [...MODEL, 'place'], 'Workers of models that were started again'),
  moves: counter(
    'ml_model_moves_total',
    [...MODEL, 'from', 'to'],
    'Models that moved because they held the event loop',
  ),

  swaps: counter(
    'ml_swaps_total',
    ['model', 'outcome', 'step'],
    'Swaps of one version for another that ended: ok, or error with the step that failed',
  ),
  swapSeconds: seconds('ml_swap_duration_seconds', ['model', 'outcome'], 'Time of swaps', LOAD_SECONDS),
  fallbacks: counter(
    'ml_route_fallbacks_total',
    ['model', 'arm', 'reason'],
    'Arms of routes that were taken out: errors or latency',
  ),
  shadows: counter(
    'ml_shadow_predictions_total',
    [...CALL, 'outcome'],
    'Copies of calls that shadows answered: same, differs, or the code of the error',
  ),

  ready: gauge('ml_ready', [], 'Whether the process is ready: 1 or 0'),
  modelState: gauge(
    'ml_model_state',
    ['model', 'requested', 'state'],
    'Whether a model, in the version as asked for, is in a state: 1 or 0',
  ),
  queueLength: gauge('ml_queue_length', CALL, 'Calls that wait'),
  activeRuns: gauge('ml_active_runs', CALL, 'Runs under way'),
  residentBytes: gauge('ml_resident_bytes', [], 'Bytes of loaded models, as the budget counts them', 'bytes'),
  reservedBytes: gauge('ml_reserved_bytes', [], 'Bytes promised to loads in progress', 'bytes'),
  budgetBytes: gauge('ml_budget_bytes', [], 'Bytes that loaded models may take', 'bytes'),
  modelBytes: gauge('ml_model_resident_bytes', ['artefact'], 'Bytes of one loaded model', 'bytes'),
  processBytes: gauge('ml_process_resident_bytes', [], 'Resident set size of the process', 'bytes'),
};
