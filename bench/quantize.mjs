// What do smaller weights give, and what do they cost in answers? Dense networks with weights in 8 bits and in half
// precision, by this library and by onnxruntime's own Python tools (version in the result), all run by the same
// onnxruntime-node. First: `uv` on the path; the Python environment is made below .cache/bench-quantize.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave, LIBRARY, ortNode, perCall, ratios, report, ROOT, spread } from './harness.mjs';
import { denseNetwork } from './peers/dense-network.mjs';

const { quantizeModel } = await import(LIBRARY);
const ort = ortNode();
const FOLDER = join(ROOT, '.cache/bench-quantize');
const MODELS = join(FOLDER, 'models');
const python = join(FOLDER, 'python/bin/python');
const PACKAGES = ['onnx==1.19.1', 'onnxruntime==1.23.2', 'onnxconverter-common==1.16.0', 'numpy<2.4'];
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: ROOT });
if (!existsSync(python)) run('uv', 'venv', '--python', '3.11', join(FOLDER, 'python'));
run('uv', 'pip', 'install', '--quiet', '--python', python, ...PACKAGES);
rmSync(MODELS, { recursive: true, force: true });
mkdirSync(MODELS, { recursive: true });

let seed = 7;
/** Normally distributed by the sum of twelve. */
const normal = () => {
  let sum = -6;
  for (let i = 0; i < 12; i++) {
    seed = (seed * 48_271) % 2_147_483_647;
    sum += seed / 2_147_483_647;
  }
  return sum;
};
const NETWORKS = { small: [64, 128, 64, 10], middle: [256, 512, 512, 10], large: [1024, 2048, 2048, 100] };
const ROWS = [1, 64];
const table = [];
for (const [name, sizes] of Object.entries(NETWORKS)) {
  const weights = sizes
    .slice(1)
    .map((to, i) => Float32Array.from({ length: sizes[i] * to }, () => normal() * Math.sqrt(2 / sizes[i])));
  writeFileSync(join(MODELS, `${name}.onnx`), denseNetwork(sizes, weights));
}
run(python, join(ROOT, 'bench/quantize_models.py'), MODELS);

const inputs = (width, rows) => ({
  x: new ort.Tensor('float32', Float32Array.from({ length: rows * width }, normal), [rows, width]),
});
for (const [name, [width]] of Object.entries(NETWORKS)) {
  const file = (suffix) => join(MODELS, `${name}${suffix}.onnx`);
  const compare = inputs(width, 200);
  for (const method of ['int8', 'float16'])
    await quantizeModel(file(''), {
      method,
      output: file(`-own-${method}`),
      feeds: { x: { data: compare.x.data, shape: compare.x.dims, dtype: 'float32' } },
      maxChange: 1,
    });
  const KINDS = {
    '': 'float32',
    '-own-int8': 'int8, this library',
    '-QInt8': 'int8, quantize_dynamic (QInt8)',
    '-QUInt8': 'int8, quantize_dynamic (QUInt8)',
    '-own-float16': 'float16, this library',
    '-float16': 'float16, onnxconverter-common',
  };
  const sessions = {};
  for (const kind of Object.keys(KINDS))
    sessions[kind] = await ort.InferenceSession.create(file(kind), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const exact = (await sessions[''].run(compare)).y.data;
  const drift = {};
  for (const kind of Object.keys(KINDS)) {
    const { data } = (await sessions[kind].run(compare)).y;
    drift[kind] = Math.max(...data.map((value, i) => Math.abs(value - exact[i])));
  }
  const times = {};
  for (const rows of ROWS) {
    const feeds = inputs(width, rows);
    const calls = Math.max(20, Math.ceil(2e8 / (statSync(file('')).size * rows)));
    const contestants = Object.fromEntries(
      Object.keys(KINDS).map((kind) => [kind, () => perCall(() => sessions[kind].run(feeds), calls)]),
    );
    times[rows] = await interleave(contestants, 7);
  }
  for (const [kind, label] of Object.entries(KINDS)) {
    const speed = ROWS.map((rows) => {
      const own = spread(times[rows][kind], 'us', 0);
      return kind === '' ? own : `${own}, ${spread(ratios(times[rows][''], times[rows][kind]), 'x', 2)}`;
    });
    const size = `${(statSync(file(kind)).size / 1024).toFixed(0)} KiB`;
    const change = kind === '' ? '' : `, largest change of a probability ${drift[kind].toExponential(1)}`;
    table.push([`${name} ${sizes(name)}: ${label}`, `${size}; 1 row ${speed[0]}; 64 rows ${speed[1]}${change}`, '']);
  }
  for (const session of Object.values(sessions)) await session.release();
}
report({ question: `Smaller weights of dense networks; Python: ${PACKAGES.slice(0, 3).join(', ')}`, rows: table });

function sizes(name) {
  return NETWORKS[name].join('-');
}
