#!/usr/bin/env node
// Compares the built library with real PyTorch over torch.export archives made anew:
//
//   node test/reference/torch-export/run.mjs [--version V] [--python FILE] [--only TEXT] [--show N] [--lib FILE] [--seed N] [--keep] [--reuse]
//
// Needs Python 3.11 with uv and the package registry; keeps one virtual environment per version under .cache/ (5 GB
// each, half a minute). Without --version: every version in VERSIONS. --python: an environment that is there already.
// Verdicts: pass; WRONG (a value differs); refused (a typed error); accepted (an answer where a refusal is due);
// untyped (any other error).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
const VERSIONS = ['2.4.1', '2.6.0', '2.9.0', '2.15.0'];

const { values: options } = parseArgs({
  options: {
    version: { type: 'string' },
    python: { type: 'string' },
    seed: { type: 'string', default: '0' },
    folder: { type: 'string' },
    only: { type: 'string', default: '' },
    show: { type: 'string', default: '60' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    keep: { type: 'boolean', default: false },
    reuse: { type: 'boolean', default: false },
  },
});
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);

function environment(version) {
  if (options.python !== undefined) return options.python;
  const venv = join(ROOT, '.cache', `reference-torch-${version}`);
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
    run('uv', ['pip', 'install', '--quiet', '--python', python, `torch==${version}`, 'numpy<2']);
  }
  return python;
}

function run(command, args) {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONHASHSEED: '0' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

const ARRAYS = {
  float64: Float64Array, float32: Float32Array, float16: Float32Array, bfloat16: Float32Array, int32: Int32Array,
  int16: Int16Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array, int64: BigInt64Array,
};
const SPECIAL = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY };
const number = (value) => (typeof value === 'string' ? SPECIAL[value] : Number(value));

function tensorOf({ shape, dtype, data }) {
  const convert = dtype === 'int64' ? (value) => BigInt(value) : number;
  return { data: ARRAYS[dtype].from(data, convert), shape, dtype };
}

/** What differs between a result and what PyTorch gave, or `undefined`. */
function difference(got, want, rtol) {
  if (got === undefined) return `${want.name} is missing`;
  if (got.dtype !== want.dtype) return `${want.name}: ${got.dtype}, want ${want.dtype}`;
  if (got.shape.join() !== want.shape.join()) return `${want.name}: shape [${got.shape}], want [${want.shape}]`;
  const tolerance = want.dtype === 'float64' ? Math.min(rtol, 1e-12) : rtol;
  for (const [i, value] of want.data.entries()) {
    const [a, b] = [Number(got.data[i]), number(value)];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))) || !Number.isFinite(b)) return `${want.name}[${i}]: ${a}, want ${b}`;
  }
  return undefined;
}

const typed = (error) => typeof error?.code === 'string' && error.code.startsWith('ML_');

async function judge(folder, name) {
  const { cases, refuse, rtol } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  let model;
  try {
    model = await loadModel(join(folder, `${name}.pt2`));
    if (refuse) return ['accepted', 'a refusal is due'];
    for (const [i, { inputs, expected }] of cases.entries()) {
      const result = await model.run(Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)])));
      const extra = Object.keys(result).filter((key) => !expected.some((want) => want.name === key));
      if (extra.length > 0) return ['WRONG', `outputs that PyTorch has not: ${extra.join()}`];
      for (const want of expected) {
        const found = difference(result[want.name], want, rtol);
        if (found !== undefined) return ['WRONG', `case ${i}: ${found}`];
      }
    }
    return ['pass', ''];
  } catch (error) {
    if (!typed(error)) return ['untyped', String(error?.stack ?? error).slice(0, 300)];
    return refuse ? ['pass', ''] : ['refused', `${error.code}: ${error.message}`.slice(0, 400)];
  } finally {
    await model?.dispose?.();
  }
}

async function runVersion(version) {
  const folder = options.folder ?? join(ROOT, '.cache', `torch-export-${version}`);
  if (!options.reuse) {
    rmSync(folder, { recursive: true, force: true });
    const args = [join(HERE, 'generate.py'), folder, '--seed', options.seed, '--only', options.only];
    const { absent } = JSON.parse(run(environment(version), args).trim().split('\n').at(-1));
    for (const [name, why] of Object.entries(absent)) console.log(`not exported ${name}: ${why.join('; ')}`);
  }
  const counts = new Map(['pass', 'WRONG', 'accepted', 'refused', 'untyped'].map((verdict) => [verdict, 0]));
  const shown = [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file.includes(options.only));
  for (const file of files.toSorted()) {
    const name = file.slice(0, -'.json'.length);
    const [verdict, detail] = await judge(folder, name);
    counts.set(verdict, counts.get(verdict) + 1);
    if (verdict !== 'pass') shown.push(`${verdict.padEnd(8)} ${name}: ${detail}`);
  }
  for (const line of shown.toSorted().slice(0, Number(options.show))) console.log(line);
  if (shown.length > Number(options.show)) console.log(`... and ${shown.length - Number(options.show)} more (--show)`);
  console.log(`torch ${version}: ${files.length} files, ${Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  if (!options.keep && !options.reuse && shown.length === 0) rmSync(folder, { recursive: true, force: true });
  return counts.get('pass') === files.length;
}

let fine = true;
for (const version of options.version === undefined && options.python === undefined ? VERSIONS : [options.version ?? 'own']) {
  fine = (await runVersion(version)) && fine;
}
process.exitCode = fine ? 0 : 1;
