import { describe, expect, it } from 'vitest';
import { loader } from '../../../src/loaders/tfjs/tfjs-loader.ts';
import { contextOf } from '../../onnx-runner/harness.ts';

const weights = [
  { name: 'd/kernel', shape: [2, 1], dtype: 'float32' },
  { name: 'd/bias', shape: [1], dtype: 'float32' },
];

function document(changed: object = {}): Uint8Array {
  const layer = {
    class_name: 'Dense',
    config: { name: 'd', units: 1, batch_input_shape: [null, 2], activation: 'linear' },
  };
  const model = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    modelTopology: { class_name: 'Sequential', config: { name: 's', layers: [layer] } },
    weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights }],
    ...changed,
  };
  return Buffer.from(JSON.stringify(model));
}

const bytes = new Uint8Array(Float32Array.of(2, 3, 10).buffer);
const shards = { 'a.bin': bytes.slice(0, 5), 'b.bin': bytes.slice(5) };

describe('TensorFlow.js layers models', () => {
  it('joins shards and answers', async () => {
    const model = await loader.load(contextOf(document(), { companions: shards }));
    expect(await model.predict?.([[1, 1]], {})).toEqual([15]);
    expect(model.info?.inputs).toMatchObject([{ name: 'd_input' }]);
    await model.dispose?.();
  });

  it('reads quantized weights', async () => {
    const quantization = { dtype: 'uint8', scale: 0.5, min: -1 };
    const quantized = [
      { ...weights[0], quantization },
      { ...weights[1], quantization: { dtype: 'float16' } },
    ];
    const manifest = [{ paths: ['a.bin'], weights: quantized }];
    const model = await loader.load(
      contextOf(document({ weightsManifest: manifest }), { companions: { 'a.bin': Uint8Array.of(4, 6, 0x00, 0x3c) } }),
    );
    expect(await model.predict?.([[1, 1]], {})).toEqual([4]);
    await model.dispose?.();
  });

  it('refuses missing and short shards, and a graph model', async () => {
    await expect(loader.load(contextOf(document(), { companions: {} }))).rejects.toMatchObject({
      code: expect.stringMatching(/^ML_ARTEFACT_/),
    });
    await expect(
      loader.load(contextOf(document(), { companions: { ...shards, 'b.bin': bytes.slice(6) } })),
    ).rejects.toMatchObject({ code: 'ML_FORMAT_TRUNCATED' });
    await expect(
      loader.load(contextOf(document(), { companions: { ...shards, 'b.bin': new Uint8Array(20) } })),
    ).rejects.toMatchObject({ code: 'ML_FORMAT_MALFORMED' });
    await expect(loader.load(contextOf(document({ format: 'graph-model' })))).rejects.toMatchObject({
      code: 'ML_FORMAT_UNSUPPORTED',
    });
  });
});
