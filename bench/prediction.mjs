// What does a service add to a prediction on a loaded model? Against `session.run` of onnxruntime-node
// with the same tensor, the same session options and the same outputs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave, LIBRARY, median, MODELS, ortNode, perCall, ratios, report, spread } from './harness.mjs';

const { BaseMLService, MLServiceRegistry } = await import(LIBRARY);
const ort = ortNode();
const CALLS = 5_000;
const ROUNDS = 15;
// As the library sets them for small models.
const options = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

async function measure(modelName, file, labelOutput) {
  class Service extends BaseMLService {
    modelName = modelName;
  }
  const registry = new MLServiceRegistry({ modelsDir: MODELS });
  const { model } = registry.create(Service);
  const sample = JSON.parse(await readFile(join(MODELS, 'samples', `${file}.json`), 'utf8'));
  const row = sample.input[0];
  const values = Float32Array.from(row);
  const shape = [1, row.length];
  const ours = { data: values, shape, dtype: 'float32' };

  const session = await ort.InferenceSession.create(join(MODELS, 'trained', `${file}.onnx`), options);
  const input = session.inputNames[0];
  const tensor = new ort.Tensor('float32', values, shape);
  const feeds = { [input]: tensor };
  const fetches = [labelOutput];
  const oursFeeds = { [input]: ours };

  const times = await interleave(
    {
      raw: () => perCall(() => session.run(feeds), CALLS),
      run: () => perCall(() => model.run(oursFeeds), CALLS),
      rawLabel: () => perCall(() => session.run(feeds, fetches), CALLS),
      rawLabelAndTensor: () =>
        perCall(() => session.run({ [input]: new ort.Tensor('float32', values, shape) }, fetches), CALLS),
      predict: () => perCall(() => model.predict(ours), CALLS),
      predictRow: () => perCall(() => model.predict([row]), CALLS),
    },
    ROUNDS,
  );
  await session.release();
  await registry.close();
  const against = (name, base) => {
    const values = ratios(times[name], times[base]);
    return [spread(values, 'x', 2), 'at most 1.25x', median(values) <= 1.25];
  };
  return [
    [`${modelName}: raw \`session.run\`, all outputs`, spread(times.raw, 'us'), ''],
    [`${modelName}: service \`run\` of the same tensor`, spread(times.run, 'us'), ''],
    ['... over raw', ...against('run', 'raw')],
    [`${modelName}: raw, the label alone`, spread(times.rawLabel, 'us'), ''],
    ['... with a new tensor for each call', spread(times.rawLabelAndTensor, 'us'), ''],
    [`${modelName}: service \`predict\` of the same tensor`, spread(times.predict, 'us'), ''],
    ['... over raw', ...against('predict', 'rawLabel')],
    [`${modelName}: service \`predict\` of an array`, spread(times.predictRow, 'us'), ''],
    ['... over raw', spread(ratios(times.predictRow, times.rawLabel), 'x', 2), ''],
  ];
}

report({
  question: 'One row on a loaded model',
  rows: [
    ...(await measure('digits_mlp', 'digits_mlp_v1_20240210', 'label')),
    ...(await measure('diabetes_regressor', 'diabetes_regressor_v1.0.0_20240201', 'variable')),
  ],
});
