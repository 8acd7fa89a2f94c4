// What does a scikit-learn forest cost a fresh process: time to the first prediction, resident memory, and, for a joblib
// file of 100 MB, the peak of memory and the longest hold of the event loop while it is read? Models as for sklearn.mjs.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { differences, interleave, LIBRARY, median, report, ROOT, runNode, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-sklearn');
const PYTHON = join(ROOT, '.cache/bench-venv/bin/python');
const ROUNDS = 9;
const LARGE_ROUNDS = 3;

if (!existsSync(join(FOLDER, 'large.joblib'))) {
  report({
    question: 'scikit-learn forest in a fresh process',
    rows: [['not measured: see the first lines of bench/sklearn.mjs', '', '']],
  });
  process.exit();
}

const forest = join(FOLDER, 'forest.joblib');
const large = join(FOLDER, 'large.joblib');
const module = (code) => ['--expose-gc', '--input-type=module', '-e', code];
const RESIDENT = 'console.log(JSON.stringify({ rss: process.memoryUsage().rss / 1e6 }));';
const EMPTY = RESIDENT;
const NATIVE = `import { loadModel } from ${JSON.stringify(LIBRARY)};
  const model = await loadModel(${JSON.stringify(forest)});
  await model.predict([Array(30).fill(0.5)]);
  ${RESIDENT}`;
const PYTHON_CODE = `import joblib, numpy
joblib.load(${JSON.stringify(forest)}).predict(numpy.full((1, 30), 0.5))`;

// The longest wait between two turns of the event loop, sampled by immediates, so that a hold at the start counts too.
const LARGE = `import { loadModel } from ${JSON.stringify(LIBRARY)};
  globalThis.gc();
  const before = process.memoryUsage().rss;
  let peak = before, longest = 0, last = performance.now(), reading = true;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    peak = Math.max(peak, process.memoryUsage.rss());
    last = performance.now();
    if (reading) setImmediate(turn);
  };
  setImmediate(turn);
  const startedAt = performance.now();
  const model = await loadModel(${JSON.stringify(large)});
  const ms = performance.now() - startedAt;
  await new Promise((resolve) => setImmediate(resolve));
  reading = false;
  await model.predict([Array(12).fill(0.5)]);
  globalThis.gc();
  const kept = process.memoryUsage().rss - before;
  // The kernel's own high-water mark also sees what lies between two turns.
  const highest = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ ms, longest, peak: (Math.max(peak, highest) - before) / 1e6, kept: kept / 1e6 }));`;

const memory = { empty: [], native: [] };
async function node(name, code) {
  const { ms, stdout } = await runNode(module(code));
  memory[name].push(JSON.parse(stdout).rss);
  return ms;
}

function runPython() {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(PYTHON, ['-W', 'ignore', '-c', PYTHON_CODE], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(performance.now() - startedAt) : reject(new Error(`Python ended with ${code}`)),
    );
  });
}

const times = await interleave(
  { empty: () => node('empty', EMPTY), native: () => node('native', NATIVE), python: runPython },
  ROUNDS,
);
const startOver = differences(times.native, times.empty);
const residentOver = differences(memory.native, memory.empty);

const reads = [];
for (let i = 0; i < LARGE_ROUNDS; i++) reads.push(JSON.parse((await runNode(module(LARGE))).stdout));
const of = (key) => reads.map((read) => read[key]);
const size = statSync(large).size / 1e6;
const times2 = of('peak').map((peak) => peak / size);

report({
  question: 'scikit-learn forest in a fresh process',
  rows: [
    ['empty Node process', spread(times.empty, 'ms', 0), ''],
    ['load the forest (8 MB), predict, end', spread(times.native, 'ms', 0), ''],
    ['... over an empty process', spread(startOver, 'ms', 0), 'at most 60 ms', median(startOver) <= 60],
    ['the same in Python', spread(times.python, 'ms', 0), ''],
    [
      'resident memory over an empty process',
      spread(residentOver, 'MB', 0),
      'at most 60 MB',
      median(residentOver) <= 60,
    ],
    [`joblib forest of ${size.toFixed(0)} MB: time to read`, spread(of('ms'), 'ms', 0), ''],
    ['... peak of memory over its size', spread(times2, 'x', 2), 'below 2x', median(times2) < 2],
    ['... memory after reading', spread(of('kept'), 'MB', 0), ''],
    [
      '... longest hold of the event loop',
      spread(of('longest'), 'ms', 1),
      'at most 10 ms',
      median(of('longest')) <= 10,
    ],
  ],
});
