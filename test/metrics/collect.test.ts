import { channel } from 'node:diagnostics_channel';
import { metrics as otel } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { Counter, Registry, register as globalRegister } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventBus } from '../../src/events/event-bus.ts';
import { collectOpenTelemetry, collectPrometheus } from '../../src/index.ts';
import { importPeer } from '../../src/metrics/import-peer.ts';
import { METRICS } from '../../src/metrics/metrics.ts';
import { otelName } from '../../src/metrics/otel-name.ts';
import { live, newRegistry, parseExposition } from './life.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  otel.disable();
});

function newMeter() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
  const provider = new MeterProvider({ readers: [reader] });
  stops.push(() => provider.shutdown());
  const collect = async (): Promise<ResourceMetrics> => {
    exporter.reset();
    await reader.forceFlush();
    return exporter.getMetrics().at(-1) as ResourceMetrics;
  };
  return { provider, meter: provider.getMeter('test'), collect };
}

/** What OpenTelemetry collected, in the words of Prometheus. */
function asExposition({ scopeMetrics }: Pick<ResourceMetrics, 'scopeMetrics'>): Map<string, number> {
  const byName = new Map(Object.values(METRICS).map((metric) => [otelName(metric), metric.name]));
  const values = new Map<string, number>();
  for (const { descriptor, dataPoints, dataPointType } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    const name = byName.get(descriptor.name);
    if (name === undefined) throw new Error(`no metric of ours: ${descriptor.name}`);
    for (const { attributes, value } of dataPoints) {
      const labels = Object.entries(attributes).map(([label, text]) => `${label}="${String(text)}"`);
      const key = (suffix: string, le?: string) =>
        `${name}${suffix}{${[...labels, ...(le === undefined ? [] : [`le="${le}"`])].sort().join(',')}}`;
      if (dataPointType !== DataPointType.HISTOGRAM || typeof value === 'number') {
        values.set(key(''), value as number);
        continue;
      }
      const { boundaries, counts } = (value as { buckets: { boundaries: number[]; counts: number[] } }).buckets;
      let below = 0;
      for (const [i, count] of counts.entries())
        values.set(key('_bucket', i < boundaries.length ? String(boundaries[i]) : '+Inf'), (below += count));
      values.set(key('_sum'), (value as { sum: number }).sum);
      values.set(key('_count'), (value as { count: number }).count);
    }
  }
  return values;
}

/** Without what differs from moment to moment. */
function comparable(values: Map<string, number>): Record<string, number> {
  return Object.fromEntries(
    [...values].filter(([key, value]) => !key.startsWith('ml_process_resident_bytes') && value !== 0),
  );
}

