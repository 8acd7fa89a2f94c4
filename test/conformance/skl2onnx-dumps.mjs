#!/usr/bin/env node
// The tests of the ONNX converter for scikit-learn as an external suite: each of them trains a model, and dumps it with
// rows and what scikit-learn answers. Here the library answers the same rows.
//
//   node test/conformance/skl2onnx-dumps.mjs [--make] [--only TEXT] [--json FILE] [--write] [--lib dist/index.js]
//
// --make gets the source distribution, runs its tests in an environment under .cache/skl2onnx and keeps the dumps there
// (five minutes; needs Python 3.11 with uv). Without it nothing is fetched. --write puts the totals into
// docs/skl2onnx.md. Exit status 1: a different answer, an untyped error, or a refusal that `skl2onnx-known.json` does
// not explain.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { decode, difference, plain } from '../reference/compare.mjs';

const VERSION = '1.20.0';
const PACKAGES = ['scikit-learn==1.9.1', 'onnxruntime==1.30.0', 'onnx==1.21.0', 'protobuf==6.33.5', 'pandas==2.3.3', 'pytest'];
const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../..');
const CACHE = join(ROOT, '.cache/skl2onnx');
const DUMPS = join(CACHE, 'dumps');
/** A file of tests may take this long; one of them does not end. */
const TEST_FILE_MS = 120_000;
// Where rows are float32 scikit-learn computes a part of its estimators in it, and its answer has no more digits.
const RTOL = 1e-9;
const FLOAT32_RTOL = 2e-5;

const { values: options } = parseArgs({
  options: {
    make: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
  },
});

if (options.make) make();
if (!existsSync(DUMPS)) {
  console.error(`no dumps in ${DUMPS}; make them with --make`);
  process.exit(2);
}
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);
const known = JSON.parse(readFileSync(join(HERE, 'skl2onnx-known.json'), 'utf8'));

function make() {
  mkdirSync(CACHE, { recursive: true });
  const venv = join(CACHE, 'venv');
  const python = join(venv, 'bin/python');
  if (!existsSync(python)) run('uv', ['venv', '--quiet', '--seed', '--python', '3.11', venv]);
  run('uv', ['pip', 'install', '--quiet', '--python', python, ...PACKAGES]);
  run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', '-d', CACHE, `skl2onnx==${VERSION}`]);
  run('tar', ['xzf', join(CACHE, `skl2onnx-${VERSION}.tar.gz`), '-C', CACHE]);
  run('uv', ['pip', 'install', '--quiet', '--no-deps', '--python', python, `skl2onnx==${VERSION}`]);
  rmSync(DUMPS, { recursive: true, force: true });
  mkdirSync(DUMPS);
  const tests = join(CACHE, `skl2onnx-${VERSION}`, 'tests');
  const env = { ...process.env, ONNXTESTDUMP: DUMPS, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONHASHSEED: '0' };
  for (const file of readdirSync(tests).filter((name) => /^test_sklearn_.*\.py$/.test(name)).toSorted()) {
    // A test that fails has dumped before it compared: what the converter gets wrong is no matter here.
    const { stdout } = spawnSync(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', file], {
      cwd: tests,
      env,
      encoding: 'utf8',
      timeout: TEST_FILE_MS,
    });
    console.log(`${file}: ${stdout?.trim().split('\n').at(-1) ?? ''}`);
  }
  const skipped = JSON.parse(run(python, ['-B', join(HERE, 'skl2onnx_dumps.py'), DUMPS]).trim().split('\n').at(-1));
  writeFileSync(join(DUMPS, 'skipped.json'), JSON.stringify(skipped, undefined, 1));
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

const METHODS = {
  predict: 'predict',
  predict_proba: 'predictProba',
  predict_log_proba: 'predictLogProba',
  decision_function: 'decisionFunction',
  transform: 'transform',
  score_samples: 'scoreSamples',
  apply: 'apply',
};

