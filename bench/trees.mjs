// How fast are the native tree estimators against onnxruntime-node with one thread on the same model? Both compute
// probabilities from numbers that are already in place. Make the models first:
//
//   python bench/make_tree_models.py .cache/bench-trees
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { interleave, median, ortNode, ratios, report, ROOT, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-trees');
const ROUNDS = 15;
const ROWS = 1000;
const FEATURES = 30;
const ONE_CALLS = 3_000;
const BATCH_CALLS = 10;

const QUESTION = 'Native trees against onnxruntime-node, one thread';
if (!existsSync(join(FOLDER, 'forest-12.pkl'))) {
  report({ question: QUESTION, rows: [['no models', 'make them with bench/make_tree_models.py', '', undefined]] });
  process.exit();
}

/** The inside of the library, as it is in the sources: the estimators are no part of its surface. */
async function inside() {
  const outfile = join(FOLDER, 'inside.mjs');
  await build({
    stdin: {
      contents: `
        export { readPythonFile } from './src/formats/joblib/read-python-file.ts';
        export { ConstructContext } from './src/sklearn/base/construct.ts';
        export { TREE } from './src/sklearn/tree/table.ts';
        export { ENSEMBLE } from './src/sklearn/ensemble/table.ts';
        export { DenseMatrix } from './src/data/dataset.ts';`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

const { readPythonFile, ConstructContext, TREE, ENSEMBLE, DenseMatrix } = await inside();
const ort = ortNode();
const options = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

async function timed(calls, call) {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) await call(i);
  return ((performance.now() - startedAt) * 1000) / calls;
}

function timedSync(calls, call) {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) call(i);
  return ((performance.now() - startedAt) * 1000) / calls;
}

/** `goals`: microseconds for one row, milliseconds for many, and how many times as fast; none where nothing was set. */
async function measure(name, goals) {
  const expected = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
  const bytes = readFileSync(join(FOLDER, `${name}.pkl`));
  const readAt = performance.now();
  const { root } = await readPythonFile(bytes);
  const builtAt = performance.now();
  const model = new ConstructContext(new Map([...TREE, ...ENSEMBLE])).construct(root, { path: '', version: undefined });
  const loaded = performance.now();
  const data = Float64Array.from(expected.rows);
  const many = new DenseMatrix(ROWS, FEATURES, data);
  const rows = Array.from({ length: ROWS }, (_, i) => data.subarray(i * FEATURES, (i + 1) * FEATURES));
  const worst = model
    .predictProba(many)
    .data.reduce((most, p, i) => Math.max(most, Math.abs(p - expected.proba[i])), 0);
  if (worst > 1e-12) throw new Error(`${name} differs from scikit-learn by ${worst}`);

  const session = await ort.InferenceSession.create(join(FOLDER, `${name}.onnx`), options);
  const [input] = session.inputNames;
  const output = [session.outputNames.at(-1)];
  const tensor = (values) => new ort.Tensor('float32', Float32Array.from(values), [values.length / FEATURES, FEATURES]);
  const tensors = rows.map(tensor);
  const all = tensor(data);

  const values = await interleave(
    {
      one: () => timedSync(ONE_CALLS, (i) => model.predictProba(new DenseMatrix(1, FEATURES, rows[i % ROWS]))),
      ortOne: () => timed(ONE_CALLS, (i) => session.run({ [input]: tensors[i % ROWS] }, output)),
      many: () => timedSync(BATCH_CALLS, () => model.predictProba(many)),
      ortMany: () => timed(BATCH_CALLS, () => session.run({ [input]: all }, output)),
    },
    ROUNDS,
  );
  const faster = (slow, fast) => ratios(values[slow], values[fast]);
  const inMs = (list) => list.map((us) => us / 1000);
  const atMost = (list, goal, unit) =>
    goal === undefined ? ['', undefined] : [`at most ${goal} ${unit}`, median(list) <= goal];
  const atLeast = (list, goal) => (goal === undefined ? ['', undefined] : [`${goal}x`, median(list) >= goal]);
  const load = `${(builtAt - readAt).toFixed(0)} ms, ${(loaded - builtAt).toFixed(0)} ms; ${model.byteSize} bytes`;
  const [one, batch] = [faster('ortOne', 'one'), faster('ortMany', 'many')];
  return [
    [`${name}: read, build`, load, '', undefined],
    [`${name}: one row`, spread(values.one, 'us', 2), ...atMost(values.one, goals?.one, 'us')],
    [`${name}: one row, onnxruntime`, spread(values.ortOne, 'us', 2), '', undefined],
    [`${name}: one row, faster by`, spread(one, 'x'), ...atLeast(one, goals?.oneRatio)],
    [`${name}: ${ROWS} rows`, spread(inMs(values.many), 'ms', 3), ...atMost(inMs(values.many), goals?.many, 'ms')],
    [`${name}: ${ROWS} rows, onnxruntime`, spread(inMs(values.ortMany), 'ms', 3), '', undefined],
    [`${name}: ${ROWS} rows, faster by`, spread(batch, 'x'), ...atLeast(batch, goals?.manyRatio)],
  ];
}

const rows = [
  ...(await measure('forest-12', { one: 5, oneRatio: 5, many: 1.7, manyRatio: 4 })),
  ...(await measure('forest-6', { one: 5, oneRatio: 5, many: 1.7, manyRatio: 4 })),
  ...(await measure('forest-full')),
  ...(await measure('hist-boosting', { oneRatio: 4 })),
];
report({ question: QUESTION, rows });
