#!/usr/bin/env node
// Compares described modules (`torch.module` in the metadata) with what real PyTorch answers:
//
//   node test/reference/torch/modules.mjs --python FILE [--seed N] [--only TEXT] [--lib FILE]
//
// Within 1e-5, or twice what PyTorch's own float32 differs from its float64 where that is more.
//
// --python: an interpreter with torch, such as the ones that run.mjs makes: .cache/reference-torch-2.15.0/bin/python.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
const TOLERANCE = 1e-5;

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: join(ROOT, '.cache/reference-torch-2.15.0/bin/python') },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
  },
});
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);
const folder = join(ROOT, '.cache', `torch-modules-${options.seed}`);
rmSync(folder, { recursive: true, force: true });
const made = spawnSync(options.python, ['-B', join(HERE, 'modules.py'), '--seed', options.seed, '--out', folder], { encoding: 'utf8' });
if (made.status !== 0) throw new Error(made.stderr);

const ARRAYS = { float32: Float32Array, int64: BigInt64Array };
const tensor = ({ data, shape, dtype }) => ({ data: ARRAYS[dtype].from(data, dtype === 'int64' ? BigInt : Number), shape, dtype });

async function difference(path, { module, input, output, noise }) {
  const model = await loadModel(path, { metadata: { extra: { torch: { module, ...(input.stated && { input: input.stated }) } } } });
  try {
    const got = (await model.run({ input: tensor(input) })).output;
    if (JSON.stringify(got.shape) !== JSON.stringify(output.shape)) return `shape ${got.shape}, want ${output.shape}`;
    let worst = 0;
    for (const [i, want] of output.data.entries()) worst = Math.max(worst, Math.abs(got.data[i] - want) / Math.max(1, Math.abs(want)));
    if (worst <= TOLERANCE) return undefined;
    if (worst > 2 * noise) return `off by ${worst}`;
    console.log(`as exact as PyTorch: off by ${worst}, PyTorch's float32 is off its float64 by ${noise}`);
    return undefined;
  } finally {
    await model.dispose();
  }
}

const counts = { pass: 0, WRONG: 0, refused: 0, untyped: 0 };
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json') && name.includes(options.only))) {
  let verdict = 'pass';
  let detail;
  try {
    detail = await difference(join(folder, file.replace(/json$/, 'pth')), JSON.parse(readFileSync(join(folder, file), 'utf8')));
    if (detail !== undefined) verdict = 'WRONG';
  } catch (error) {
    verdict = error?.code?.startsWith('ML_') ? 'refused' : 'untyped';
    detail = String(error?.stack ?? error).split('\n').slice(0, 2).join(' ');
  }
  counts[verdict] += 1;
  if (verdict !== 'pass') console.log(`${verdict.padEnd(8)} ${file}: ${detail.slice(0, 300)}`);
}
console.log(`PyTorch ${made.stdout.trim()}: ${Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = counts.pass > 0 && counts.WRONG + counts.refused + counts.untyped === 0 ? 0 : 1;
