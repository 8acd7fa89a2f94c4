// Shows the library at work on the sample models: `npm run demo`. Exit status 1 if a prediction
// differs from Python's by more than the sample allows, or if the tampered file is not refused.
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODELS = join(ROOT, 'models');

if (!existsSync(join(ROOT, 'dist', 'index.js'))) {
  console.log('building the library first ...');
  execSync('npm run build --silent', { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
const { BaseMLService, MLServiceRegistry } = await import('../dist/index.js');

class FraudService extends BaseMLService {
  modelName = 'fraud_detector';
  modelVersion = 'v1';
}
class NewFraudService extends BaseMLService {
  modelName = 'fraud_detector';
  modelVersion = 'v2';
}
class TumorService extends BaseMLService {
  modelName = 'tumor_classifier';
}
class DiabetesService extends BaseMLService {
  modelName = 'diabetes_regressor';
}
class DigitsService extends BaseMLService {
  modelName = 'digits_mlp';
}

let wrong = 0;
const print = (text = '') => console.log(text);
const title = (text) => print(`\n${text}\n${'-'.repeat(text.length)}`);
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const size = (bytes) =>
  bytes < 1e3 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
const number = (value) =>
  typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(9) : String(value);

/** Rows of text as aligned columns, numbers to the right. */
function table(rows, indent = '  ') {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      typeof cell === 'number' || /^[-\d.]+( |$)/.test(cell)
        ? String(cell).padStart(widths[column])
        : String(cell).padEnd(widths[column]),
    );
    print((indent + cells.join('  ')).trimEnd());
  }
}

/** Rows with what Python predicted for them, stored when the model was trained. */
async function sample(name) {
  const { input, expected, rtol } = JSON.parse(await readFile(join(MODELS, 'samples', `${name}.json`), 'utf8'));
  const rows = Array.isArray(input)
    ? input
    : input.data.map((values) => Object.fromEntries(values.map((value, i) => [input.columns[i], value])));
  return { rows, expected, rtol };
}

/** The largest difference between two lists of numbers, relative to numbers above one; counts it if it is too large. */
function compare(got, want, rtol) {
  const differences = want.flat().map((value, i) => {
    const ours = got.flat()[i];
    if (typeof value !== 'number') return ours === value ? 0 : Infinity;
    return Object.is(ours, value) ? 0 : Math.abs(ours - value) / Math.max(1, Math.abs(value));
  });
  const largest = got.flat().length === want.flat().length ? Math.max(...differences) : Infinity;
  if (!(largest <= rtol)) wrong += 1;
  return largest;
}

const verdict = (largest, rtol) =>
  `${largest === 0 ? 'equal' : `largest difference ${largest.toExponential(1)}`}${largest <= rtol ? '' : '   WRONG'}`;

const registry = new MLServiceRegistry({ modelsDir: MODELS });
const startedAt = performance.now();
const events = [];
const loads = new Map();
for (const name of [
  'health:change',
  'load:start',
  'verify:end',
  'load:end',
  'cache:hit',
  'unload:end',
  'predict:end',
  'model:warning',
]) {
  registry.on(name, (payload) => {
    events.push({ at: performance.now() - startedAt, name, payload });
    if (name === 'load:end') loads.set(payload.artefact, payload);
  });
}

print('base-ml-service: models trained in Python, running in this Node process');

title('Which file, and why');
for (const [name, version] of [
  ['tumor_classifier', 'latest'],
  ['fraud_detector', 'v1'],
]) {
  const { candidates } = await registry.explain(name, version);
  print(`${name} ${version}`);
  table(candidates.map(({ id, chosen, reason }) => [chosen ? '>' : ' ', basename(id), reason]));
}

title("Predictions beside Python's");
const services = [
  [registry.create(FraudService), 'fraud_detector_v1_20240101'],
  [registry.create(TumorService), 'tumor_classifier_v1_20240220'],
  [registry.create(DiabetesService), 'diabetes_regressor_v1.0.0_20240201'],
  [registry.create(DigitsService), 'digits_mlp_v1_20240210'],
];
const speeds = [];
for (const [service, name] of services) {
  const { rows, expected, rtol } = await sample(name);
  const from = performance.now();
  const labels = await service.model.predict(rows);
  const first = performance.now() - from;
  const probabilities = expected.predict_proba && (await service.model.predictProba(rows)).toArray();

  const load = loads.get(service.health().artefact);
  const phases = Object.entries(load.phases).map(([phase, time]) => `${phase} ${ms(time)}`);
  print(
    `${service.modelName} ${load.version}: ${load.artefact}, ${size(load.bytes)} in memory, sha256 ${load.verified ? 'verified' : 'not known'}`,
  );
  print(`  loaded in ${ms(load.durationMs)}: ${phases.join(', ')}`);
  const shown = labels.slice(0, 3).map((label, i) => {
    const top = probabilities && Math.max(...probabilities[i]);
    const theirs = probabilities && Math.max(...expected.predict_proba[i]);
    return [
      `row ${i}`,
      number(label),
      top === undefined ? '' : number(top),
      'Python:',
      number(expected.predict[i]),
      theirs === undefined ? '' : number(theirs),
    ];
  });
  table(shown);
  print(`  ${rows.length} rows, predict: ${verdict(compare(labels, expected.predict, rtol), rtol)}`);
  if (probabilities)
    print(
      `  ${rows.length} rows, predictProba: ${verdict(compare(probabilities, expected.predict_proba, rtol), rtol)}`,
    );

  const times = [];
  for (let i = 0; i < 500; i++) {
    const start = performance.now();
    await service.model.predict([rows[0]]);
    times.push(performance.now() - start);
  }
  speeds.push([service.modelName, first, times.sort((a, b) => a - b)[250]]);
}

title('First call against a cached one');
table([
  ['model', 'first call, loads', 'cached, one row', ''],
  ...speeds.map(([name, first, cached]) => [
    name,
    ms(first),
    `${(cached * 1000).toFixed(0)} us`,
    `${(first / cached).toFixed(0)} times faster`,
  ]),
]);

title('Events of tumor_classifier, until its first prediction');
const ours = events.filter(({ payload }) => payload.model === 'tumor_classifier');
const lines = {
  'health:change': ({ from, to }) => `${from} -> ${to}`,
  'load:start': ({ requested, artefact }) => `${requested}: ${artefact}`,
  'verify:end': ({ result, algorithm, durationMs }) => `${algorithm} ${result}, ${ms(durationMs)}`,
  'load:end': ({ format, engine, durationMs }) => `${format} on ${engine}, ${ms(durationMs)}`,
  'predict:end': ({ method, rows, durationMs }) => `${method}, ${rows} rows, ${ms(durationMs)}`,
};
table(
  ours
    .slice(0, ours.findIndex(({ name }) => name === 'predict:end') + 1)
    .map(({ at, name, payload }) => [ms(at), name, lines[name]?.(payload) ?? payload.message ?? '']),
);

title('The second version, by name');
{
  const { rows, expected, rtol } = await sample('fraud_detector_v2_20240301');
  const old = (await registry.create(FraudService).model.predictProba(rows)).toArray();
  const service = registry.create(NewFraudService);
  const fresh = (await service.model.predictProba(rows)).toArray();
  print(`v1: ${(await registry.resolve('fraud_detector', 'v1')).id}`);
  print(`v2: ${(await registry.resolve('fraud_detector', 'v2')).id}`);
  table(
    rows
      .slice(0, 3)
      .map((row, i) => [
        `${row.amount} ${row.merchant_category}`,
        `v1 says ${number(old[i][1])}`,
        `v2 says ${number(fresh[i][1])}`,
      ]),
  );
  print(`  ${rows.length} rows, predictProba of v2: ${verdict(compare(fresh, expected.predict_proba, rtol), rtol)}`);
}

title('A preprocessing artefact');
{
  const { rows, expected, rtol } = await sample('scaler');
  const scaled = (await services[1][0].preprocessor('scaler').transform(rows)).toArray();
  table([
    ['row 0', ...rows[0].slice(0, 4).map(number), '...'],
    ['scaled', ...scaled[0].slice(0, 4).map(number), '...'],
    ['Python', ...expected.transform[0].slice(0, 4).map(number), '...'],
  ]);
  print(`  ${rows.length} rows, transform: ${verdict(compare(scaled, expected.transform, rtol), rtol)}`);
}

title('A tampered file is refused');
{
  const copy = await mkdtemp(join(tmpdir(), 'base-ml-service-demo-'));
  try {
    for (const folder of ['trained', 'metadata'])
      await cp(join(MODELS, folder), join(copy, folder), { recursive: true });
    const path = join(copy, 'trained', 'fraud_detector_v1_20240101.onnx');
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(path, bytes);
    print(`one bit of ${basename(path)} flipped in a copy`);
    const tampered = new MLServiceRegistry({ modelsDir: copy });
    try {
      await tampered.create(FraudService).model.predict([{}]);
      print('  WRONG: it was loaded');
      wrong += 1;
    } catch (error) {
      print(`  ${error.code}: ${error.message.replaceAll(copy, '.')}`);
      if (error.code !== 'ML_CHECKSUM_MISMATCH') wrong += 1;
    } finally {
      await tampered.close();
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

title('Health and memory');
const { status, models, memory } = registry.health();
print(
  `${status}; ${size(memory.residentBytes)} of models resident, budget ${(memory.budgetBytes / 1e9).toFixed(1)} GB`,
);
table(
  models.map(({ name, version, state, artefact }) => [
    name,
    version,
    state,
    artefact ?? '',
    artefact ? size(memory.perModel[artefact] ?? 0) : '',
  ]),
);
await registry.close();
print(`closed: ${size(registry.health().memory.residentBytes)} resident`);

print(wrong === 0 ? "\nEvery prediction agrees with Python's." : `\n${wrong} WRONG`);
process.exitCode = wrong === 0 ? 0 : 1;