describe('the life of two models', () => {
  it('is told alike by the library itself, prom-client and OpenTelemetry', async () => {
    const registry = newRegistry();
    const register = new Registry();
    const { meter, collect } = newMeter();
    registry.metrics();
    stops.push(await collectPrometheus({ register, registry }), await collectOpenTelemetry({ meter, registry }));
    await live(registry);

    const own = parseExposition(registry.metrics().exposition().body);
    const prom = parseExposition(await register.metrics());
    const collected = asExposition(await collect());
    // Sums of floats may differ in their last digit.
    const round = (values: Map<string, number>) =>
      Object.fromEntries(Object.entries(comparable(values)).map(([key, value]) => [key, Number(value.toPrecision(9))]));
    expect(round(prom)).toEqual(round(own));
    expect(round(collected)).toEqual(round(own));

    const value = (series: string) => own.get(series);
    expect(value('ml_predictions_total{method="predict",model="fraud",outcome="ok",version="v1"}')).toBe(5);
    expect(
      value('ml_predictions_total{method="transform",model="fraud",outcome="ML_PREDICT_FAILED",version="v1"}'),
    ).toBe(1);
    expect(value('ml_prediction_rows_total{method="predict",model="fraud",version="v1"}')).toBe(8);
    expect(value('ml_prediction_duration_seconds_count{method="predict",model="fraud",version="v1"}')).toBe(5);
    expect(value('ml_loads_total{model="fraud",outcome="ok",version="v1"}')).toBe(2);
    expect(value('ml_loads_total{model="broken",outcome="ML_LOADER_FAILED",version="v1"}')).toBe(1);
    expect(value('ml_load_duration_seconds_count{model="fraud",version="v1"}')).toBe(2);
    expect(value('ml_load_phase_duration_seconds_count{model="fraud",phase="read",version="v1"}')).toBe(2);
    expect(value('ml_verifications_total{model="fraud",result="skipped",version="v1"}')).toBe(2);
    expect(value('ml_warnings_total{code="odd",model="churn",version="v2"}')).toBe(1);
    expect(value('ml_evictions_total{model="fraud",reason="budget",version="v1"}')).toBe(1);
    expect(value('ml_evictions_total{model="fraud",reason="unload",version="v1"}')).toBe(1);
    expect(value('ml_eviction_idle_seconds_count{model="churn",reason="budget"}')).toBe(1);
    expect(value('ml_unload_duration_seconds_count{model="fraud",version="v1"}')).toBe(1);
    expect(value('ml_memory_pressure_total{}')).toBe(2);
    expect(value('ml_batch_calls_count{method="predict",model="fraud",version="v1"}')).toBeGreaterThan(0);
    expect(value('ml_batch_rows_sum{method="predict",model="fraud",version="v1"}')).toBe(8);
    expect(value('ml_queue_wait_seconds_count{method="predict",model="fraud",version="v1"}')).toBe(
      value('ml_batch_duration_seconds_count{method="predict",model="fraud",version="v1"}'),
    );
    expect(value('ml_model_state{model="fraud",requested="v1",state="unloaded"}')).toBe(1);
    expect(value('ml_model_state{model="broken",requested="latest",state="failed"}')).toBe(1);
    expect(value('ml_ready{}')).toBe(1);
    expect(value('ml_resident_bytes{}')).toBe(0);
    expect(value('ml_budget_bytes{}')).toBe(100);
    expect(value('ml_process_resident_bytes{}')).toBeGreaterThan(1e6);
  });

  it('gauges are read when they are scraped', async () => {
    const registry = newRegistry();
    const register = new Registry();
    stops.push(await collectPrometheus({ register, registry }));
    const scrape = async () => parseExposition(await register.metrics());
    expect((await scrape()).get('ml_ready{}')).toBe(0);
    const model = await registry.load('fraud', 'v1');
    const call = model.predict([[1]]);
    const values = await scrape();
    await call;
    expect(values.get('ml_ready{}')).toBe(1);
    expect(values.get('ml_resident_bytes{}')).toBe(60);
    expect(values.get('ml_model_resident_bytes{artefact="trained/fraud_v1.mock"}')).toBe(60);
    expect(values.get('ml_active_runs{method="predict",model="fraud",version="v1"}')).toBe(1);
    await registry.close();
    const after = await scrape();
    expect(after.get('ml_ready{}')).toBe(0);
    expect([...after.keys()].filter((key) => key.startsWith('ml_model_resident_bytes'))).toEqual([]);
  });
});

describe('without a registry', () => {
  it('the whole process is counted, and open registries are read', async () => {
    const register = new Registry();
    stops.push(await collectPrometheus({ register }));
    const [one, two] = [newRegistry(), newRegistry()];
    await one.load('fraud', 'v1');
    await two.load('fraud', 'v1');
    const before = parseExposition(await register.metrics());
    expect(before.get('ml_loads_total{model="fraud",outcome="ok",version="v1"}')).toBe(2);
    const resident = before.get('ml_resident_bytes{}') as number;
    await one.close();
    expect(parseExposition(await register.metrics()).get('ml_resident_bytes{}')).toBe(resident - 60);
    await two.close();
  });

  it("prom-client's own register and OpenTelemetry's global provider are used", async () => {
    const { provider, collect } = newMeter();
    otel.setGlobalMeterProvider(provider);
    stops.push(await collectPrometheus(), await collectOpenTelemetry());
    const registry = newRegistry();
    await registry.load('churn', 'v2');
    const series = 'ml_loads_total{model="churn",outcome="ok",version="v2"}';
    expect(parseExposition(await globalRegister.metrics()).get(series)).toBe(1);
    expect(asExposition(await collect()).get(series)).toBe(1);
    await registry.close();
  });

  it('events of workers and memory are counted as they come', async () => {
    const register = new Registry();
    stops.push(await collectPrometheus({ register }));
    const bus = new EventBus();
    const model = { model: 'fraud', version: undefined, artefact: 'trained/fraud.mock' };
    const crash = { message: '', stderr: '', inARow: 1, restartInMs: 100 };
    bus.emit('execution:crash', { ...model, place: 'process', reason: 'hang', ...crash });
    bus.emit('execution:restart', { ...model, place: 'process', durationMs: 5 });
    bus.emit('execution:moved', { ...model, from: 'inline', to: 'thread', reason: 'held', durationMs: 5 });
    bus.emit('memory:retained', { ...model, bytes: 100, returnedBytes: 30, rssBytes: 1 });
    bus.emit('memory:retained', { ...model, bytes: 100, returnedBytes: 130, rssBytes: 1 });
    const values = parseExposition(await register.metrics());
    expect(values.get('ml_worker_crashes_total{model="fraud",place="process",reason="hang"}')).toBe(1);
    expect(values.get('ml_worker_restarts_total{model="fraud",place="process"}')).toBe(1);
    expect(values.get('ml_model_moves_total{from="inline",model="fraud",to="thread"}')).toBe(1);
    expect(values.get('ml_retained_bytes_total{model="fraud"}')).toBe(70);
  });

  it('events of swaps and routes are counted as they come', async () => {
    const register = new Registry();
    stops.push(await collectPrometheus({ register }));
    const publish = (event: string, payload: object) => channel(`base-ml-service:${event}`).publish(payload);
    const model = { model: 'fraud', version: 'v2', artefact: 'trained/fraud_v2.mock' };
    publish('swap:end', { ...model, from: 'v1', to: 'v2', durationMs: 1_500 });
    publish('swap:error', { ...model, from: 'v1', to: 'v2', step: 'check', durationMs: 20 });
    publish('route:fallback', { ...model, arm: 'candidate', to: 'control', reason: 'latency' });
    publish('shadow:end', { ...model, method: 'predict', durationMs: 1, error: undefined, differs: true });
    publish('shadow:end', { ...model, method: 'predict', durationMs: 1, error: undefined, differs: false });
    publish('shadow:end', { ...model, method: 'predict', durationMs: 1, error: new Error('x'), differs: undefined });
    const routed = { ...model, method: 'predict', rows: 1, durationMs: 1, error: undefined };
    publish('predict:end', { ...routed, route: { arm: 'candidate', id: undefined } });
    const values = parseExposition(await register.metrics());
    const of = (name: string) =>
      Object.fromEntries(
        [...values].filter(([key]) => key.startsWith(`${name}{`)).map(([key, n]) => [key.slice(name.length), n]),
      );
    expect(of('ml_swaps_total')).toEqual({
      '{model="fraud",outcome="ok"}': 1,
      '{model="fraud",outcome="error",step="check"}': 1,
    });
    expect(of('ml_swap_duration_seconds_sum')).toMatchObject({ '{model="fraud",outcome="ok"}': 1.5 });
    expect(of('ml_route_fallbacks_total')).toEqual({ '{arm="candidate",model="fraud",reason="latency"}': 1 });
    expect(Object.values(of('ml_shadow_predictions_total'))).toEqual([1, 1, 1]);
    expect(of('ml_predictions_total')).toEqual({
      '{arm="candidate",method="predict",model="fraud",outcome="ok",version="v2"}': 1,
    });
  });
});

