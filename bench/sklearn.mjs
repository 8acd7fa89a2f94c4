// How do the native scikit-learn models compare with onnxruntime-node (one thread, the graph that skl2onnx makes) and
// with scikit-learn in Python? Everything through the public surface: one row as a caller writes it, an array, record or
// text; many rows of numbers as a tensor, which onnxruntime is given ready too. Models first:
//
//   uv venv .cache/bench-venv && uv pip install --python .cache/bench-venv/bin/python -r bench/python/requirements.txt
//   .cache/bench-venv/bin/python bench/python/make_models.py .cache/bench-sklearn
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { interleave, LIBRARY, median, ortNode, ratios, report, ROOT, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-sklearn');
const PYTHON = join(ROOT, '.cache/bench-venv/bin/python');
const ROUNDS = 9;
const IN_FLIGHT = 16;
const OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

if (!existsSync(join(FOLDER, 'forest.joblib'))) {
  report({
    question: 'scikit-learn models, `predictProba`',
    rows: [['not measured: see the first lines of bench/sklearn.mjs', '', '']],
  });
  process.exit();
}

const { loadModel } = await import(LIBRARY);
const ort = ortNode();

/** A Python process that measures itself, one question after the other. */
function python() {
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const child = spawn(PYTHON, [join(ROOT, 'bench/python/measure.py'), FOLDER], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async measure(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return JSON.parse((await lines.next()).value);
    },
    end: () => child.stdin.end(),
  };
}

/** What the graph is fed: one matrix, or one column per name, as the caller's rows are given. */
function feedsOf(session, rows, frame) {
  const column = (values, dtype) =>
    new ort.Tensor(dtype, dtype === 'string' ? values : Float32Array.from(values), [rows.length, 1]);
  if (frame)
    return Object.fromEntries(
      session.inputNames.map((name) => [
        name,
        column(
          rows.map((row) => row[name]),
          typeof rows[0][name] === 'string' ? 'string' : 'float32',
        ),
      ]),
    );
  const [input] = session.inputNames;
  if (typeof rows[0] === 'string') return { [input]: new ort.Tensor('string', rows, [rows.length]) };
  return { [input]: new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, rows[0].length]) };
}

/** Microseconds per call of `call(i)`, awaited. */
async function timed(calls, call) {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) await call(i);
  return ((performance.now() - startedAt) * 1000) / calls;
}

/** Microseconds per call with some always in flight. */
async function timedInFlight(calls, call) {
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return ((performance.now() - startedAt) * 1000) / calls;
}

const METHODS = { predict: 'predict', predict_proba: 'predictProba', decision_function: 'decisionFunction' };

