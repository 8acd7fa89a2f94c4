import { GAUGE_METRICS } from './gauge-metrics.ts';
import { importPeer } from './import-peer.ts';
import { liveSources } from './live-sources.ts';
import type { MetricsSource } from './metrics-source.ts';
import { otelName, otelUnit } from './otel-name.ts';
import { readGauge } from './read-gauge.ts';
import { recordEvents } from './record-events.ts';
import { type Labels, Series } from './series.ts';

interface InstrumentOptions {
  description: string;
  unit?: string;
  advice?: { explicitBucketBoundaries: number[] };
}

interface Observable {
  addCallback(callback: (result: ObservableResult) => void): void;
  removeCallback(callback: (result: ObservableResult) => void): void;
}

interface ObservableResult {
  observe(value: number, attributes: Labels): void;
}

/** What is used of a `Meter` of `@opentelemetry/api`. */
export interface OpenTelemetryMeter {
  createCounter(name: string, options: InstrumentOptions): { add(value: number, attributes: Labels): void };
  createHistogram(name: string, options: InstrumentOptions): { record(value: number, attributes: Labels): void };
  createObservableGauge(name: string, options: InstrumentOptions): Observable;
}

export interface CollectOpenTelemetryOptions {
  /** Default: `metrics.getMeter('base-ml-service')` of the global meter provider, which must be set before. */
  readonly meter?: OpenTelemetryMeter;
  /** Counts and reads this registry alone. Default: everything in this process, and every open registry. */
  readonly registry?: MetricsSource;
}

/** See `collectOpenTelemetry` in `lazy.ts`. */
export async function collectOpenTelemetry(options: CollectOpenTelemetryOptions = {}): Promise<() => void> {
  const meter = options.meter ?? (await globalMeter());
  const sources = options.registry === undefined ? liveSources : () => [options.registry as MetricsSource];
  const ends = GAUGE_METRICS.map((gauge) => {
    const observable = meter.createObservableGauge(otelName(gauge.metric), instrumentOptions(gauge.metric));
    const observe = (result: ObservableResult): void => {
      for (const { labels, value } of readGauge(gauge, sources())) result.observe(value, labels);
    };
    observable.addCallback(observe);
    return () => observable.removeCallback(observe);
  });
  const end = recordEvents(options.registry, (metric) => {
    const name = otelName(metric);
    const series = new Series(metric, (labels) => labels);
    if (metric.type === 'histogram') {
      const histogram = meter.createHistogram(name, instrumentOptions(metric));
      return (value, ...labels) => histogram.record(value, series.get(labels));
    }
    const counter = meter.createCounter(name, instrumentOptions(metric));
    return (value, ...labels) => counter.add(value, series.get(labels));
  });
  return () => {
    end();
    for (const one of ends) one();
  };
}

async function globalMeter(): Promise<OpenTelemetryMeter> {
  const { metrics } = await importPeer('@opentelemetry/api', () => import('@opentelemetry/api'));
  return metrics.getMeter('base-ml-service');
}

function instrumentOptions(metric: (typeof GAUGE_METRICS)[number]['metric']): InstrumentOptions {
  const { help, buckets } = metric;
  const unit = otelUnit(metric);
  return {
    description: help,
    ...(unit !== undefined && { unit }),
    ...(buckets !== undefined && { advice: { explicitBucketBoundaries: [...buckets] } }),
  };
}
