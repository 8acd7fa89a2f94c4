// The checkpoints of the repository, read by name through a registry, as a service would.
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { type Model, MLServiceRegistry } from '../../../src/index.ts';

const registry = new MLServiceRegistry({ modelsDir: fileURLToPath(new URL('../../../models', import.meta.url)) });
afterAll(() => registry.close());

const floats = async (model: Model, name: string): Promise<Float32Array> =>
  (await model.tensor(name)).data as Float32Array;

it('checkpoints are listed in their area', async () => {
  const listed = (await registry.models()).filter(({ area }) => area === 'checkpoints');
  expect(listed.map(({ id }) => id).toSorted()).toEqual([
    'checkpoints/best_model.pth',
    'checkpoints/epoch_10.pth',
    'checkpoints/epoch_20.pth',
  ]);
});

it.each([10, 20])('the network of epoch %d answers from its tensors what it answered in Python', async (epoch) => {
  const model = registry.model(`epoch_${epoch}`, 'latest', { area: 'checkpoints' });
  const inputs = await floats(model, 'sample.inputs');
  const wanted = await floats(model, 'sample.outputs');
  const of = (name: string): Promise<Float32Array> => floats(model, `model_state_dict.${name}`);
  const hidden = linear(inputs, await of('0.weight'), await of('0.bias'));
  const normal = normalise(
    hidden,
    await Promise.all(['running_mean', 'running_var', 'weight', 'bias'].map((n) => of(`1.${n}`))),
  );
  const outputs = linear(
    normal.map((value) => Math.max(0, value)),
    await of('3.weight'),
    await of('3.bias'),
  );
  expect(outputs.length).toBe(10);
  for (const [i, output] of outputs.entries()) expect(output).toBeCloseTo(wanted[i] as number, 5);
  expect((model.value as Map<string, unknown>).get('epoch')).toBe(epoch);
  expect(model.tensors.get('optimizer_state_dict.state.0.exp_avg')).toMatchObject({ shape: [16, 2] });
});

it('the best model is a state dict', async () => {
  const model = await registry.load('best_model', 'latest', { area: 'checkpoints' });
  expect([...model.tensors.keys()]).toEqual([
    '0.weight',
    '0.bias',
    '1.weight',
    '1.bias',
    '1.running_mean',
    '1.running_var',
    '1.num_batches_tracked',
    '3.weight',
    '3.bias',
  ]);
  expect((await model.tensor('1.num_batches_tracked')).data).toEqual(expect.any(BigInt64Array));
  await expect(model.predict([[0, 0]])).rejects.toMatchObject({ code: 'ML_MODEL_METHOD_UNSUPPORTED' });
});

function linear(inputs: Float32Array, weight: Float32Array, bias: Float32Array): Float32Array {
  const width = weight.length / bias.length;
  return Float32Array.from({ length: (inputs.length / width) * bias.length }, (_, i) => {
    const [row, out] = [Math.floor(i / bias.length), i % bias.length];
    let sum = bias[out] as number;
    for (let k = 0; k < width; k++) sum += (inputs[row * width + k] as number) * (weight[out * width + k] as number);
    return sum;
  });
}

function normalise(values: Float32Array, parameters: readonly Float32Array[]): Float32Array {
  const [mean, variance, weight, bias] = parameters as [Float32Array, Float32Array, Float32Array, Float32Array];
  return values.map((value, i) => {
    const c = i % mean.length;
    return (
      ((value - (mean[c] as number)) / Math.sqrt((variance[c] as number) + 1e-5)) * (weight[c] as number) +
      (bias[c] as number)
    );
  });
}
