// What does comparing rows with a contract cost? Per row, against zod on the same rules and against not looking; then a
// whole call through a registry with and without.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave, LIBRARY, median, MODELS, perCall, ratios, report, spread } from './harness.mjs';

const { compileInputContract, MLServiceRegistry } = await import(LIBRARY);
const ROWS = 1_000;
const table = [];

/** Features that are bounded numbers, plain numbers and texts of a list, in turn. */
function subject(width) {
  const rules = {};
  const row = {};
  for (let i = 0; i < width; i++) {
    const name = `feature_${i}`;
    rules[name] = [{ type: 'number', min: 0, max: 1e6 }, { type: 'number' }, { type: 'string', enum: ['a', 'b', 'c'] }][
      i % 3
    ];
    row[name] = i % 3 === 2 ? 'b' : i + 0.5;
  }
  const contract = compileInputContract({ featureNames: Object.keys(rules) }, { input_schema: rules });
  const rows = Array.from({ length: ROWS }, () => ({ ...row }));
  return { contract, rows };
}

/** Microseconds per row of something that looks at all of them. */
function perRow(look) {
  const startedAt = performance.now();
  for (let i = 0; i < 20; i++) look();
  return ((performance.now() - startedAt) * 1000) / (20 * ROWS);
}

for (const width of [5, 30, 200]) {
  const { contract, rows } = subject(width);
  const schema = await contract.zod();
  const times = await interleave(
    {
      contract: async () => perRow(() => contract.validate(rows)),
      zod: async () => perRow(() => rows.forEach((row) => schema.parse(row))),
    },
    9,
  );
  const against = ratios(times.contract, times.zod);
  table.push(
    [`records of ${width} features: the contract`, spread(times.contract, 'us a row', 2), ''],
    [`records of ${width} features: zod, the same rules`, spread(times.zod, 'us a row', 2), ''],
    ['... the contract beside it', spread(against, 'times', 2), 'less than zod', median(against) < 1],
  );
}

const samples = JSON.parse(await readFile(join(MODELS, 'samples', 'tumor_classifier_v1_20240220.json'), 'utf8'));
const row = [samples.input[0]];
const path = join(MODELS, 'trained', 'tumor_classifier_v1_20240220.pkl');
const modelOf = async (validateInput) => {
  const registry = new MLServiceRegistry({
    models: { tumor_classifier: { path } },
    ...(validateInput && { validateInput }),
  });
  const model = registry.model('tumor_classifier');
  await model.predict(row);
  return { registry, model };
};
const [off, on] = [await modelOf(), await modelOf('error')];
const calls = await interleave(
  { off: () => perCall(() => off.model.predict(row), 20_000), on: () => perCall(() => on.model.predict(row), 20_000) },
  9,
);
table.push(
  ['one row of 30 numbers through a registry, `validateInput: off`', spread(calls.off, 'us a call', 2), ''],
  ['... `validateInput: error`', spread(calls.on, 'us a call', 2), ''],
);
await Promise.all([off.registry.close(), on.registry.close()]);
report({ question: 'Rows compared with their contract', rows: table });
