import type { GaugeMetric } from './gauge-metrics.ts';
import type { MetricsSource } from './metrics-source.ts';
import { type Labels, Series } from './series.ts';

/** One value of a gauge. */
export interface GaugeSample {
  readonly labels: Labels;
  readonly value: number;
}

/** The values of a gauge now. */
export function readGauge({ metric, read }: GaugeMetric, sources: readonly MetricsSource[]): readonly GaugeSample[] {
  const series = new Series(metric, (labels) => ({ labels, value: 0 }));
  read(sources, (value, ...labels) => {
    series.get(labels).value += value;
  });
  return series.values();
}
