#!/usr/bin/env node
// Runs the TensorFlow.js models of a fixture folder on TensorFlow.js itself, with each of its engines, and compares the
// answers with Python's:
//
//   node test/conformance/tfjs.mjs --models DIR [--engine tfjs-wasm|tfjs-node] [--lib FILE]
//
// tfjs-node is taken from .cache/tfjs-node, where scripts/build-tfjs-node.mjs builds it. A model that TensorFlow.js
// refuses is counted, not a failure: it lacks layers that Keras has. A wrong answer is a failure unless KNOWN names it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { difference, feedsOf } from '../reference/torchscript/compare.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Answers of TensorFlow.js that differ from Python's. */
const KNOWN = new Map([]);

const { values: options } = parseArgs({
  options: {
    models: { type: 'string' },
    engine: { type: 'string' },
    lib: { type: 'string', default: join(ROOT, 'dist/index.js') },
  },
});
linkNative();
const { loadModel } = await import(pathToFileURL(resolve(options.lib)).href);
const names = readdirSync(options.models).filter((name) => existsSync(join(options.models, name, 'model.json')));
let failed = names.length === 0;
for (const engine of options.engine === undefined ? ['tfjs-wasm', 'tfjs-node'] : [options.engine]) {
  const counts = { pass: 0, WRONG: 0, refused: 0, untyped: 0 };
  for (const name of names) {
    const { verdict, detail } = await judge(name, engine);
    counts[verdict] += 1;
    if (verdict !== 'pass') console.log(`${engine} ${verdict.padEnd(8)} ${name}: ${detail}`);
  }
  console.log(`${engine}: ${Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  failed ||= counts.WRONG + counts.untyped > 0 || counts.pass === 0;
}
process.exitCode = failed ? 1 : 0;

async function judge(name, engine) {
  let model;
  try {
    const { cases, inputs, expected, rtol = 1e-5 } = JSON.parse(readFileSync(join(options.models, `${name}.json`), 'utf8'));
    model = await loadModel(join(options.models, name), { loaderOptions: { tfjs: { engine } } });
    for (const one of cases ?? [{ inputs, expected }]) {
      const got = await model.run(feedsOf(one.inputs));
      // Names are the layers' here, the framework's there.
      const renamed = Object.fromEntries(Object.values(got).map((tensor, i) => [one.expected[i]?.name ?? i, tensor]));
      const wrong = difference(renamed, one.expected, Math.max(rtol, 1e-4));
      if (wrong !== undefined && KNOWN.get(name)?.test(wrong) !== true) return { verdict: 'WRONG', detail: wrong };
    }
    return { verdict: 'pass', detail: '' };
  } catch (error) {
    const typed = typeof error?.code === 'string' && error.code.startsWith('ML_');
    return { verdict: typed ? 'refused' : 'untyped', detail: String(typed ? error.message : error?.stack).slice(0, 200) };
  } finally {
    await model?.dispose();
  }
}

/** The package is imported by name, from where the library stands. */
function linkNative() {
  const built = join(ROOT, '.cache/tfjs-node/node_modules/@tensorflow/tfjs-node');
  const link = join(ROOT, 'node_modules/@tensorflow/tfjs-node');
  if (!existsSync(built)) return;
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(built, link);
}
