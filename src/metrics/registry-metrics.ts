import type { ExpositionFormat, MetricFamily, MetricSample, MetricsSnapshot } from '../spec/metrics.ts';
import { exposition } from './exposition.ts';
import { GAUGE_METRICS } from './gauge-metrics.ts';
import type { Metric, Put } from './metric.ts';
import type { MetricsSource } from './metrics-source.ts';
import { readGauge } from './read-gauge.ts';
import { recordEvents } from './record-events.ts';
import { type Labels, Series } from './series.ts';

/** One series while it counts. */
interface Counted {
  readonly labels: Labels;
  value: number;
  count: number;
  /** Observations by the first bound that they do not exceed. */
  readonly inBucket: number[];
}

/** The library's own counting, for who has neither prom-client nor OpenTelemetry. */
export class RegistryMetrics {
  readonly #source: MetricsSource;
  readonly #since = new Date();
  readonly #counted = new Map<Metric, Series<Counted>>();

  constructor(source: MetricsSource) {
    this.#source = source;
    recordEvents(source, (metric) => this.#instrument(metric));
  }

  snapshot(): MetricsSnapshot {
    const metrics = [
      ...Array.from(this.#counted, ([metric, series]) => familyOf(metric, series.values().map(sampleOf(metric)))),
      ...GAUGE_METRICS.map((gauge) => familyOf(gauge.metric, readGauge(gauge, [this.#source]))),
    ];
    return {
      since: this.#since.toISOString(),
      metrics,
      exposition: (format: ExpositionFormat = 'prometheus') => exposition(metrics, format),
    };
  }

  #instrument(metric: Metric): Put {
    const { buckets = [] } = metric;
    const series = new Series<Counted>(metric, (labels) => ({
      labels,
      value: 0,
      count: 0,
      inBucket: Array.from(buckets, () => 0),
    }));
    this.#counted.set(metric, series);
    return (value, ...labels) => {
      const one = series.get(labels);
      one.value += value;
      one.count += 1;
      const bucket = firstNotBelow(buckets, value);
      if (bucket < buckets.length) (one.inBucket[bucket] as number) += 1;
    };
  }
}

/** Index of the first bound that is not below the value. */
function firstNotBelow(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function familyOf({ name, type, help, unit }: Metric, samples: readonly MetricSample[]): MetricFamily {
  return { name, type, help, unit, samples };
}

function sampleOf({ type, buckets = [] }: Metric): (counted: Counted) => MetricSample {
  return ({ labels, value, count, inBucket }) => {
    if (type !== 'histogram') return { labels, value };
    let below = 0;
    return { labels, value, count, buckets: buckets.map((le, i) => ({ le, count: (below += inBucket[i] ?? 0) })) };
  };
}
