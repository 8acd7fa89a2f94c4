import { MLServiceError } from '../errors/ml-service-error.ts';
import type { ServiceEventMap, ServiceEventName } from '../spec/events.ts';
import type { Metric, Put } from './metric.ts';
import { METRICS } from './metrics.ts';

/** One row of the table: what an event puts into a metric. */
export interface EventMetric {
  readonly event: ServiceEventName;
  readonly metric: Metric;
  readonly record: (payload: never, put: Put) => void;
}

function on<E extends ServiceEventName>(
  event: E,
  metric: Metric,
  record: (payload: ServiceEventMap[E], put: Put) => void,
): EventMetric {
  return { event, metric, record };
}

/** `ok`, or the code of the error. */
function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  return MLServiceError.isInstance(error) ? error.code : 'error';
}

/** The arm of a route that a call got; empty where no route chose. */
const armOf = ({ route }: ServiceEventMap['predict:end']): string => route?.arm ?? '';

const versionOf = ({ version }: { readonly version: string | undefined }): string => version ?? '';

/**
 * Which event feeds which metrics. `cache:hit` feeds none: it comes with every call, and hits are the calls less the
 * loads.
 */
export const EVENT_METRICS: readonly EventMetric[] = [
  on('predict:end', METRICS.predictions, (e, put) =>
    put(1, e.model, versionOf(e), e.method, armOf(e), outcomeOf(e.error)),
  ),
  on('predict:end', METRICS.predictionSeconds, (e, put) =>
    put(e.durationMs / 1_000, e.model, versionOf(e), e.method, armOf(e)),
  ),
  on('predict:end', METRICS.predictionRows, (e, put) => {
    if (e.rows !== undefined) put(e.rows, e.model, versionOf(e), e.method);
  }),

  on('load:end', METRICS.loads, (e, put) => put(1, e.model, versionOf(e), 'ok')),
  on('load:error', METRICS.loads, (e, put) => put(1, e.model, versionOf(e), outcomeOf(e.error))),
  on('load:end', METRICS.loadSeconds, (e, put) => put(e.durationMs / 1_000, e.model, versionOf(e))),
  on('load:end', METRICS.loadPhaseSeconds, (e, put) => {
    for (const [phase, ms] of Object.entries(e.phases)) put(ms / 1_000, e.model, versionOf(e), phase);
  }),
  on('verify:end', METRICS.verifications, (e, put) => put(1, e.model, versionOf(e), e.result)),
  on('model:warning', METRICS.warnings, (e, put) => put(1, e.model, versionOf(e), e.code)),

  on('cache:evict', METRICS.evictions, (e, put) => put(1, e.model, versionOf(e), e.reason)),
  on('cache:evict', METRICS.evictionIdleSeconds, (e, put) => put(e.idleMs / 1_000, e.model, e.reason)),
  on('unload:end', METRICS.unloadSeconds, (e, put) => put(e.durationMs / 1_000, e.model, versionOf(e))),
  on('memory:retained', METRICS.retainedBytes, (e, put) =>
    put(Math.max(0, e.bytes - e.returnedBytes), e.model, versionOf(e)),
  ),
  on('memory:pressure', METRICS.memoryPressure, (_, put) => put(1)),

  on('batch:end', METRICS.queueWaitSeconds, (e, put) => put(e.waitedMs / 1_000, e.model, versionOf(e), e.method)),
  on('batch:end', METRICS.batchCalls, (e, put) => put(e.calls, e.model, versionOf(e), e.method)),
  on('batch:end', METRICS.batchRows, (e, put) => put(e.rows, e.model, versionOf(e), e.method)),
  on('batch:end', METRICS.batchSeconds, (e, put) => put(e.durationMs / 1_000, e.model, versionOf(e), e.method)),

  on('execution:crash', METRICS.crashes, (e, put) => put(1, e.model, versionOf(e), e.place, e.reason)),
  on('execution:restart', METRICS.restarts, (e, put) => put(1, e.model, versionOf(e), e.place)),
  on('execution:moved', METRICS.moves, (e, put) => put(1, e.model, versionOf(e), e.from, e.to)),

  on('swap:end', METRICS.swaps, (e, put) => put(1, e.model, 'ok', '')),
  on('swap:error', METRICS.swaps, (e, put) => put(1, e.model, 'error', e.step)),
  on('swap:end', METRICS.swapSeconds, (e, put) => put(e.durationMs / 1_000, e.model, 'ok')),
  on('swap:error', METRICS.swapSeconds, (e, put) => put(e.durationMs / 1_000, e.model, 'error')),
  on('route:fallback', METRICS.fallbacks, (e, put) => put(1, e.model, e.arm, e.reason)),
  on('shadow:end', METRICS.shadows, (e, put) => {
    const outcome = e.error === undefined ? (e.differs === true ? 'differs' : 'same') : outcomeOf(e.error);
    put(1, e.model, versionOf(e), e.method, outcome);
  }),
];
