#!/usr/bin/env node
// Compares the built library with a real CatBoost, over models and settings made anew from a seed, each as .cbm, JSON,
// pickled and joblib'd:
//
//   node test/reference/catboost/run.mjs [--version V] [--seed N] [--only TEXT] [--show N] [--lib FILE] [--keep]
//
// Needs Python 3.11 with uv and the package registry; keeps one virtual environment per version under .cache/. Without
// --version: every version that has a requirements-V.txt here. Verdicts of a file: pass; WRONG (a value differs);
// accepted (an answer where CatBoost raises); refused (a typed error); untyped (any other error). The largest difference
// in units of the last place is printed per method.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { decode, difference, plain } from '../compare.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
const RTOL = 1e-12;
const EXTENSIONS = ['cbm', 'cat.json', 'pkl', 'joblib'];
const METHODS = {
  predict: 'predict',
  predict_proba: 'predictProba',
  predict_log_proba: 'predictLogProba',
  decision_function: 'decisionFunction',
  apply: 'apply',
};

const { values: options } = parseArgs({
  options: {
    version: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    only: { type: 'string', default: '' },
    show: { type: 'string', default: '40' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    keep: { type: 'boolean', default: false },
  },
});

const pinned = readdirSync(HERE).flatMap((file) => file.match(/^requirements-(.+)\.txt$/)?.[1] ?? []);
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);

/** What JSON cannot say, so that a typed error is the right answer (docs/loaders/catboost.md). */
const REFUSED_JSON = [
  { pattern: /several targets/, loss: /Multi(RMSE|Logloss|CrossEntropy)|random-\d*[38]\./ },
  { pattern: /class label near/, loss: /labels-big/ },
];

/** The largest difference of each method in units of the last place, and how many values were equal bit for bit. */
const precision = new Map();

/** @returns whether all is well */
async function runVersion(version) {
  const folder = join(ROOT, '.cache', `reference-catboost-${version}`, `seed-${options.seed}`);
  rmSync(folder, { recursive: true, force: true });
  const { absent } = generate(environment(version), folder);
  const counts = new Map(['pass', 'WRONG', 'accepted', 'refused', 'untyped'].map((verdict) => [verdict, 0]));
  const shown = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json') && !name.endsWith('.cat.json')).toSorted()) {
    const name = file.slice(0, -'.json'.length);
    const about = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const extension of EXTENSIONS.filter((known) => known in about.files)) {
      const { verdict, detail } = await judge(join(folder, `${name}.${extension}`), about, about.files[extension]);
      counts.set(verdict, counts.get(verdict) + 1);
      if (verdict !== 'pass') shown.push(`${verdict.padEnd(8)} ${name}.${extension}: ${detail}`);
    }
  }
  for (const line of shown.toSorted().slice(0, Number(options.show))) console.log(line);
  if (shown.length > Number(options.show)) console.log(`... and ${shown.length - Number(options.show)} more (--show)`);
  for (const [name, why] of Object.entries(absent)) console.log(`not made by CatBoost ${version}: ${name}: ${why.slice(0, 120)}`);
  for (const [method, { equal, total, worst }] of precision)
    console.log(`${method}: ${equal} of ${total} numbers equal bit for bit, the others off by at most ${worst} units of the last place`);
  console.log(`CatBoost ${version}, seed ${options.seed}: ${Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
  return shown.length === 0 && counts.get('pass') > 0;
}

function environment(version) {
  const venv = join(ROOT, '.cache', `reference-catboost-${version}`);
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
  }
  run('uv', ['pip', 'install', '--quiet', '--python', python, '-r', join(HERE, `requirements-${version}.txt`)]);
  return python;
}

function generate(python, folder) {
  const stdout = run(python, ['-B', join(HERE, 'generate.py'), '--seed', options.seed, '--out', folder, '--only', options.only]);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

async function judge(path, { names, rows: encoded, refused }, expected) {
  let model;
  try {
    model = await loadModel(path);
    const rows = decode(encoded);
    const forms = { arrays: rows };
    if (names !== null) forms.records = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
    for (const [form, given] of Object.entries(forms)) {
      for (const [method, value] of Object.entries(expected)) {
        const want = decode(value);
        const got = plain(await model[METHODS[method]](given));
        const found = difference(got, want, RTOL, method);
        if (found !== undefined) return { verdict: 'WRONG', detail: `${form}: ${found} (row ${JSON.stringify(rows[Number(/\[(\d+)\]/.exec(found)?.[1])])})` };
        measure(method, got, want);
        for (let i = 0; i < rows.length; i += 1 + Math.floor(rows.length / 12)) {
          const alone = difference(plain(await model[METHODS[method]]([given[i]])), [want[i]], RTOL, method);
          if (alone !== undefined) return { verdict: 'WRONG', detail: `${form}, row ${i} alone: ${alone}` };
        }
      }
    }
    for (const row of decode(refused)) {
      const answer = await model.predict([row]).catch((error) => error);
      if (!String(answer?.code).startsWith('ML_INPUT_')) return { verdict: answer instanceof Error ? 'untyped' : 'accepted', detail: `${JSON.stringify(row)}: ${answer}` };
    }
    return { verdict: 'pass' };
  } catch (error) {
    if (path.endsWith('.cat.json') && REFUSED_JSON.some(({ pattern, loss }) => pattern.test(error.message) && loss.test(path))) return { verdict: 'pass' };
    const typed = typeof error?.code === 'string' && error.code.startsWith('ML_');
    return { verdict: typed ? 'refused' : 'untyped', detail: String(error?.stack ?? error).split('\n').slice(0, 3).join(' ').slice(0, 300) };
  } finally {
    await model?.dispose();
  }
}

function measure(method, got, want) {
  const seen = precision.get(method) ?? { equal: 0, total: 0, worst: 0 };
  const [a, b] = [got, want].map((values) => values.flat(Infinity));
  for (const [i, value] of b.entries()) {
    if (typeof value !== 'number') continue;
    seen.total += 1;
    if (Object.is(a[i], value)) seen.equal += 1;
    else if (Number.isFinite(value)) seen.worst = Math.max(seen.worst, ulps(a[i], value));
  }
  precision.set(method, seen);
}

function ulps(a, b) {
  const ordered = (value) => {
    const bits = new BigInt64Array(Float64Array.of(value).buffer)[0];
    return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
  };
  const distance = ordered(a) - ordered(b);
  return Number(distance < 0n ? -distance : distance);
}

let failed = false;
for (const version of options.version === undefined ? pinned : [options.version]) if (!(await runVersion(version))) failed = true;
process.exitCode = failed ? 1 : 0;
