#!/usr/bin/env node
// Keras models here and in TensorFlow.js on WebAssembly, in one run: node bench/keras.mjs
// Needs a built dist. The models are made of random weights; ratios are what to read.
import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '../dist/index.js';

const tf = await import('@tensorflow/tfjs-core');
const layers = await import('@tensorflow/tfjs-layers');
const wasm = await import('@tensorflow/tfjs-backend-wasm');
const require = createRequire(import.meta.url);
wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');
await tf.ready();

const MODELS = {
  'mlp 30-64-64-2': [
    [30],
    [
      layers.layers.dense({ units: 64, activation: 'relu', inputShape: [30] }),
      layers.layers.dense({ units: 64, activation: 'relu' }),
      layers.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  ],
  'cnn 32x32x3': [
    [32, 32, 3],
    [
      layers.layers.conv2d({
        filters: 16,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        inputShape: [32, 32, 3],
      }),
      layers.layers.batchNormalization(),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  ],
};

/** Median milliseconds of a call, after warming up. */
async function median(call, budget = 1500) {
  for (let i = 0; i < 3; i++) await call();
  const times = [];
  const end = performance.now() + budget;
  while (performance.now() < end || times.length < 5) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
}

const folder = mkdtempSync(join(tmpdir(), 'keras-bench-'));
for (const [name, [shape, list]] of Object.entries(MODELS)) {
  const theirs = layers.sequential({ layers: list });
  await theirs.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const generatedBy = 'TensorFlow.js tfjs-layers';
      writeFileSync(
        join(folder, 'model.json'),
        JSON.stringify({ format: 'layers-model', generatedBy, modelTopology, weightsManifest }),
      );
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(weightData));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const ours = await loadModel(join(folder, 'model.json'));
  const [input] = ours.info.inputs;
  for (const rows of [1, 1000]) {
    const data = Float32Array.from({ length: rows * shape.reduce((a, b) => a * b, 1) }, () => Math.random());
    const feed = { [input.name]: { data, shape: [rows, ...shape], dtype: 'float32' } };
    const a = await median(() => ours.run(feed));
    const b = await median(async () => {
      const x = tf.tensor(data, [rows, ...shape]);
      const y = theirs.predict(x, { batchSize: rows });
      await y.data();
      x.dispose();
      y.dispose();
    });
    console.log(`${name}, ${rows} rows: ${a.toFixed(3)} ms here, ${b.toFixed(3)} ms tfjs wasm: ${(b / a).toFixed(1)}x`);
  }
  await ours.dispose();
}
rmSync(folder, { recursive: true, force: true });
