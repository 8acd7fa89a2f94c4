// What do metrics cost a call? One row on a loaded native model that answers at once (the worst case: nothing else to
// hide behind), with nobody listening, with the library's own counting, with prom-client and with OpenTelemetry.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  MeterProvider,
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Registry } from 'prom-client';
import { differences, interleave, LIBRARY, median, MODELS, report, spread } from './harness.mjs';

const { collectOpenTelemetry, collectPrometheus, MLServiceRegistry } = await import(LIBRARY);
const CALLS = 20_000;
const FILE = 'tumor_classifier_v1_20240220';
const models = { tumor_classifier: { path: join(MODELS, 'trained', `${FILE}.pkl`) } };
const rows = [JSON.parse(await readFile(join(MODELS, 'samples', `${FILE}.json`), 'utf8')).input[0]];

const reader = new PeriodicExportingMetricReader({
  exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
  exportIntervalMillis: 1e9,
});
const provider = new MeterProvider({ readers: [reader] });
const meter = provider.getMeter('bench');
const register = new Registry();

/** Microseconds of processor time per call, which other processes disturb less than the wall's clock. */
async function perCall(call, calls) {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** A registry whose model is loaded and warm. */
async function warm() {
  const registry = new MLServiceRegistry({ modelsDir: MODELS, models });
  const model = registry.model('tumor_classifier');
  for (let i = 0; i < 2_000; i++) await model.predict(rows);
  return { registry, model };
}
// What counts by itself never stops, so it has a registry of its own.
const [plain, counted] = [await warm(), await warm()];
counted.registry.metrics();

/** One round while somebody collects. */
async function during(collect) {
  const stop = await collect();
  for (let i = 0; i < 500; i++) await plain.model.predict(rows);
  const time = await perCall(() => plain.model.predict(rows), CALLS);
  stop();
  return time;
}

const times = await interleave(
  {
    nobody: () => perCall(() => plain.model.predict(rows), CALLS),
    own: () => perCall(() => counted.model.predict(rows), CALLS),
    prometheus: () => during(() => collectPrometheus({ register })),
    opentelemetry: () => during(() => collectOpenTelemetry({ meter })),
  },
  15,
);

const stop = await collectPrometheus({ register });
await plain.model.predict(rows);
const scrapes = await interleave(
  {
    own: () => perCall(async () => counted.registry.metrics().exposition(), 200),
    prometheus: () => perCall(() => register.metrics(), 200),
  },
  9,
);
stop();
await Promise.all([plain.registry.close(), counted.registry.close(), provider.shutdown()]);

const over = (name) => differences(times[name], times.nobody);
const row = (what, name, goal) => [
  `... ${what}`,
  spread(over(name), 'us more', 2),
  goal === undefined ? '' : `at most ${goal} us`,
  goal === undefined ? undefined : median(over(name)) <= goal,
];
report({
  question: 'What metrics cost a call of one row',
  rows: [
    ['nobody listens', spread(times.nobody, 'us of processor', 2), ''],
    row('`registry.metrics()`', 'own', 1),
    row('`collectPrometheus()`', 'prometheus', 3),
    // Its SDK writes the attributes of each measurement as a text; that is not ours to bound.
    row('`collectOpenTelemetry()`', 'opentelemetry'),
    ['a scrape of `registry.metrics()`, one model', spread(scrapes.own, 'us of processor', 0), ''],
    ['a scrape of prom-client, one model', spread(scrapes.prometheus, 'us of processor', 0), ''],
  ],
});
