#!/usr/bin/env node
// Compares the built library with real PyTorch, over files made anew from a seed, in both containers:
//
//   node test/reference/torch/run.mjs [--version V] [--python FILE] [--seed N] [--random N] [--only TEXT] [--lib FILE] [--keep]
//
// Needs Python 3.11 with uv and the package registry; keeps one virtual environment per version under .cache/ (5 GB
// each, half a minute). Without --version: every version in VERSIONS. --python: an environment that is there already.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
const VERSIONS = ['1.13.1', '2.15.0'];

const { values: options } = parseArgs({
  options: {
    version: { type: 'string' },
    python: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    random: { type: 'string', default: '150' },
    only: { type: 'string' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    keep: { type: 'boolean', default: false },
  },
});
const { loadModel, scanFile } = await import(pathToFileURL(resolve(options.lib)).href);

function environment(version) {
  const venv = join(ROOT, '.cache', `reference-torch-${version}`);
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
  }
  run('uv', ['pip', 'install', '--quiet', '--python', python, `torch==${version}`, 'safetensors', version.startsWith('1.') ? 'numpy<2' : 'numpy']);
  return python;
}

function run(command, args) {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONHASHSEED: '0' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

const typed = (error) => typeof error?.code === 'string' && error.code.startsWith('ML_');

/** What is wrong with a file, or `undefined`. */
async function difference(path, { tensors, unreadable, sorted = false }) {
  const { verdict, findings } = await scanFile(path);
  if (verdict !== 'safe') return `scan: ${verdict} ${JSON.stringify(findings)}`;
  const model = await loadModel(path);
  try {
    return await compare(model, { tensors, unreadable, sorted });
  } finally {
    await model.dispose();
  }
}

async function compare(model, { tensors, unreadable, sorted }) {
  // The order of a safetensors header is its writer's.
  const order = (names) => (sorted ? names.toSorted() : names);
  const names = order([...model.tensors.keys()]);
  if (JSON.stringify(names) !== JSON.stringify(order(Object.keys(tensors)))) return `names: ${names.join()} instead of ${Object.keys(tensors).join()}`;
  for (const [name, want] of Object.entries(tensors)) {
    const info = model.tensors.get(name);
    if (JSON.stringify(info.shape) !== JSON.stringify(want.shape)) return `${name}: shape ${info.shape}, want ${want.shape}`;
    if (info.dtype !== want.dtype) return `${name}: dtype ${info.dtype}, want ${want.dtype}`;
    if (unreadable.includes(name)) {
      const error = await model.tensor(name).then(() => undefined, (caught) => caught);
      if (error?.code !== 'ML_FORMAT_UNSUPPORTED') return `${name}: read, or ${error?.stack}`;
      continue;
    }
    const { bytes, data } = await model.tensor(name);
    if (createHash('sha256').update(bytes).digest('hex') !== want.sha256) return `${name}: bytes differ`;
    const wrong = (want.values ?? []).findIndex((text, i) => !same(data[i], text));
    if (wrong >= 0) return `${name}: value ${wrong} is ${data[wrong]}, want ${want.values[wrong]}`;
  }
  return undefined;
}

function same(got, text) {
  if (typeof text === 'number') return got === text;
  if (typeof got === 'bigint') return String(got) === text;
  const want = text === 'nan' ? Number.NaN : Number(text.replace('inf', 'Infinity'));
  return Object.is(got, want);
}

async function runVersion(label, python) {
  const folder = join(ROOT, '.cache', `torch-files-${label}-${options.seed}`);
  rmSync(folder, { recursive: true, force: true });
  const made = run(python, ['-B', join(HERE, 'generate.py'), '--seed', options.seed, '--random', options.random, '--out', folder]);
  const { torch, skipped } = JSON.parse(made.trim().split('\n').at(-1));
  const counts = { pass: 0, WRONG: 0, refused: 0, untyped: 0 };
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json') && name.includes(options.only ?? '')).toSorted()) {
    const about = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const path = join(folder, about.file ?? file.replace(/\.json$/, '.pth'));
    let verdict = 'pass';
    let detail;
    try {
      detail = await difference(path, about);
      if (detail !== undefined) verdict = 'WRONG';
    } catch (error) {
      verdict = typed(error) ? 'refused' : 'untyped';
      detail = String(error?.stack ?? error).split('\n').slice(0, 3).join(' ');
    }
    counts[verdict] += 1;
    if (verdict !== 'pass') console.log(`${verdict.padEnd(8)} ${file}: ${String(detail).slice(0, 300)}`);
  }
  for (const [name, why] of Object.entries(skipped)) console.log(`not saved by PyTorch ${torch}: ${name}: ${why}`);
  console.log(`PyTorch ${torch}, seed ${options.seed}: ${Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
  return counts.pass > 0 && counts.WRONG + counts.refused + counts.untyped === 0;
}

let isRight = true;
if (options.python !== undefined) {
  isRight = await runVersion('own', options.python);
} else {
  for (const version of options.version === undefined ? VERSIONS : [options.version]) {
    isRight = (await runVersion(version, environment(version))) && isRight;
  }
}
process.exitCode = isRight ? 0 : 1;
