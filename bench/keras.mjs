// Small Keras networks: this library, TensorFlow.js on its two engines, and Keras in Python. Make the networks first, with
// TensorFlow 2.15, which measures Python's side; tfjs-node is there after `node scripts/build-tfjs-node.mjs`:
//
//   python bench/make_keras_models.py .cache/bench-keras
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave, LIBRARY, median, perCall, ratios, report, ROOT, runNode, spread } from './harness.mjs';

const FOLDER = join(ROOT, '.cache/bench-keras');
const QUESTION = 'Keras networks: TensorFlow.js, and Keras in Python';
const ROUNDS = 9;
const CALLS = { mlp: [2_000, 100], cnn: [200, 2], lstm: [200, 3] };

if (!existsSync(join(FOLDER, 'mlp.json'))) {
  report({ question: QUESTION, rows: [['no models', 'make them with bench/make_keras_models.py', '', undefined]] });
  process.exit();
}
const ENGINES = {
  wasm: { title: 'tfjs WebAssembly', start: tfjsWasm, goal: 5 },
  node: { title: 'tfjs-node', start: tfjsNode, goal: 3 },
};
const asked = process.argv.find((argument) => argument.startsWith('--engine='))?.slice('--engine='.length);
// TensorFlow.js has one engine per process, whatever asks for another: each gets a process of its own.
const rows = asked === undefined ? (await everyEngine()).flat() : await measureAll(ENGINES[asked]);
report({ question: QUESTION, rows });

async function everyEngine() {
  const all = [];
  for (const engine of Object.keys(ENGINES)) {
    const { stdout } = await runNode(['--expose-gc', fileURLToPath(import.meta.url), `--engine=${engine}`, '--json']);
    all.push(JSON.parse(stdout.trim().split('\n').at(-1)).rows);
  }
  return all;
}

async function measureAll({ title, start, goal }) {
  const { loadModel } = await import(LIBRARY);
  const engine = await start();
  if (engine === undefined) return [[title, 'not built', '', undefined]];
  const lines = [];
  for (const name of Object.keys(CALLS)) {
    const facts = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
    const model = await loadModel(join(FOLDER, `${name}.h5`));
    const [input] = model.info.inputs;
    const library = async (data, shape) =>
      Object.values(await model.run({ [input.name]: { data, shape, dtype: 'float32' } }))[0].data;
    const tfjs = await theirs(engine, name);
    for (const [i, count] of [1, 1000].entries()) {
      const data = Float32Array.from({ length: count * facts.row.length }, (_, k) => facts.row[k % facts.row.length]);
      const shape = [count, ...facts.shape];
      const answer = await library(data, shape);
      if (facts.answer.some((value, k) => Math.abs(value - answer[k]) > 1e-5))
        throw new Error(`${name} differs from Keras`);
      const calls = CALLS[name][i];
      const contestants = {
        library: () => perCall(() => library(data, shape), calls),
        tfjs: () => perCall(() => tfjs(data, shape), calls),
      };
      const times = await interleave(contestants, ROUNDS);
      const faster = ratios(times.tfjs, times.library);
      const keras = facts.predict[count];
      const overKeras = keras / median(times.library);
      lines.push([
        `${name}, ${count} row${count === 1 ? '' : 's'}`,
        `${spread(times.library, 'us')}; ${title} ${spread(times.tfjs, 'us')}, **${spread(faster, 'x')}**; ` +
          `Keras ${facts.tensorflow} \`predict\` ${keras.toFixed(0)} us, ${overKeras.toFixed(1)}x, \`model(x)\` ${facts.call[count].toFixed(0)} us`,
        count === 1 ? `${goal}x ${title}, 20x Keras` : '',
        count === 1 ? median(faster) >= goal && overKeras >= 20 : undefined,
      ]);
    }
    await model.dispose();
  }
  return lines;
}

async function tfjsWasm() {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  return { tf, loadLayersModel: require('@tensorflow/tfjs-layers').loadLayersModel };
}

function tfjsNode() {
  const folder = join(ROOT, '.cache/tfjs-node');
  if (!existsSync(folder)) return undefined;
  const tf = createRequire(join(folder, 'x.js'))('@tensorflow/tfjs-node');
  return { tf, loadLayersModel: tf.loadLayersModel };
}

/** What calls a network of TensorFlow.js with one tensor's values. */
async function theirs({ tf, loadLayersModel }, name) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(FOLDER, name, 'model.json'), 'utf8'));
  const file = readFileSync(join(FOLDER, name, 'weights.bin'));
  const weightData = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const model = await loadLayersModel({
    load: async () => ({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
  });
  return async (data, shape) => {
    const x = tf.tensor(data, shape);
    const y = model.predict(x, { batchSize: shape[0] });
    const values = await y.data();
    tf.dispose([x, y]);
    return values;
  };
}
