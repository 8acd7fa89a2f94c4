import { ConfigurationError } from '../errors/configuration-error.ts';
import { GAUGE_METRICS } from './gauge-metrics.ts';
import { importPeer } from './import-peer.ts';
import { liveSources } from './live-sources.ts';
import { METRICS } from './metrics.ts';
import type { MetricsSource } from './metrics-source.ts';
import { readGauge } from './read-gauge.ts';
import { recordEvents } from './record-events.ts';
import { Series } from './series.ts';

/** What is used of a `Registry` of prom-client. */
export interface PrometheusRegister {
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

export interface CollectPrometheusOptions {
  /** A `Registry` of prom-client. Default: its global `register`. */
  readonly register?: PrometheusRegister;
  /** Counts and reads this registry alone. Default: everything in this process, and every open registry. */
  readonly registry?: MetricsSource;
}

/** See `collectPrometheus` in `lazy.ts`. */
export async function collectPrometheus(options: CollectPrometheusOptions = {}): Promise<() => void> {
  const prom = await importPeer('prom-client', () => import('prom-client'));
  const register = (options.register ?? prom.register) as typeof prom.register;
  const names = Object.values(METRICS).map(({ name }) => name);
  refuseTwice(register, names);
  const sources = options.registry === undefined ? liveSources : () => [options.registry as MetricsSource];
  for (const gauge of GAUGE_METRICS) {
    const { name, help, labels } = gauge.metric;
    const instrument = new prom.Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [],
      collect() {
        this.reset();
        for (const sample of readGauge(gauge, sources())) this.set(sample.labels, sample.value);
      },
    });
    register.registerMetric(instrument);
  }
  const end = recordEvents(options.registry, (metric) => {
    const { name, help, labels, buckets } = metric;
    const config = { name, help, labelNames: [...labels], registers: [] };
    if (buckets !== undefined) {
      const histogram = new prom.Histogram({ ...config, buckets: [...buckets] });
      register.registerMetric(histogram);
      const series = new Series(metric, (labels) => histogram.labels(labels));
      return (value, ...values) => series.get(values).observe(value);
    }
    const counter = new prom.Counter(config);
    register.registerMetric(counter);
    const series = new Series(metric, (labels) => counter.labels(labels));
    return (value, ...values) => series.get(values).inc(value);
  });
  return () => {
    end();
    for (const name of names) register.removeSingleMetric(name);
  };
}

function refuseTwice(register: PrometheusRegister, names: readonly string[]): void {
  const present = names.find((name) => register.getSingleMetric(name) !== undefined);
  if (present === undefined) return;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.register has a metric ${present} already: stop the first collectPrometheus(), or give another register`,
    { details: { path: 'options.register', metric: present } },
  );
}
