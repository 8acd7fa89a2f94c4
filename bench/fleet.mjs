// What does one more model cost a process, in memory and time to load? Hundreds of copies of a model of `models/`, each
// a model of its own name, are loaded and asked once; in a process of its own per format. And what does a process cost
// that has none?
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY, MODELS, report, runNode } from './harness.mjs';

const COUNT = Number(process.env.BENCH_MODELS ?? 500);
const CASES = [
  { what: 'scikit-learn network, native (pickle)', name: 'digits_mlp', extension: '.pkl' },
  { what: 'the same on onnxruntime (ONNX)', name: 'digits_mlp', extension: '.onnx' },
];

const CHILD = `
const [library, folder, count, width] = process.argv.slice(1);
const { MLServiceRegistry } = await import(library);
const registry = new MLServiceRegistry({ modelsDir: folder, env: {}, execution: { place: 'inline' }, cache: { maxBytes: 2 ** 40 } });
const row = [Array.from({ length: Number(width) }, (_, i) => i % 16)];
const rss = () => { globalThis.gc(); globalThis.gc(); return process.memoryUsage.rss(); };
const ask = (i) => registry.model('m' + i).predict(row);
// The first one pays for engines and code.
await ask(0);
const [before, startedAt] = [rss(), process.cpuUsage()];
for (let i = 1; i < Number(count); i++) await ask(i);
const { user, system } = process.cpuUsage(startedAt);
const { residentBytes } = registry.health().memory;
console.log(JSON.stringify({ first: before, all: rss(), cpuMs: (user + system) / 1000, counted: residentBytes }));
await registry.close();
`;

const rows = [];
const empty = JSON.parse((await runNode(['-e', 'console.log(process.memoryUsage.rss())'])).stdout);
rows.push(['empty Node process: resident memory', `${(empty / 1e6).toFixed(0)} MB`, '', undefined]);
for (const { what, name, extension } of CASES) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  try {
    mkdirSync(join(folder, 'trained'));
    const file = readdirSync(join(MODELS, 'trained')).find(
      (one) => one.startsWith(`${name}_`) && one.endsWith(extension),
    );
    const path = join(MODELS, 'trained', file);
    for (let i = 0; i < COUNT; i++) copyFileSync(path, join(folder, 'trained', `m${i}_v1_20240101${extension}`));
    const args = ['--expose-gc', '--input-type=module', '-e', CHILD, LIBRARY, folder, String(COUNT), '64'];
    const { stdout } = await runNode(args);
    const { first, all, cpuMs, counted } = JSON.parse(stdout.trim().split('\n').at(-1));
    const each = (all - first) / (COUNT - 1);
    const size = statSync(path).size;
    rows.push([`${what}: process with one model, resident`, `${(first / 1e6).toFixed(0)} MB`, '', undefined]);
    rows.push([
      `${what}: each of ${COUNT - 1} more, resident`,
      `${(each / 1e3).toFixed(0)} kB; file ${(size / 1e3).toFixed(0)} kB, counted ${(counted / COUNT / 1e3).toFixed(0)} kB`,
      '',
      undefined,
    ]);
    rows.push([
      `${what}: to find, verify, load, predict, of the processor`,
      `${(cpuMs / (COUNT - 1)).toFixed(2)} ms each`,
      '',
      undefined,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
report({ question: `${COUNT} models in one process`, rows });
