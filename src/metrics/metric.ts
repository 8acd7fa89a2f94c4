/** What a metric measures, in the words of Prometheus. OpenTelemetry's name follows from it (`otel-name.ts`). */
export interface Metric {
  /** Prometheus's name, e.g. `ml_predictions_total`. A counter ends in `_total`, one with a unit names it before that. */
  readonly name: string;
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  readonly unit?: 'seconds' | 'bytes';
  /** In the order in which values are given. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, rising, without infinity. */
  readonly buckets?: readonly number[];
}

/** Adds to a counter or histogram, or sets a gauge, of the series with these values of the metric's labels. */
export type Put = (value: number, ...labels: string[]) => void;
