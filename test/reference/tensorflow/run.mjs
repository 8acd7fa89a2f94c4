#!/usr/bin/env node
// Compares the built library with a real TensorFlow: operators with many parameters, Keras networks, graphs of TensorFlow 1.
//
//   node test/reference/tensorflow/run.mjs [--version V] [--kind operators|networks|v1] [--show N] [--lib FILE] [--keep]
//
// Needs Python 3.11 with uv and the package registry; keeps one virtual environment per version under .cache/. Without
// --version: every version that has a requirements-V.txt here. Verdicts: pass; WRONG (a value differs); refused (a typed
// error where an answer was due); accepted (an answer where a refusal was due); untyped (any other error).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
/** Difference that float32 networks may have, absolute or relative. */
const RTOL = 1e-5;

const { values: options } = parseArgs({
  options: {
    version: { type: 'string' },
    kind: { type: 'string' },
    show: { type: 'string', default: '40' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    keep: { type: 'boolean', default: false },
  },
});

const pinned = readdirSync(HERE).flatMap((file) => file.match(/^requirements-(.+)\.txt$/)?.[1] ?? []);
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);

/** @returns whether all is well */
async function runVersion(version) {
  const folder = join(ROOT, '.cache', `tensorflow-${version}`, 'models');
  rmSync(folder, { recursive: true, force: true });
  generate(environment(version), folder);
  const counts = new Map(['pass', 'WRONG', 'refused', 'accepted', 'untyped'].map((verdict) => [verdict, 0]));
  const shown = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted()) {
    const name = file.slice(0, -'.json'.length);
    const about = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const path = [join(folder, name), join(folder, `${name}.pb`)].find(existsSync);
    const { verdict, detail } = await judge(path, about);
    counts.set(verdict, counts.get(verdict) + 1);
    if (verdict !== 'pass') shown.push(`${verdict.padEnd(8)} ${name}: ${detail}`);
  }
  for (const line of shown.toSorted().slice(0, Number(options.show))) console.log(line);
  const total = Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ');
  console.log(`TensorFlow ${version}: ${total}`);
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
  return shown.length === 0 && counts.get('pass') > 0;
}

/** The interpreter of a virtual environment with the pinned packages, made where it is missing. */
function environment(version) {
  const venv = join(ROOT, '.cache', `tensorflow-${version}`, 'venv');
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(join(ROOT, '.cache', `tensorflow-${version}`), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
  }
  run('uv', ['pip', 'install', '--quiet', '--python', python, '-r', join(HERE, `requirements-${version}.txt`)]);
  return python;
}

function generate(python, folder) {
  // Switching TensorFlow to version 1 is for a whole process.
  for (const kind of options.kind === undefined ? ['operators', 'networks', 'v1'] : [options.kind]) {
    run(python, ['-B', join(HERE, 'generate.py'), folder, kind]);
  }
}

function run(command, args) {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONHASHSEED: '0', TF_CPP_MIN_LOG_LEVEL: '3' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

async function judge(path, { cases, rtol = RTOL, expect }) {
  let model;
  try {
    model = await loadModel(path);
    if (expect === 'refuse') return { verdict: 'accepted', detail: 'loaded' };
    for (const { inputs, expected } of cases) {
      const results = await model.run(Object.fromEntries(inputs.map((tensor) => [tensor.name, toTensor(tensor)])));
      for (const want of expected) {
        const detail = difference(results[want.name], want, rtol);
        if (detail !== undefined) return { verdict: 'WRONG', detail: `${want.name}: ${detail}` };
      }
    }
    return { verdict: 'pass' };
  } catch (error) {
    const typed = typeof error?.code === 'string' && error.code.startsWith('ML_');
    if (!typed) return { verdict: 'untyped', detail: String(error?.stack ?? error).slice(0, 300) };
    return expect === 'refuse' ? { verdict: 'pass' } : { verdict: 'refused', detail: `${error.code}: ${error.message}`.slice(0, 300) };
  } finally {
    await model?.dispose();
  }
}

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
};

function toTensor({ data, shape, dtype }) {
  if (dtype === 'string' || dtype === 'bool') return { data, shape, dtype };
  return { data: ARRAYS[dtype].from(data, dtype === 'int64' ? BigInt : Number), shape, dtype };
}

/** What differs first, if anything does. */
function difference(got, want, rtol) {
  if (got === undefined) return 'missing';
  if (got.shape.join() !== want.shape.join()) return `shape [${got.shape}], want [${want.shape}]`;
  for (const [i, expected] of want.data.entries()) {
    const value = got.data[i];
    if (typeof expected === 'boolean' || want.dtype === 'string') {
      if (value !== expected) return `[${i}] ${value}, want ${expected}`;
      continue;
    }
    const [a, b] = [Number(value), Number(expected)];
    const same = Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b));
    if (!same && !(Math.abs(a - b) <= rtol * Math.max(1, Math.abs(b)))) return `[${i}] ${a}, want ${b}`;
  }
  return undefined;
}

let well = true;
for (const version of options.version === undefined ? pinned : [options.version]) well = (await runVersion(version)) && well;
process.exitCode = well ? 0 : 1;
