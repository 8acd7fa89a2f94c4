import type { CollectOpenTelemetryOptions } from './collect-opentelemetry.ts';
import type { CollectPrometheusOptions } from './collect-prometheus.ts';

// Each is for those who have its package.

/**
 * Lets prom-client (an optional peer) have every metric. Gauges are read when they are scraped.
 *
 * @returns ends the counting and takes the metrics out of the register
 * @throws `ML_OPTIONS_DEPENDENCY_MISSING` without prom-client; `ML_OPTIONS_INVALID` where the register has such metrics
 */
export async function collectPrometheus(options: CollectPrometheusOptions = {}): Promise<() => void> {
  const { collectPrometheus: collect } = await import('./collect-prometheus.ts');
  return collect(options);
}

/**
 * Lets OpenTelemetry (its API is an optional peer) have every metric. Gauges are read when they are collected.
 *
 * @returns ends the counting
 * @throws `ML_OPTIONS_DEPENDENCY_MISSING` without a meter and `@opentelemetry/api`
 */
export async function collectOpenTelemetry(options: CollectOpenTelemetryOptions = {}): Promise<() => void> {
  const { collectOpenTelemetry: collect } = await import('./collect-opentelemetry.ts');
  return collect(options);
}
