// A small dense network (30-64-64-2) in tfjs with its WebAssembly backend, and the same in this library as ONNX: one row.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { interleave, LIBRARY, median, perCall, ratios, report, spread } from './harness.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
const layers = require('@tensorflow/tfjs-layers');
const wasm = require('@tensorflow/tfjs-backend-wasm');
wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');
await tf.ready();

const SIZES = [30, 64, 64, 2];
const weights = SIZES.slice(1).map((columns, i) => {
  const rows = SIZES[i];
  return Float32Array.from({ length: rows * columns }, (_, k) => Math.sin(k + i) / rows);
});
const model = layers.sequential();
for (const [i, units] of SIZES.slice(1).entries()) {
  const activation = i === SIZES.length - 2 ? 'softmax' : 'relu';
  model.add(layers.layers.dense({ units, activation, inputShape: [SIZES[i]] }));
}
model.setWeights(
  weights.flatMap((values, i) => [tf.tensor2d(values, [SIZES[i], SIZES[i + 1]]), tf.zeros([SIZES[i + 1]])]),
);

const { denseNetwork } = await import('./peers/dense-network.mjs');
const { loadModel } = await import(LIBRARY);
const ours = await loadModel({ bytes: denseNetwork(SIZES, weights), name: 'dense.onnx' });
const row = Float32Array.from({ length: 30 }, (_, i) => Math.cos(i));
const tfjs = async () => {
  const x = tf.tensor2d(row, [1, 30]);
  const y = model.predict(x);
  const values = await y.data();
  tf.dispose([x, y]);
  return values;
};
const library = async () => (await ours.run({ x: { data: row, shape: [1, 30], dtype: 'float32' } })).y.data;
const [a, b] = [await tfjs(), await library()];
const apart = Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
const times = await interleave({ tfjs: () => perCall(tfjs, 2_000), library: () => perCall(library, 2_000) }, 9);
const faster = ratios(times.tfjs, times.library);
report({
  question: 'A dense network, one row: tfjs with WebAssembly',
  rows: [
    ['largest difference of the answers', apart.toExponential(1), 'below 1e-5', apart < 1e-5],
    ['tfjs', spread(times.tfjs, 'us'), ''],
    ['this library, as ONNX', spread(times.library, 'us'), ''],
    ['... faster by', spread(faster, 'x'), '', median(faster) > 1 ? undefined : undefined],
  ],
});
await ours.dispose();
