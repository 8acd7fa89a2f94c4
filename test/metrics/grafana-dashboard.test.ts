import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../../src/metrics/metric.ts';
import { METRICS } from '../../src/metrics/metrics.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const path = new URL('../../docs/grafana-dashboard.json', import.meta.url);
const dashboard = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { query: string } }[];
  };
};

/** Labels that Prometheus adds to everything that it scrapes. */
const TARGET_LABELS = ['job', 'instance'];
const FUNCTIONS = new Set(['sum', 'min', 'rate', 'increase', 'histogram_quantile', 'label_values', 'by']);
const TOKEN = /\s+|"[^"]*"|\$?[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|=~|!=|[-+*/(){}[\],=<>]/y;

/** Name in a query to the metric that it is of, and what a histogram's labels are there. */
const series = new Map<string, readonly string[]>();
for (const { name, type, labels } of Object.values<Metric>(METRICS)) {
  const all = [...labels, ...TARGET_LABELS];
  if (type !== 'histogram') series.set(name, all);
  else
    for (const [suffix, more] of [
      ['_bucket', ['le']],
      ['_sum', []],
      ['_count', []],
    ] as const)
      series.set(name + suffix, [...all, ...more]);
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const at = TOKEN.lastIndex;
    const [token] = TOKEN.exec(expression) ?? [];
    if (token === undefined) throw new Error(`not understood at ${at}: ${expression.slice(at)}`);
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

/** Metrics of an expression, and what is wrong with it. */
function judge(
  expression: string,
  variables: ReadonlySet<string>,
): { readonly metrics: string[]; readonly wrong: string[] } {
  const tokens = tokensOf(expression);
  const wrong: string[] = [];
  const metrics: string[] = [];
  const open: string[] = [];
  const grouped: string[] = [];
  for (const [i, token] of tokens.entries()) {
    if ('({['.includes(token)) open.push(token);
    else if (')}]'.includes(token)) {
      if (open.pop() !== '({['[')}]'.indexOf(token)]) wrong.push(`"${token}" closes nothing`);
    } else if (token.startsWith('$')) {
      if (!variables.has(token)) wrong.push(`no variable ${token}`);
    } else if (token.startsWith('"')) {
      for (const [variable] of token.matchAll(/\$\w+/g))
        if (!variables.has(variable)) wrong.push(`no variable ${variable}`);
    } else if (/^[A-Za-z_]/.test(token)) {
      const inMatcher = open.at(-1) === '{';
      const inGroup =
        open.at(-1) === '(' &&
        tokens.slice(0, i).lastIndexOf('by') === tokens.slice(0, i).lastIndexOf('(') - 1 &&
        tokens.slice(0, i).includes('by');
      if (inMatcher) {
        if (!series.get(metrics.at(-1) ?? '')?.includes(token)) wrong.push(`${metrics.at(-1)} has no label ${token}`);
      } else if (inGroup) grouped.push(token);
      else if (FUNCTIONS.has(token)) {
        if (tokens[i + 1] !== '(' && tokens[i + 1] !== 'by') wrong.push(`${token} is not called`);
      } else if (series.has(token)) metrics.push(token);
      else if (!(tokens[0] === 'label_values' && series.get(metrics.at(-1) ?? '')?.includes(token)))
        wrong.push(`no metric ${token}`);
    }
  }
  if (open.length > 0) wrong.push(`${open.join('')} is not closed`);
  for (const label of grouped)
    if (!metrics.every((metric) => series.get(metric)?.includes(label)))
      wrong.push(`${metrics.join()} has no label ${label}`);
  if (metrics.length === 0) wrong.push('names no metric');
  if (/\b(rate|increase)\((?!ml_\w+(_total|_bucket|_sum|_count)\b)/.test(expression))
    wrong.push('a rate of what is no counter');
  return { metrics, wrong };
}

const variables = new Set(['$__rate_interval', ...dashboard.templating.list.map(({ name }) => `$${name}`)]);
const targets = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

describe('the Grafana dashboard', () => {
  it.each(targets.map((target) => [target.title, target] as const))(
    '%s: metrics, labels and brackets are right',
    (_title, target) => {
      const { metrics, wrong } = judge(target.expr, variables);
      expect(wrong).toEqual([]);
      for (const [, label = ''] of target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect(series.get(metrics[0] as string)).toContain(label);
        expect(target.expr).toMatch(new RegExp(`by \\([^)]*\\b${label}\\b`));
      }
    },
  );

  it('its variables ask for labels that there are', () => {
    for (const { query } of dashboard.templating.list)
      if (typeof query === 'object') expect(judge(query.query, variables).wrong).toEqual([]);
  });

  it('shows nearly every metric, each panel under its own number', () => {
    const shown = new Set(
      targets.flatMap(({ expr }) =>
        judge(expr, variables).metrics.map((name) => name.replace(/_(bucket|sum|count)$/, '')),
      ),
    );
    const missing = Object.values<Metric>(METRICS)
      .map(({ name }) => name)
      .filter((name) => !shown.has(name));
    expect(missing).toEqual([
      'ml_verifications_total',
      'ml_warnings_total',
      'ml_unload_duration_seconds',
      'ml_batch_duration_seconds',
      'ml_swap_duration_seconds',
    ]);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('would notice what is wrong', () => {
    const wrongOf = (expression: string) => judge(expression, variables).wrong;
    expect(wrongOf('sum(rate(ml_nothing_total[5]))')).toContain('no metric ml_nothing_total');
    expect(wrongOf('sum by (phase) (rate(ml_loads_total{job="x"}[$__rate_interval]))')).toEqual([
      'ml_loads_total has no label phase',
    ]);
    expect(wrongOf('sum(ml_ready{model="x"})')).toEqual(['ml_ready has no label model']);
    expect(wrongOf('sum(ml_ready{job=~"$jobs"}')).toEqual(['no variable $jobs', '( is not closed']);
    expect(wrongOf('rate(ml_ready[$__rate_interval])')).toEqual(['a rate of what is no counter']);
  });
});
