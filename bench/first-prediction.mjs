// How long does a fresh process take to its first ONNX prediction: through a service, and with onnxruntime-node alone?
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave, LIBRARY, median, MODELS, ratios, report, ROOT, runNode, spread } from './harness.mjs';

const file = 'digits_mlp_v1_20240210';
const row = JSON.parse(await readFile(join(MODELS, 'samples', `${file}.json`), 'utf8')).input[0];
const path = JSON.stringify(join(MODELS, 'trained', `${file}.onnx`));
const module = (code) => ['--input-type=module', '-e', code];

const raw = `import ort from ${JSON.stringify(`${ROOT}node_modules/onnxruntime-node/dist/index.js`)};
  const session = await ort.InferenceSession.create(${path}, { intraOpNumThreads: 1 });
  const tensor = new ort.Tensor('float32', Float32Array.from(${JSON.stringify(row)}), [1, 64]);
  const { label } = await session.run({ [session.inputNames[0]]: tensor }, ['label']);
  console.log(String(label.data[0]));
  await session.release();`;
const service = `import { BaseMLService, MLServiceRegistry } from ${JSON.stringify(LIBRARY)};
  class Digits extends BaseMLService { modelName = 'digits_mlp'; }
  const registry = new MLServiceRegistry({ modelsDir: ${JSON.stringify(MODELS)} });
  console.log(String((await registry.create(Digits).model.predict([${JSON.stringify(row)}]))[0]));
  await registry.close();`;

const answers = new Set();
const timed = async (code) => {
  const { ms, stdout } = await runNode(module(code));
  answers.add(stdout.trim());
  return ms;
};
const times = await interleave(
  { empty: () => timed('console.log("4")'), raw: () => timed(raw), service: () => timed(service) },
  21,
);
if (answers.size !== 1) throw new Error(`the answers differ: ${[...answers].join(', ')}`);
const over = ratios(times.service, times.raw);
report({
  question: 'Fresh process to its first prediction and end',
  rows: [
    ['empty Node process', spread(times.empty, 'ms', 0), ''],
    ['onnxruntime-node alone', spread(times.raw, 'ms', 0), ''],
    ['service: find, verify, check, load, predict', spread(times.service, 'ms', 0), ''],
    ['... over onnxruntime-node alone', spread(over, 'x', 2), 'at most 1.15x', median(over) <= 1.15],
  ],
});
