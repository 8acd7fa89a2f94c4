import type { ExpositionFormat, MetricFamily, MetricSample } from '../spec/metrics.ts';

const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Writes metrics as Prometheus reads them. A metric without a series is left out. */
export function exposition(
  families: readonly MetricFamily[],
  format: ExpositionFormat,
): { readonly contentType: string; readonly body: string } {
  const open = format === 'openmetrics';
  const lines: string[] = [];
  for (const family of families) {
    if (family.samples.length === 0) continue;
    const { name, type, help, unit } = family;
    // OpenMetrics names the family of a counter without what its samples end in.
    const title = open && type === 'counter' ? name.replace(/_total$/, '') : name;
    lines.push(`# HELP ${title} ${open ? quoted(help) : escaped(help)}`, `# TYPE ${title} ${type}`);
    if (open && unit !== undefined) lines.push(`# UNIT ${title} ${unit}`);
    for (const sample of family.samples) lines.push(...linesOf(family, sample, open));
  }
  if (open) lines.push('# EOF');
  return { contentType: CONTENT_TYPES[format], body: `${lines.join('\n')}\n` };
}

function linesOf(
  { name, type }: MetricFamily,
  { labels, value, count = 0, buckets = [] }: MetricSample,
  open: boolean,
) {
  const named = Object.entries(labels);
  if (type !== 'histogram') return [`${name}${braces(named)} ${number(value)}`];
  return [
    ...buckets.map((bucket) => `${name}_bucket${braces([...named, ['le', bound(bucket.le, open)]])} ${bucket.count}`),
    `${name}_bucket${braces([...named, ['le', '+Inf']])} ${count}`,
    `${name}_sum${braces(named)} ${number(value)}`,
    `${name}_count${braces(named)} ${count}`,
  ];
}

function braces(labels: readonly (readonly [string, string])[]): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${quoted(value)}"`).join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const quoted = (text: string): string => escaped(text).replaceAll('"', '\\"');

/** OpenMetrics writes whole bounds with a point. */
function bound(value: number, open: boolean): string {
  return open && Number.isInteger(value) ? `${value}.0` : String(value);
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
