// How fast are CatBoost models against CatBoost's Python package with one thread? Both are asked for probabilities by
// their public surface; what counts is the processor's time, as the two are not measured next to each other. Make the
// models first, which measures Python's side:
//
//   python bench/make_catboost_models.py .cache/bench-catboost
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, LIBRARY, median, report, ROOT, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-catboost');
const ROUNDS = 15;
const ONE_CALLS = 3_000;
const BATCH_CALLS = 10;
const QUESTION = 'CatBoost models against the Python package, one thread';

if (!existsSync(join(FOLDER, 'numeric-100.cbm'))) {
  report({ question: QUESTION, rows: [['no models', 'make them with bench/make_catboost_models.py', '', undefined]] });
  process.exit();
}
const { loadModel } = await import(LIBRARY);

/** Microseconds of the processor per call of `call`. */
async function busy(call, calls) {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

async function measure(name) {
  const python = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
  const model = await loadModel(join(FOLDER, `${name}.cbm`));
  const { rows } = python;
  const { data } = await model.predictProba(rows);
  const worst = data.reduce((most, p, i) => Math.max(most, Math.abs(p - python.proba[i >> 1][i & 1])), 0);
  if (worst > 1e-12) throw new Error(`${name} differs from CatBoost by ${worst}`);
  const singles = rows.map((row) => [row]);
  let next = 0;
  const values = await interleave(
    {
      one: () => busy(() => model.predictProba(singles[next++ % singles.length]), ONE_CALLS),
      many: async () => (await busy(() => model.predictProba(rows), BATCH_CALLS)) / 1000,
    },
    ROUNDS,
  );
  await model.dispose();
  const [one, many] = [python.us / median(values.one), python.ms / median(values.many)];
  return [
    [`${name}: one row`, spread(values.one, 'us'), '', undefined],
    [`${name}: one row, Python ${python.us.toFixed(0)} us, faster by`, `${one.toFixed(1)} x`, 'at least 4x', one >= 4],
    [`${name}: 1000 rows`, spread(values.many, 'ms', 2), '', undefined],
    [
      `${name}: 1000 rows, Python ${python.ms.toFixed(2)} ms, faster by`,
      `${many.toFixed(2)} x`,
      'at least 1x',
      many >= 1,
    ],
  ];
}

const rows = [];
for (const name of ['numeric-100', 'numeric-1000', 'lossguide-100', 'categories-100'])
  rows.push(...(await measure(name)));
report({ question: QUESTION, rows });
