// What happens to the event loop, and to another model's calls, while a large ONNX model (285 MB) is loaded and run?
// Each contestant in a fresh process; the loop is sampled by immediates, so that a hold at the start counts too. `quiet`
// shows what the machine itself does, and `neighbour` what it does to a process that does nothing of the kind while
// another one loads and runs the model: caches and memory are shared, so that no placement does better than that.
import { join } from 'node:path';
import { LIBRARY, median, MODELS, ratios, report, ROOT, runNode, spread } from './harness.mjs';
import { bigModel, BIG_WIDTH } from './peers/big-model.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const big = bigModel(join(ROOT, '.cache/bench-peers/big.onnx'));
const small = join(MODELS, 'trained/digits_mlp_v1_20240210.onnx');

const program = (work) => `
import { createRequire } from 'node:module';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadModel } from ${JSON.stringify(LIBRARY)};
const require = createRequire(${JSON.stringify(import.meta.url)});
const small = await loadModel(${JSON.stringify(small)});
const row = Array(64).fill(1);
for (let i = 0; i < 500; i++) await small.predict([row]);
await new Promise((resolve) => setTimeout(resolve, 100));
let longest = 0, last = performance.now(), going = true;
const turn = () => {
  const now = performance.now();
  if (going) longest = Math.max(longest, now - last);
  last = now;
  if (going) setImmediate(turn);
};
setImmediate(turn);
const times = [];
const traffic = (async () => { while (going) { const t = performance.now(); await small.predict([row]); times.push(performance.now() - t); await new Promise((r) => setTimeout(r, 1)); } })();
const rows = { data: new Float32Array(32 * ${BIG_WIDTH}).fill(0.5), shape: [32, ${BIG_WIDTH}], dtype: 'float32' };
const startedAt = performance.now();
const phase = {};
${work}
const ms = performance.now() - startedAt;
await new Promise((resolve) => setImmediate(resolve));
going = false;
await traffic;
const p99Of = (list) => list.sort((a, b) => a - b)[Math.floor(list.length * 0.99)];
console.log(JSON.stringify({ ms, longest, p99: p99Of(times), ...phase }));
process.exit(0);`;

const raw = `const ort = require('onnxruntime-node');
const session = await ort.InferenceSession.create(${JSON.stringify(big)}, { intraOpNumThreads: 1 });
for (let i = 0; i < 5; i++) await session.run({ x: new ort.Tensor('float32', rows.data, rows.shape) });`;
const alone = `const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(import.meta.url)});
const rows = { data: new Float32Array(32 * ${BIG_WIDTH}).fill(0.5), shape: [32, ${BIG_WIDTH}] };
${raw}
process.exit(0);`;

const CODE = {
  quiet: program('await new Promise((resolve) => setTimeout(resolve, 1500));'),
  neighbour: program(
    `await once(spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(alone)}], { stdio: 'inherit' }), 'exit');`,
  ),
  raw: program(raw),
  auto: program(`const model = await loadModel(${JSON.stringify(big)}, { on: { 'load:end': ({ place }) => { phase.place = place; } } });
for (let i = 0; i < 5; i++) await model.run({ x: rows });`),
  process: program(`const model = await loadModel(${JSON.stringify(big)}, { execution: { place: 'process' } });
for (let i = 0; i < 5; i++) await model.run({ x: rows });`),
};

const results = Object.fromEntries(Object.keys(CODE).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, code] of Object.entries(CODE)) {
    const { stdout } = await runNode(['--input-type=module', '-e', code]);
    results[name].push(JSON.parse(stdout));
  }
}
const of = (name, key) => results[name].map((one) => one[key]);
const labels = {
  quiet: 'nothing else',
  neighbour: 'onnxruntime-node in a process that has nothing to do with this one',
  raw: 'onnxruntime-node here',
  auto: 'the library, place by itself',
  process: 'the library, in a process',
};
report({
  question: 'The event loop while a model of 285 MB is loaded and run 5 times',
  rows: Object.entries(labels).flatMap(([name, label]) => [
    [
      `${label}${name === 'auto' ? ` (${results.auto[0].place})` : ''}: longest hold of the loop`,
      `${spread(of(name, 'longest'), 'ms')}; in all ${spread(of(name, 'ms'), 'ms', 0)}`,
      ...(name === 'auto' ? ['below 8 ms', median(of(name, 'longest')) < 8] : ['']),
    ],
    [
      "... another model's p99",
      ['quiet', 'neighbour'].reduce(
        (text, other) => `${text}, ${spread(ratios(of(name, 'p99'), of(other, 'p99')), 'x')} ${other}`,
        spread(of(name, 'p99'), 'ms', 2),
      ),
      ...(name === 'auto' ? ['1.5x quiet', median(ratios(of(name, 'p99'), of('quiet', 'p99'))) <= 1.5] : ['']),
    ],
  ]),
});