/** `pyOne` and `pyMany` are aims against Python, the other ones against onnxruntime. */
async function measure(name, title, { one, many, oneGoal, manyGoal, inFlightGoal, pyOne, pyMany, pythonCalls = 20 }) {
  if (process.env.ONLY !== undefined && !process.env.ONLY.split(',').includes(name)) return [];
  if (!existsSync(join(FOLDER, `${name}.joblib`))) return [[`${title}: not made`, '', '', undefined]];
  const { rows, frame, method, answers } = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
  const model = await loadModel(join(FOLDER, `${name}.joblib`));
  const ask = (x) => model[METHODS[method]](x);
  const answer = await ask(rows);
  const tolerance = name === 'xgboost' ? 1e-6 : 1e-10;
  const flat = answers.flat();
  (answer.data ?? answer).forEach((value, i) => {
    if (Math.abs(value - flat[i]) > tolerance * Math.max(1, Math.abs(flat[i])))
      throw new Error(`${name}: value ${i} differs`);
  });
  const graph = join(FOLDER, `${name}.onnx`);
  const session = existsSync(graph) ? await ort.InferenceSession.create(graph, OPTIONS) : undefined;
  const output = [session?.outputNames.at(-1)];
  const all = session && feedsOf(session, rows, frame);
  const single = rows.map((row) => [row]);
  const feeds = session && single.map((row) => feedsOf(session, row, frame));
  const at = (i) => i % rows.length;
  const batch =
    typeof rows[0] === 'string' || frame
      ? rows
      : { data: Float64Array.from(rows.flat()), shape: [rows.length, rows[0].length], dtype: 'float64' };
  const worker = python();
  const contestants = {
    one: () => timed(one, (i) => ask(single[at(i)])),
    ...(session && { ortOne: () => timed(one, (i) => session.run(feeds[at(i)], output)) }),
    pyOne: () => worker.measure({ model: name, rows: 1, calls: pythonCalls }),
    many: () => timed(many, () => ask(batch)),
    ...(session && { ortMany: () => timed(many, () => session.run(all, output)) }),
    pyMany: () => worker.measure({ model: name, rows: 'all', calls: Math.max(2, Math.ceil(pythonCalls / 4)) }),
    ...(inFlightGoal !== undefined && {
      flight: () => timedInFlight(one, (i) => ask(single[at(i)])),
      ortFlight: () => timedInFlight(one, (i) => session.run(feeds[at(i)], output)),
    }),
  };
  const values = await interleave(contestants, ROUNDS);
  worker.end();
  await model.dispose();
  await session?.release();
  const line = (what, ours, goal, pyGoal) => {
    const runtime = values[`ort${ours[0].toUpperCase()}${ours.slice(1)}`];
    const over = runtime && ratios(runtime, values[ours]);
    const py = values[`py${ours[0].toUpperCase()}${ours.slice(1)}`];
    const overPy = py && ratios(py, values[ours]);
    const python = py === undefined ? '' : `; Python ${spread(py, 'us', 0)}, ${spread(overPy, 'x', 1)}`;
    const raw = runtime === undefined ? '' : `; onnxruntime ${spread(runtime, 'us')}, **${spread(over, 'x', 1)}**`;
    const aims = [
      ...(goal === undefined ? [] : [[`${goal}x onnxruntime`, median(over) >= goal]]),
      ...(pyGoal === undefined ? [] : [[`${pyGoal}x Python`, median(overPy) >= pyGoal]]),
    ];
    return [
      `${title}, ${what}`,
      `${spread(values[ours], 'us', 2)}${raw}${python}`,
      aims.map(([text]) => text).join(', '),
      aims.length === 0 ? undefined : aims.every(([, met]) => met),
    ];
  };
  return [
    line('one row', 'one', oneGoal, pyOne),
    line(`${rows.length.toLocaleString('en')} rows`, 'many', manyGoal, pyMany),
    ...(inFlightGoal === undefined ? [] : [line(`${IN_FLIGHT} calls in flight, per call`, 'flight', inFlightGoal)]),
  ];
}

const BOOSTERS = { one: 8000, many: 20, oneGoal: 4, manyGoal: 1, pyOne: 4, pyMany: 1 };
const DISTANCES = { one: 400, many: 4, pyOne: 1, pyMany: 0.5 };

report({
  question: 'scikit-learn models',
  rows: [
    ...(await measure('forest', '100 trees of depth 12', {
      one: 8000,
      many: 20,
      oneGoal: 5,
      manyGoal: 4,
      inFlightGoal: 5,
      pythonCalls: 8,
    })),
    ...(await measure('logistic', 'LogisticRegression', { one: 40_000, many: 300, pythonCalls: 100 })),
    ...(await measure('fraud', 'ColumnTransformer and LogisticRegression, records', {
      one: 8000,
      many: 30,
      oneGoal: 8,
    })),
    ...(await measure('hist', 'HistGradientBoosting, 100 iterations', { one: 8000, many: 20, oneGoal: 4 })),
    ...(await measure('texts', 'TfidfVectorizer and LogisticRegression, short texts', {
      one: 8000,
      many: 10,
      pyOne: 5,
      pyMany: 1,
    })),
    ...(await measure('xgboost', 'XGBClassifier, 100 trees', BOOSTERS)),
    ...(await measure('lightgbm', 'LGBMClassifier, 100 trees', BOOSTERS)),
    ...(await measure('neighbors', 'KNeighborsClassifier, 2,000 points by brute force', DISTANCES)),
    ...(await measure('neighbors-tree', 'KNeighborsClassifier, 2,000 points in a tree', DISTANCES)),
    ...(await measure('svc', 'SVC, rbf', DISTANCES)),
    ...(await measure('svc-proba', 'SVC with probabilities', DISTANCES)),
    ...(await measure('gaussian-process', 'GaussianProcessRegressor, 500 points', DISTANCES)),
    ...(await measure('gaussian-classifier', 'GaussianProcessClassifier, 500 points', DISTANCES)),
  ],
});
