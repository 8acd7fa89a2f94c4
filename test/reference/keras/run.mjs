#!/usr/bin/env node
// Compares the built library with real Keras, over layers and settings made anew from a seed:
//
//   node test/reference/keras/run.mjs [--version 2.15|3] [--seed N] [--only TEXT] [--show N] [--lib FILE] [--models DIR]
//
// Needs Python 3.11 with uv and the package registry; keeps one virtual environment per version under .cache/. With
// --models DIR: compares what a run of generate.py left there. Verdicts: pass; WRONG (a value differs); refused (a typed
// error that refusals.mjs does not name); untyped (any other error).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { checkFile } from './check-file.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');

const { values: options } = parseArgs({
  options: {
    version: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    only: { type: 'string', default: '' },
    show: { type: 'string', default: '40' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    models: { type: 'string' },
  },
});
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);

/** @returns whether all is well */
async function compare(folder, title) {
  const counts = new Map(['pass', 'expected refusal', 'WRONG', 'refused', 'untyped'].map((verdict) => [verdict, 0]));
  const shown = [];
  for (const file of readdirSync(folder).toSorted()) {
    const [, name, extension] = /^(.+)\.(h5|keras)$/.exec(file) ?? [];
    if (name === undefined || !name.includes(options.only)) continue;
    const about = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const { verdict, detail } = await checkFile(loadModel, join(folder, file), about);
    counts.set(verdict, counts.get(verdict) + 1);
    if (verdict !== 'pass' && verdict !== 'expected refusal') shown.push(`${verdict.padEnd(8)} ${name}.${extension}: ${detail}`);
  }
  for (const line of shown.toSorted().slice(0, Number(options.show))) console.log(line);
  if (shown.length > Number(options.show)) console.log(`... and ${shown.length - Number(options.show)} more (--show)`);
  console.log(`${title}: ${Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  return shown.length === 0 && counts.get('pass') > 0;
}

/** The interpreter of a virtual environment with the pinned packages, made where it is missing. */
function environment(version) {
  const venv = join(ROOT, '.cache', `keras-${version}`);
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
  }
  run('uv', ['pip', 'install', '--quiet', '--python', python, '-r', join(HERE, `requirements-${version}.txt`)]);
  return python;
}

function run(command, args) {
  // One thread: more would only change the order of sums from machine to machine.
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONHASHSEED: '0', TF_ENABLE_ONEDNN_OPTS: '0', CUDA_VISIBLE_DEVICES: '' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

let good = true;
if (options.models !== undefined) good = await compare(options.models, options.models);
else {
  const pinned = readdirSync(HERE).flatMap((file) => file.match(/^requirements-(.+)\.txt$/)?.[1] ?? []);
  for (const version of options.version === undefined ? pinned : [options.version]) {
    const folder = join(ROOT, '.cache', `keras-${version}`, `seed-${options.seed}`);
    rmSync(folder, { recursive: true, force: true });
    const only = options.only === '' ? [] : ['--only', options.only];
    run(environment(version), ['-B', join(HERE, 'generate.py'), '--out', folder, '--seed', options.seed, ...only]);
    good = (await compare(folder, `Keras ${version}, seed ${options.seed}`)) && good;
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = good ? 0 : 1;
