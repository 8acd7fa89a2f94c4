#!/usr/bin/env node
// Compares the built library with a real scikit-learn, over estimators and settings made anew from a seed:
//
//   node test/reference/run.mjs [--suite NAME] [--version V] [--seed N] [--only TEXT] [--show N] [--lib FILE] [--keep]
//
// The suite `third_party` has the packages around scikit-learn: its versions are the requirements-V.txt of its folder.
// Needs Python 3.11 with uv and the package registry; keeps one virtual environment per version under .cache/. Without
// --version: every version that has a requirements-V.txt here. Verdicts of a case: pass; WRONG (a value differs);
// accepted (an answer where scikit-learn raises); refused (a typed error; a failure where every class in the file is
// native and refusals.mjs does not name the case); untyped (any other error).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { decode, difference, plain } from './compare.mjs';
import { nativeClasses } from './native-classes.mjs';
import { EXPECTED_REFUSALS } from './refusals.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../..');
// numpy's float32 arithmetic, where the caller asked for it: scikit-learn then computes in float32 or in float64, by estimator.
const FLOAT32_RTOL = 2e-6;
const ALONE = 6;

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', default: 'cases' },
    version: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    only: { type: 'string' },
    show: { type: 'string', default: '40' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    keep: { type: 'boolean', default: false },
  },
});

const FOLDER = options.suite === 'cases' ? HERE : join(HERE, options.suite);
const LABEL = options.suite === 'cases' ? 'scikit-learn' : options.suite;
const PREFIX = options.suite === 'cases' ? 'reference' : `reference-${options.suite}`;
const pinned = readdirSync(FOLDER).flatMap((file) => file.match(/^requirements-(.+)\.txt$/)?.[1] ?? []);
const versions = options.version === undefined ? pinned : [options.version];
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);
const native = await nativeClasses();

/** @returns whether all is well */
async function runVersion(version) {
  const folder = join(ROOT, '.cache', `${PREFIX}-${version}`, `seed-${options.seed}`);
  rmSync(folder, { recursive: true, force: true });
  const { absent } = generate(environment(version), version, folder);
  const counts = new Map(['pass', 'WRONG', 'accepted', 'refused', 'not native', 'untyped'].map((verdict) => [verdict, 0]));
  const shown = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted()) {
    const name = file.slice(0, -'.json'.length);
    const about = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const extension of ['pkl', 'joblib']) {
      const { verdict, detail } = await judge(name, join(folder, `${name}.${extension}`), about);
      counts.set(verdict, counts.get(verdict) + 1);
      if (verdict !== 'pass' && verdict !== 'not native') shown.push(`${verdict.padEnd(8)} ${name}.${extension}: ${detail}`);
    }
  }
  for (const line of shown.toSorted().slice(0, Number(options.show))) console.log(line);
  if (shown.length > Number(options.show)) console.log(`... and ${shown.length - Number(options.show)} more (--show)`);
  for (const [name, why] of Object.entries(absent)) console.log(`not in ${LABEL} ${version}: ${name}: ${why.slice(0, 90)}`);
  const total = Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ');
  console.log(`${LABEL} ${version}, seed ${options.seed}: ${total}`);
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
  return shown.length === 0 && counts.get('pass') > 0;
}

/** The interpreter of a virtual environment with the pinned packages, made where it is missing. */
function environment(version) {
  const venv = join(ROOT, '.cache', `${PREFIX}-${version}`);
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
  }
  run('uv', ['pip', 'install', '--quiet', '--python', python, '-r', join(FOLDER, `requirements-${version}.txt`)]);
  return python;
}

