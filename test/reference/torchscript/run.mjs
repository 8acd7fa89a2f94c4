#!/usr/bin/env node
// Compares the built library with real PyTorch, over programs that it traces and scripts anew:
//
//   node test/reference/torchscript/run.mjs [--version V] [--python FILE] [--seed N] [--only TEXT] [--lib FILE] [--keep]
//
// Needs Python 3.11 with uv and the package registry; keeps a virtual environment per version under .cache/ (5 GB, half
// a minute). --python: an environment that is there already. Verdicts: pass; WRONG (a value differs); refused (a typed
// error: a failure unless refusals.mjs names the case); untyped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { difference, feedsOf } from './compare.mjs';
import { EXPECTED_REFUSALS } from './refusals.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
const VERSION = '2.15.0';

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: VERSION },
    python: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    only: { type: 'string', default: '' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
    keep: { type: 'boolean', default: false },
  },
});
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);

const python = options.python ?? environment(options.version);
const folder = join(ROOT, '.cache', `torchscript-${options.seed}`);
rmSync(folder, { recursive: true, force: true });
const made = run(python, ['-B', join(HERE, 'generate.py'), '--out', folder, '--seed', options.seed, '--only', options.only]);
const { torch, skipped } = JSON.parse(made.trim().split('\n').at(-1));
const counts = new Map(['pass', 'WRONG', 'refused', 'expected', 'untyped'].map((verdict) => [verdict, 0]));
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted()) {
  const name = file.slice(0, -'.json'.length);
  const { verdict, detail } = await judge(name, JSON.parse(readFileSync(join(folder, file), 'utf8')));
  counts.set(verdict, counts.get(verdict) + 1);
  if (verdict !== 'pass') console.log(`${verdict.padEnd(8)} ${name}: ${detail}`);
}
for (const [name, why] of Object.entries(skipped)) console.log(`not saved by PyTorch ${torch}: ${name}: ${why}`);
console.log(`PyTorch ${torch}, seed ${options.seed}: ${Array.from(counts, ([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
if (!options.keep) rmSync(folder, { recursive: true, force: true });
const bad = counts.get('WRONG') + counts.get('refused') + counts.get('untyped');
process.exitCode = bad === 0 && counts.get('pass') > 0 ? 0 : 1;

async function judge(name, { cases, rtol }) {
  let model;
  try {
    model = await loadModel(join(folder, `${name}.pt`));
    for (const { inputs, expected } of cases) {
      const wrong = difference(await model.run(feedsOf(inputs)), expected, rtol);
      if (wrong !== undefined) return { verdict: 'WRONG', detail: wrong };
    }
    return { verdict: 'pass', detail: '' };
  } catch (error) {
    const typed = typeof error?.code === 'string' && error.code.startsWith('ML_');
    const detail = String(typed ? error.message : error?.stack).slice(0, 300);
    const expected = typed && EXPECTED_REFUSALS.get(name)?.test(error.message) === true;
    return { verdict: expected ? 'expected' : typed ? 'refused' : 'untyped', detail };
  } finally {
    await model?.dispose();
  }
}

function environment(version) {
  const venv = join(ROOT, '.cache', `reference-torch-${version}`);
  const path = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(path)) {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    run('uv', ['venv', '--quiet', '--python', '3.11', venv]);
  }
  run('uv', ['pip', 'install', '--quiet', '--python', path, `torch==${version}`, 'numpy']);
  return path;
}

function run(command, args) {
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}
