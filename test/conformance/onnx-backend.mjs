#!/usr/bin/env node
// Runs the ONNX project's backend tests (1,755 cases in the `onnx` wheel 1.19.1; later wheels have
// no operator cases) through the built library.
//
//   node test/conformance/onnx-backend.mjs [--subset] [--data DIR] [--lib dist/index.js] [--json FILE] [--only TEXT]
//
// Without --data the wheel is unpacked into `.cache/onnx-data`. A case is right when every output
// matches. Any other case must be a typed error, or listed in `onnx-backend-known.json` with the
// reason why the engine's answer differs. --subset takes every twelfth case, for CI.
// Exit status 1: fewer right than the floor, or a crash, hang, untyped error or unlisted difference.
import { fork, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    subset: { type: 'boolean', default: false },
    data: { type: 'string' },
    lib: { type: 'string', default: 'dist/index.js' },
    json: { type: 'string' },
    only: { type: 'string' },
  },
});

/** What raw onnxruntime-node 1.30 gets right: all cases, and those of the subset. */
const FLOOR = { all: 1477, subset: 123 };
const CASE_TIMEOUT_MS = 60_000;
const SUITES = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'];

const here = fileURLToPath(new URL('.', import.meta.url));
const known = JSON.parse(readFileSync(join(here, 'onnx-backend-known.json'), 'utf8'));
const data = options.data ?? unpackWheel();
const cases = SUITES.flatMap((suite) =>
  readdirSync(join(data, suite))
    .sort()
    .map((name) => ({ name: `${suite}/${name}`, folder: join(data, suite, name) })),
).filter(({ name }, i) => (options.only === undefined ? !options.subset || i % 12 === 0 : name.includes(options.only)));

const results = new Map();
const queue = cases.slice();
await Promise.all(Array.from({ length: Math.max(1, Math.min(4, availableParallelism())) }, work));
report();

function unpackWheel() {
  const target = resolve(here, '../../.cache/onnx-data');
  const found = join(target, 'onnx/backend/test/data');
  if (existsSync(found)) return found;
  const wheel = ['--no-deps', '--target', target, 'onnx==1.19.1'];
  const tries = [
    ['uv', ['pip', 'install', ...wheel]],
    ['python3', ['-m', 'pip', 'install', '--quiet', ...wheel]],
  ];
  for (const [command, args] of tries) {
    if (spawnSync(command, args, { stdio: 'inherit' }).status === 0 && existsSync(found)) return found;
  }
  throw new Error('cannot install the onnx wheel with uv or pip; pass --data with a folder onnx/backend/test/data');
}

/** One lane: a child process that takes cases from the queue until none is left. */
async function work() {
  while (queue.length > 0) {
    const child = fork(join(here, 'onnx-backend-worker.mjs'), [resolve(options.lib)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let noise = '';
    child.stderr.on('data', (chunk) => (noise = (noise + chunk).slice(-2000)));
    const started = await answer(child, 30_000);
    if (started !== 'ready') {
      console.error(`the worker did not start: ${noise}`);
      process.exit(1);
    }
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      child.send(next.folder);
      const result = await answer(child, CASE_TIMEOUT_MS);
      results.set(next.name, result);
      if (result.verdict === 'crash' || result.verdict === 'hang') break;
    }
    child.kill('SIGKILL');
  }
}

function answer(child, timeoutMs) {
  return new Promise((done) => {
    const finish = (value) => {
      clearTimeout(timer);
      child.off('message', finish).off('exit', crashed);
      done(value);
    };
    const crashed = (status, signal) => finish({ verdict: 'crash', detail: `exit ${status ?? signal}` });
    const timer = setTimeout(() => finish({ verdict: 'hang', detail: `no answer in ${timeoutMs} ms` }), timeoutMs);
    child.on('message', finish).on('exit', crashed);
  });
}

function report() {
  const counts = { right: 0, typed: 0, known: 0, wrong: 0, untyped: 0, crash: 0, hang: 0 };
  const bad = [];
  for (const [name, result] of results) {
    const verdict = result.verdict === 'wrong' && known[name] !== undefined ? 'known' : result.verdict;
    counts[verdict]++;
    if (!['right', 'typed', 'known'].includes(verdict)) bad.push(`${verdict} ${name}: ${result.detail}`);
  }
  const floor = options.only === undefined ? (options.subset ? FLOOR.subset : FLOOR.all) : 0;
  for (const line of bad) console.log(line);
  console.log(`${cases.length} cases: ${Object.entries(counts).map(([verdict, n]) => `${n} ${verdict}`).join(', ')} (floor ${floor} right)`);
  const summary = { cases: cases.length, floor, counts, results: Object.fromEntries([...results].sort(([a], [b]) => (a < b ? -1 : 1))) };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(summary, null, 1)}\n`);
  process.exitCode = bad.length === 0 && counts.right >= floor ? 0 : 1;
}