function generate(python, version, folder) {
  const only = options.only === undefined ? [] : ['--only', options.only];
  const stdout = run(python, ['-B', join(HERE, 'generate.py'), '--sklearn', version, '--seed', options.seed, '--out', folder, '--suite', options.suite, ...only]);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function run(command, args) {
  // One thread: more would only change the order of sums from machine to machine.
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONHASHSEED: '0' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

async function judge(name, path, about) {
  let model;
  try {
    model = await loadModel(path);
    for (const question of about.questions) {
      const found = await ask(model, question, about);
      if (found !== undefined) return { ...found, detail: `${question.name}: ${found.detail}` };
    }
    return { verdict: 'pass' };
  } catch (error) {
    return refusal(name, error, about);
  } finally {
    await model?.dispose();
  }
}

function refusal(name, error, { classes }) {
  const detail = String(error?.stack ?? error).split('\n').slice(0, 3).join(' ');
  if (typeof error?.code !== 'string' || !error.code.startsWith('ML_')) return { verdict: 'untyped', detail };
  const foreign = classes.filter((cls) => !native.has(cls));
  if (foreign.length > 0 && error.code === 'ML_FORMAT_UNSUPPORTED') return { verdict: 'not native' };
  if (EXPECTED_REFUSALS.some(({ pattern }) => pattern.test(name))) return { verdict: 'pass' };
  return { verdict: 'refused', detail: `${error.code}: ${error.message}`.slice(0, 240) };
}

const METHODS = {
  predict: 'predict',
  predict_proba: 'predictProba',
  predict_log_proba: 'predictLogProba',
  decision_function: 'decisionFunction',
  transform: 'transform',
  inverse_transform: 'inverseTransform',
  score_samples: 'scoreSamples',
  apply: 'apply',
};

/** `undefined` where every method gives what scikit-learn gave, in every form of the rows, all at once and alone. */
async function ask(model, question, { rtol: stated, alone }) {
  const forms = formsOf(question);
  for (const [method, { value, error }] of Object.entries(question.expected)) {
    const call = (rows) => model[METHODS[method]](rows);
    for (const [form, rows] of Object.entries(forms)) {
      const what = `${method} of ${form}`;
      if (error !== undefined) {
        const refused = await refuses(() => call(rows));
        if (!refused) return { verdict: 'accepted', detail: `${what}; scikit-learn: ${error}` };
        continue;
      }
      const rtol = question.form === 'float32' ? Math.max(stated, FLOAT32_RTOL) : stated;
      const want = decode(value);
      const found = difference(plain(await call(rows)), want, rtol, method);
      if (found !== undefined) return { verdict: 'WRONG', detail: `${what}: ${found}` };
      if (!alone || !Array.isArray(rows) || want.length !== rows.length) continue;
      for (let i = 0; i < rows.length; i += Math.max(1, Math.floor(rows.length / ALONE))) {
        const one = difference(plain(await call([rows[i]])), [want[i]], rtol, method);
        if (one !== undefined) return { verdict: 'WRONG', detail: `${what}, row ${i} alone: ${one}` };
      }
    }
  }
  return undefined;
}

async function refuses(call) {
  try {
    await call();
    return false;
  } catch (error) {
    if (typeof error?.code === 'string' && error.code.startsWith('ML_')) return true;
    throw error;
  }
}

/** The same rows as a caller may write them. */
function formsOf({ form, rows: encoded, columns }) {
  if (form === 'frame') {
    const decoded = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, decode(values)]));
    const [first] = Object.values(decoded);
    const records = first.map((_, i) => Object.fromEntries(Object.entries(decoded).map(([name, values]) => [name, values[i]])));
    return { records, columns: decoded };
  }
  const rows = decode(encoded);
  if ((form === 'float64' || form === 'float32') && Array.isArray(rows[0])) {
    const data = (form === 'float64' ? Float64Array : Float32Array).from(rows.flat());
    return { arrays: rows, tensor: { data, shape: [rows.length, rows[0]?.length ?? 0], dtype: form } };
  }
  return { arrays: rows };
}

let failed = false;
for (const version of versions) if (!(await runVersion(version))) failed = true;
process.exitCode = failed ? 1 : 0;