describe('stopping', () => {
  it('ends the counting, takes the metrics out, and lets one begin again', async () => {
    const register = new Registry();
    const registry = newRegistry();
    const stop = await collectPrometheus({ register, registry });
    stop();
    expect(register.getMetricsAsArray()).toEqual([]);
    const { meter, collect } = newMeter();
    (await collectOpenTelemetry({ meter }))();
    await live(registry);
    expect(asExposition((await collect()) ?? { scopeMetrics: [] })).toEqual(new Map());
    for (const event of ['predict:end', 'load:end'])
      expect(channel(`base-ml-service:${event}`).hasSubscribers).toBe(false);
    stops.push(await collectPrometheus({ register, registry }));
    expect(register.getMetricsAsArray()).toHaveLength(Object.keys(METRICS).length);
  });
});

describe('what goes wrong', () => {
  it('a package that is missing is named, with the command that installs it', async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'prom-client'\nat somewhere"));
    await expect(importPeer('prom-client', missing)).rejects.toMatchObject({
      code: 'ML_OPTIONS_DEPENDENCY_MISSING',
      message: "prom-client cannot be imported (Cannot find package 'prom-client'); run `npm install prom-client`",
      details: { package: 'prom-client' },
    });
    expect(await importPeer('x', () => Promise.resolve({ default: { a: 1 } }))).toEqual({ a: 1 });
  });

  it('two collections in one register are refused, leaving the first', async () => {
    const register = new Registry();
    stops.push(await collectPrometheus({ register }));
    await expect(collectPrometheus({ register })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining('ml_predictions_total'),
    });
    const foreign = new Registry();
    foreign.registerMetric(new Counter({ name: 'ml_swaps_total', help: 'mine', registers: [] }));
    await expect(collectPrometheus({ register: foreign })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    expect(foreign.getMetricsAsArray()).toHaveLength(1);
  });

  it('metrics that fail are a warning, and never fail the call that was counted', async () => {
    const warnings: string[] = [];
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation((text) => void warnings.push(String(text)));
    const { meter } = newMeter();
    const failing = {
      ...meter,
      createHistogram: () => ({
        record() {
          throw new Error('exporter gone');
        },
      }),
      createCounter: meter.createCounter.bind(meter),
      createObservableGauge: meter.createObservableGauge.bind(meter),
    };
    stops.push(await collectOpenTelemetry({ meter: failing }));
    const registry = newRegistry();
    expect(await registry.model('fraud', 'v1').predict([[1]])).toEqual([1]);
    warn.mockRestore();
    expect(warnings).toContainEqual(expect.stringContaining('metrics of predict:end failed: Error: exporter gone'));
    await registry.close();
  });
});
