// `npm run bench`: every question in a process of its own, one after the other, and a table of the answers.
// With a name (`npm run bench -- prediction`) only that one; with --write the table in docs/benchmarks.md is replaced.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { markdown, ROOT, runNode } from './harness.mjs';

const HELPERS = new Set(['harness.mjs', 'run.mjs']);
/** Minutes each, or with needs of their own: only by name, e.g. `npm run bench -- peers`. */
const LONG = new Set(
  [
    'event-loop',
    'fleet',
    'oip',
    'peers',
    'places',
    'quantize',
    'remote',
    'sidecar-cached',
    'sidecar-worker',
    'swap',
  ].map((name) => `${name}.mjs`),
);
if (!existsSync(join(ROOT, 'dist', 'index.js'))) {
  console.error('dist/ is missing: run `npm run build` first');
  process.exit(2);
}
const write = process.argv.includes('--write');
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const files = readdirSync(join(ROOT, 'bench')).filter(
  (file) =>
    file.endsWith('.mjs') && !HELPERS.has(file) && (wanted === undefined ? !LONG.has(file) : file.startsWith(wanted)),
);
const results = [];
for (const file of files) {
  console.error(`${file} ...`);
  const { stdout } = await runNode(['--expose-gc', join(ROOT, 'bench', file), '--json']);
  results.push(JSON.parse(stdout.trim().split('\n').at(-1)));
}
const [cpu] = cpus();
const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} x ${cpu?.model}, ${(totalmem() / 1e9).toFixed(0)} GB.`;
const text = `${machine} Median (smallest-largest) of interleaved rounds; ratios pair by pair.\n\n${markdown(results)}`;
console.log(text);
if (write && wanted === undefined) {
  const [begin, end] = ['<!-- begin: npm run bench -- --write -->', '<!-- end -->'];
  const path = join(ROOT, 'docs', 'benchmarks.md');
  const page = readFileSync(path, 'utf8');
  const [before, after] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  writeFileSync(path, `${page.slice(0, before)}\n${text}\n${page.slice(after)}`);
}
const missed = results.flatMap(({ rows }) => rows).filter(([, , , met]) => met === false);
process.exitCode = missed.length === 0 ? 0 : 1;
