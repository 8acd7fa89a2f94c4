/** One series of a metric. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a counter or gauge; of a histogram the sum of what was observed. */
  readonly value: number;
  /** Of a histogram: how often something was observed. */
  readonly count?: number;
  /** Of a histogram: how often something was observed that is not above the bound, by rising bounds without infinity. */
  readonly buckets?: readonly { readonly le: number; readonly count: number }[];
}

/** One metric with all its series. */
export interface MetricFamily {
  /** Prometheus's name, e.g. `ml_predictions_total`. */
  readonly name: string;
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  readonly unit: 'seconds' | 'bytes' | undefined;
  readonly samples: readonly MetricSample[];
}

/** Formats that Prometheus reads. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';

/** The metrics of a registry at one moment. */
export interface MetricsSnapshot {
  /** ISO 8601: what happened before is not counted. */
  readonly since: string;
  readonly metrics: readonly MetricFamily[];
  /** What a scrape gets: Prometheus's text format 0.0.4, or OpenMetrics 1.0.0. */
  exposition(format?: ExpositionFormat): { readonly contentType: string; readonly body: string };
}