/** Verdict of one model: right, WRONG, untyped, refused, or "no method" where the dump has nothing that we answer. */
async function judge(name, about, rtol = RTOL) {
  let model;
  let asked = 0;
  try {
    model = await loadModel(join(DUMPS, `${name}.model.pkl`));
    let verdict = 'right';
    for (const { method, value, double } of about.outputs) {
      if (METHODS[method] === undefined) continue;
      const got = plain(await model[METHODS[method]](rowsOf(about)));
      const differs = (answer, rtol) => difference(got, flatter(got, decode(answer)), rtol, method);
      asked += 1;
      const found = differs(value, about.form === 'float32' ? Math.max(FLOAT32_RTOL, rtol) : rtol);
      if (found === undefined) continue;
      if (double === undefined || differs(double, RTOL) !== undefined) return { verdict: 'WRONG', detail: found };
      verdict = 'right in float64';
    }
    return asked > 0 ? { verdict, detail: 'the dump was computed in float32, and has few digits' } : { verdict: 'no method', detail: about.outputs.map(({ method }) => method).join(', ') };
  } catch (error) {
    const typed = typeof error?.code === 'string' && error.code.startsWith('ML_');
    return { verdict: typed ? 'refused' : 'untyped', detail: `${error?.code ?? ''} ${error?.message ?? error}`.slice(0, 300) };
  } finally {
    await model?.dispose();
  }
}

/** A single column is one value per row here where scikit-learn keeps it as a matrix for label encoders. */
function flatter(got, want) {
  const column = Array.isArray(want?.[0]) && want[0].length === 1 && !Array.isArray(got?.[0]);
  return column ? want.map(([value]) => value) : want;
}

function rowsOf({ form, rows, columns, flat }) {
  if (form === 'frame') return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, decode(values)]));
  if (form === 'records') return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, decode(value)])));
  const values = decode(rows);
  if ((form === 'float32' || form === 'float64') && !flat && Array.isArray(values[0]) && !Array.isArray(values[0][0])) {
    const data = (form === 'float32' ? Float32Array : Float64Array).from(values.flat());
    return { data, shape: [values.length, values[0].length], dtype: form };
  }
  return values;
}

const classes = new Map();
const lines = [];
const counts = new Map(['right', 'right in float64', 'WRONG', 'untyped', 'refused', 'explained', 'no method'].map((verdict) => [verdict, 0]));
for (const file of readdirSync(DUMPS).filter((name) => name.endsWith('.json') && name !== 'skipped.json').toSorted()) {
  const name = file.slice(0, -'.json'.length);
  if (options.only !== undefined && !name.includes(options.only)) continue;
  const about = JSON.parse(readFileSync(join(DUMPS, file), 'utf8'));
  const { why, rtol } = known.find(({ pattern }) => new RegExp(pattern).test(name)) ?? {};
  const result = await judge(name, about, rtol);
  const explained = why !== undefined && (result.verdict === 'refused' || (result.verdict === 'right' && rtol !== undefined));
  const verdict = explained ? 'explained' : result.verdict;
  counts.set(verdict, counts.get(verdict) + 1);
  if (verdict !== 'right') lines.push(`${verdict.padEnd(16)} ${name} (${about.class}): ${result.detail}${verdict === 'explained' ? ` [${why}]` : ''}`);
  const of = classes.get(about.class) ?? { right: 0, explained: 0, other: 0 };
  of[verdict.startsWith('right') ? 'right' : verdict === 'explained' ? verdict : 'other'] += 1;
  classes.set(about.class, of);
}
for (const line of lines.toSorted()) console.log(line);
console.log(Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', '));
if (options.write) writePage();
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify({ counts: [...counts], lines }, undefined, 1));
process.exitCode = counts.get('WRONG') + counts.get('untyped') + counts.get('refused') + counts.get('no method') === 0 ? 0 : 1;

/** The page of the documentation with what was found, by class. */
function writePage() {
  const total = Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ');
  const page = [
    '# The tests of the ONNX converter for scikit-learn',
    '',
    '<!-- Written by test/conformance/skl2onnx-dumps.mjs --write; do not edit. -->',
    '',
    `The converter's own tests (skl2onnx ${VERSION}) train models of every class that it covers and dump them with rows and`,
    `scikit-learn's answers. The library answers the same rows: ${total}.`,
    'Labels must be equal; numbers within 1e-9, or within 2e-5 where the dump was computed in float32. "Right in float64"',
    'are answers in float32 with fewer digits than that, where the answer of scikit-learn for the same rows in float64 is',
    "ours. `node test/conformance/skl2onnx-dumps.mjs --make` makes the dumps; without `--make` nothing is fetched.",
    '',
    '| model | right | explained | other |',
    '|---|---|---|---|',
    ...Array.from(classes)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { right, explained, other }]) => `| ${name} | ${right} | ${explained} | ${other} |`),
    '',
    'Explained:',
    '',
    ...known.map(({ pattern, why }) => `- \`${pattern}\`: ${why}`),
  ];
  writeFileSync(join(ROOT, 'docs/skl2onnx.md'), `${page.join('\n')}\n`);
}
