import { describe, expect, it, vi } from 'vitest';
import { EventBus } from '../../src/events/event-bus.ts';
import { collectPrometheus } from '../../src/index.ts';
import { exposition } from '../../src/metrics/exposition.ts';
import { MAX_LABEL_LENGTH, MAX_SERIES, Series } from '../../src/metrics/series.ts';
import type { MetricFamily } from '../../src/spec/metrics.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { newRegistry, parseExposition } from './life.ts';

describe('registry.metrics()', () => {
  it('counts from its first call on', async () => {
    const registry = newRegistry();
    const model = await registry.load('fraud', 'v1');
    const since = Date.now();
    const first = registry.metrics();
    expect(Date.parse(first.since)).toBeGreaterThanOrEqual(since);
    const count = () => registry.metrics().metrics.find(({ name }) => name === 'ml_predictions_total')?.samples;
    expect(count()).toEqual([]);
    await model.predict([[1]]);
    await model.predict([[1]]);
    expect(count()).toEqual([
      { labels: { model: 'fraud', version: 'v1', method: 'predict', outcome: 'ok' }, value: 2 },
    ]);
    expect(registry.metrics().since).toBe(first.since);
    // A snapshot stays as it was.
    expect(first.metrics.find(({ name }) => name === 'ml_predictions_total')?.samples).toEqual([]);
    expect(JSON.parse(JSON.stringify(first))).toMatchObject({ since: first.since, metrics: expect.any(Array) });
    await registry.close();
    expect(registry.metrics().exposition().body).toContain('reason="close"');
  });

  it('of one registry know nothing of another', async () => {
    const [one, two] = [newRegistry(), newRegistry()];
    one.metrics();
    await two.load('fraud', 'v1');
    expect(one.metrics().exposition().body).not.toContain('ml_loads_total{');
  });
});

describe('the text', () => {
  const family = (over: Partial<MetricFamily>): MetricFamily => ({
    name: 'ml_retained_bytes_total',
    type: 'counter',
    help: 'Help',
    unit: 'bytes',
    samples: [{ labels: {}, value: 1 }],
    ...over,
  });

  it('escapes what would break it', () => {
    const odd = family({ help: 'a\\b\n"c"', samples: [{ labels: { model: 'x"y\\z\nw' }, value: 0.5 }] });
    expect(exposition([odd], 'prometheus').body).toBe(
      '# HELP ml_retained_bytes_total a\\\\b\\n"c"\n' +
        '# TYPE ml_retained_bytes_total counter\n' +
        'ml_retained_bytes_total{model="x\\"y\\\\z\\nw"} 0.5\n',
    );
  });

  it('in OpenMetrics: families without _total, units, bounds with a point, an end', () => {
    const histogram = family({
      name: 'ml_batch_calls',
      type: 'histogram',
      unit: undefined,
      samples: [
        {
          labels: { model: 'a' },
          value: 7,
          count: 3,
          buckets: [
            { le: 1, count: 1 },
            { le: 2.5, count: 2 },
          ],
        },
      ],
    });
    const { contentType, body } = exposition([family({}), histogram, family({ samples: [] })], 'openmetrics');
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body.split('\n')).toEqual([
      '# HELP ml_retained_bytes Help',
      '# TYPE ml_retained_bytes counter',
      '# UNIT ml_retained_bytes bytes',
      'ml_retained_bytes_total 1',
      '# HELP ml_batch_calls Help',
      '# TYPE ml_batch_calls histogram',
      'ml_batch_calls_bucket{model="a",le="1.0"} 1',
      'ml_batch_calls_bucket{model="a",le="2.5"} 2',
      'ml_batch_calls_bucket{model="a",le="+Inf"} 3',
      'ml_batch_calls_sum{model="a"} 7',
      'ml_batch_calls_count{model="a"} 3',
      '# EOF',
      '',
    ]);
  });

  it('has the content type of the format', () => {
    expect(newRegistry().metrics().exposition().contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

describe('series', () => {
  it('are bounded: the rest counts as `other`, and what is known goes on', () => {
    const metric = { name: 'ml_x_total', type: 'counter', help: 'X', labels: ['a', 'b'] } as const;
    const series = new Series(metric, (labels) => ({ labels, n: 0 }));
    for (let i = 0; i < MAX_SERIES + 50; i++) series.get([`v${i}`, 'x']).n += 1;
    series.get(['v3', 'x']).n += 1;
    expect(series.values()).toHaveLength(MAX_SERIES + 1);
    expect(series.get(['never', 'seen'])).toEqual({ labels: { a: 'other', b: 'other' }, n: 50 });
    expect(series.get(['v3', 'x']).n).toBe(2);
  });

  it('of values that are too long are those of their beginnings, and one line each', () => {
    const metric = { name: 'ml_x_total', type: 'counter', help: 'X', labels: ['a'] } as const;
    const series = new Series(metric, (labels) => ({ labels, n: 0 }));
    series.get([`${'x'.repeat(MAX_LABEL_LENGTH)}one`]).n += 1;
    series.get([`${'x'.repeat(MAX_LABEL_LENGTH)}two`]).n += 1;
    expect(series.values()).toEqual([{ labels: { a: 'x'.repeat(MAX_LABEL_LENGTH) }, n: 2 }]);
  });

  it('of versions that requests make up stay within the bound', async () => {
    const registry = createTestRegistry({ models: { fraud: createFakeModel({ predict: [1] }) } });
    for (let i = 0; i < 300; i++) registry.modelHealth('fraud', `>=0.0.${i}`);
    const states = [...parseExposition(registry.metrics().exposition().body).keys()].filter((key) =>
      key.startsWith('ml_model_state'),
    );
    expect(states).toHaveLength(MAX_SERIES + 1);
  });
});

describe('where nobody listens', () => {
  it('no payload of a call is built, before as after metrics were collected', async () => {
    const emit = vi.spyOn(EventBus.prototype, 'emit');
    const registry = createTestRegistry({ models: { fraud: createFakeModel({ predict: async () => [1] }) } });
    const model = await registry.load('fraud');
    const emitted = async () => {
      emit.mockClear();
      await model.predict([[1]]);
      await Promise.all([model.predict([[1]]), model.predict([[1]])]);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      return emit.mock.calls.map(([event]) => event);
    };
    expect(await emitted()).toEqual([]);
    const stop = await collectPrometheus({ registry });
    expect(new Set(await emitted())).toEqual(new Set(['predict:end', 'batch:end']));
    stop();
    const stopChannels = await collectPrometheus();
    expect(new Set(await emitted())).toEqual(new Set(['predict:end', 'batch:end']));
    stopChannels();
    expect(await emitted()).toEqual([]);
    emit.mockRestore();
  });
});
