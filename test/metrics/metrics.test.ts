import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { EVENT_METRICS } from '../../src/metrics/event-metrics.ts';
import { GAUGE_METRICS } from '../../src/metrics/gauge-metrics.ts';
import type { Metric } from '../../src/metrics/metric.ts';
import { METRICS } from '../../src/metrics/metrics.ts';
import { otelName, otelUnit } from '../../src/metrics/otel-name.ts';

const metrics: Metric[] = Object.values(METRICS);

/** The name that OpenTelemetry's rules for Prometheus make of an instrument. */
function prometheusName(metric: Metric): string {
  const unit = { s: '_seconds', By: '_bytes' }[otelUnit(metric) ?? ''] ?? '';
  const total = metric.type === 'counter' ? '_total' : '';
  return otelName(metric).replaceAll('.', '_') + unit + total;
}

describe('every metric', () => {
  it.each(metrics.map((metric) => [metric.name, metric] as const))(
    '%s is named and described as usual',
    (name, metric) => {
      expect(name).toMatch(/^ml_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith('_total')).toBe(metric.type === 'counter');
      const bare = name.replace(/_total$/, '');
      if (metric.unit !== undefined) expect(bare.endsWith(`_${metric.unit}`)).toBe(true);
      else expect(bare).not.toMatch(/_(seconds|bytes|ms|milliseconds)$/);
      // What a histogram adds to its name must not be the name of another metric.
      expect(bare).not.toMatch(/_(sum|count|bucket)$/);
      expect(metric.help).toMatch(/^[A-Z].*[^.]$/);
      expect(new Set(metric.labels).size).toBe(metric.labels.length);
      expect(metric.labels).not.toContain('le');
      expect(metric.buckets === undefined).toBe(metric.type !== 'histogram');
      expect([...(metric.buckets ?? [])].sort((a, b) => a - b)).toEqual(metric.buckets ?? []);
    },
  );

  it('has its own name, in Prometheus and in OpenTelemetry', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    expect(new Set(metrics.map(otelName)).size).toBe(metrics.length);
  });

  it('has the same name in Prometheus when it comes by OpenTelemetry', () => {
    expect(metrics.map(prometheusName)).toEqual(metrics.map(({ name }) => name));
  });

  it('is fed: counters and histograms by events, gauges when they are read', () => {
    const fed = new Set(EVENT_METRICS.map(({ metric }) => metric));
    const read = new Set(GAUGE_METRICS.map(({ metric }) => metric));
    for (const metric of metrics)
      expect([fed.has(metric), read.has(metric)]).toEqual([metric.type !== 'gauge', metric.type === 'gauge']);
  });
});

describe('docs/metrics.md', () => {
  it('lists exactly the metrics that there are', async () => {
    const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `ml_'));
    const events = (metric: Metric) =>
      [...new Set(EVENT_METRICS.filter((row) => row.metric === metric).map(({ event }) => `\`${event}\``))].join(', ');
    const expected = metrics.map((metric) => {
      const labels = metric.labels.map((label) => `\`${label}\``).join(', ');
      return `| \`${metric.name}\` | ${metric.type} | ${labels} | ${events(metric) || 'when read'} | ${metric.help} |`;
    });
    expect(rows).toEqual(expected);
  });

  it('names the events of the services page', async () => {
    const page = await readFile(new URL('../../docs/services.md', import.meta.url), 'utf8');
    // Those of swaps and routes have pages of their own.
    for (const { event } of EVENT_METRICS)
      if (!/^(swap|route|shadow):/.test(event)) expect(page).toContain(`\`${event}\``);
  });
});
