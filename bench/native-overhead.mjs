// What does a service add to a native model that is loaded? Against the loaded model's own method, without leases, events
// or promises; one row, by the processor's clock of this process as well as by the wall's.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { differences, interleave, LIBRARY, median, MODELS, report, spread } from './harness.mjs';

const { BaseMLService, MLServiceRegistry } = await import(LIBRARY);
const CALLS = 20_000;
const FILES = { tumor_classifier: 'tumor_classifier_v1_20240220', digits_mlp: 'digits_mlp_v1_20240210' };
const pathOf = (file) => join(MODELS, 'trained', `${file}.pkl`);
const paths = Object.fromEntries(Object.entries(FILES).map(([name, file]) => [name, { path: pathOf(file) }]));
const registry = new MLServiceRegistry({ modelsDir: MODELS, models: paths });
const loader = await registry.loaders.get('pickle');
const table = [];

/** Microseconds of processor time per call. */
async function cpuPerCall(call) {
  const before = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

for (const [name, file] of Object.entries(FILES)) {
  class Service extends BaseMLService {
    modelName = name;
  }
  const bytes = new Uint8Array(await readFile(pathOf(file)));
  const loaded = await loader.load({
    artefact: {
      kind: 'file',
      name: `${file}.pkl`,
      path: undefined,
      bytes,
      size: bytes.length,
      sha256: '',
      entries: [],
    },
    metadata: undefined,
    options: {},
    limits: registry.config.limits,
    signal: new AbortController().signal,
    phase: () => undefined,
    extraFeatures: 'ignore',
    warn: () => undefined,
  });
  const rows = [JSON.parse(await readFile(join(MODELS, 'samples', `${file}.json`), 'utf8')).input[0]];
  const { model } = registry.create(Service);
  await model.predict(rows);
  const times = await interleave(
    {
      // Awaited too: so is every call of a caller.
      estimator: () => cpuPerCall(() => Promise.resolve(loaded.predict(rows, {}))),
      service: () => cpuPerCall(() => model.predict(rows)),
    },
    15,
  );
  const over = differences(times.service, times.estimator);
  table.push(
    [
      `${name} (${model.info.format}): the loaded model's own \`predict\``,
      spread(times.estimator, 'us of processor', 2),
      '',
    ],
    [`${name}: service \`predict\``, spread(times.service, 'us of processor', 2), ''],
    ['... above the model itself', spread(over, 'us', 2), 'at most 1 us', median(over) <= 1],
  );
}
await registry.close();
report({ question: 'One row on a loaded native model', rows: table });
