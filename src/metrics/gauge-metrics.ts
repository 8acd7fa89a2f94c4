import type { ModelState } from '../spec/health.ts';
import type { Metric, Put } from './metric.ts';
import { METRICS } from './metrics.ts';
import type { MetricsSource } from './metrics-source.ts';

/** What a gauge shows at the moment when it is read. Values put twice for one series add up. */
export interface GaugeMetric {
  readonly metric: Metric;
  readonly read: (sources: readonly MetricsSource[], put: Put) => void;
}

const STATES: readonly ModelState[] = ['unloaded', 'loading', 'ready', 'failed', 'unloading'];

/** Gauges of the registries of a process (as a rule one). Reading them loads nothing. */
export const GAUGE_METRICS: readonly GaugeMetric[] = [
  {
    metric: METRICS.ready,
    read(sources, put) {
      if (sources.length > 0) put(sources.every((source) => source.readiness().ready) ? 1 : 0);
    },
  },
  {
    metric: METRICS.modelState,
    read(sources, put) {
      for (const { name, version, state } of sources.flatMap((source) => source.health().models))
        for (const one of STATES) put(one === state ? 1 : 0, name, version, one);
    },
  },
  lanes(METRICS.queueLength, ({ queued }) => queued),
  lanes(METRICS.activeRuns, ({ running }) => running),
  memory(METRICS.residentBytes, ({ residentBytes }) => residentBytes),
  memory(METRICS.reservedBytes, ({ reservedBytes }) => reservedBytes),
  memory(METRICS.budgetBytes, ({ budgetBytes }) => budgetBytes),
  {
    metric: METRICS.modelBytes,
    read(sources, put) {
      for (const { perModel } of sources.map((source) => source.health().memory))
        for (const [artefact, bytes] of Object.entries(perModel)) put(bytes, artefact);
    },
  },
  { metric: METRICS.processBytes, read: (_, put) => put(process.memoryUsage.rss()) },
];

type Lane = ReturnType<MetricsSource['execution']>[number]['lanes'][number];
type Memory = ReturnType<MetricsSource['health']>['memory'];

function lanes(metric: Metric, value: (lane: Lane) => number): GaugeMetric {
  return {
    metric,
    read(sources, put) {
      for (const { model, version, lanes } of sources.flatMap((source) => source.execution()))
        for (const lane of lanes) put(value(lane), model, version ?? '', lane.method);
    },
  };
}

function memory(metric: Metric, value: (memory: Memory) => number): GaugeMetric {
  return {
    metric,
    read(sources, put) {
      for (const source of sources) put(value(source.health().memory));
    },
  };
}
