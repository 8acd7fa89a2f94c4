import type { Metric } from './metric.ts';

/** OpenTelemetry's units (UCUM). What is merely counted has none: `1` would become a ratio in Prometheus. */
const UNITS = { seconds: 's', bytes: 'By' } as const;

export function otelUnit({ unit }: Metric): string | undefined {
  return unit && UNITS[unit];
}

/**
 * OpenTelemetry's name: dots, neither unit nor `total`. OpenTelemetry's rules for Prometheus make the name in the table of
 * it again, so that one dashboard fits both.
 */
export function otelName({ name, unit }: Metric): string {
  const bare = name.replace(/_total$/, '');
  return (unit === undefined ? bare : bare.replace(new RegExp(`_${unit}$`), '')).replaceAll('_', '.');
}
