import { describe, expect, it } from 'vitest';
import { ACTIVATION_LAYERS } from '../../src/keras/layers/activation-layers.ts';
import { CONVOLUTION_LAYERS } from '../../src/keras/layers/convolution.ts';
import { DENSE_LAYERS } from '../../src/keras/layers/dense.ts';
import { EINSUM_LAYERS } from '../../src/keras/layers/einsum-dense.ts';
import { EMBEDDING_LAYERS } from '../../src/keras/layers/embedding.ts';
import { IMAGE_LAYERS } from '../../src/keras/layers/image.ts';
import { MERGING_LAYERS } from '../../src/keras/layers/merging.ts';
import { NORMALIZATION_LAYERS } from '../../src/keras/layers/normalization.ts';
import { POOLING_LAYERS } from '../../src/keras/layers/pooling.ts';
import { RESHAPING_LAYERS } from '../../src/keras/layers/reshaping.ts';
import { TF_OPS } from '../../src/keras/ops/tf-ops.ts';
import { LAYER_TYPES } from '../../src/keras/layers/layer-types.ts';
import { openKerasModel } from '../../src/keras/open/open-keras-model.ts';
import { parseModel } from '../../src/keras/read/parse-model.ts';
import type { TensorLike } from '../../src/spec/tensor.ts';
import { contextOf } from '../onnx-runner/harness.ts';
import { fileOf, packedCases, type PackedTensor, tensorOf } from './packed-cases.ts';

const PACKS = [
  ['keras2', 2],
  ['keras3', 3],
] as const;
/** Refused by design: versions of Keras 3 merge different masks differently. */
const REFUSED = new Set(['keras3 masked_merge']);

/** The largest difference, absolute below one, relative above. */
function distance(got: TensorLike, want: PackedTensor): number {
  let worst = 0;
  for (const [i, value] of want.data.entries()) {
    const [a, b] = [Number(got.data[i]), Number(value)];
    if (!Object.is(a, b) && a !== b) worst = Math.max(worst, Math.abs(a - b) / Math.max(1, Math.abs(b)) || Infinity);
  }
  return worst;
}

describe.each(PACKS)('models of real Keras, %s', (pack, generation) => {
  const cases = packedCases(pack);

  it('are there', () => {
    expect(cases.length).toBeGreaterThan(150);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const context = contextOf(new Uint8Array());
    if (REFUSED.has(`${pack} ${name}`)) {
      await expect(openKerasModel(context, fileOf(one, generation))).rejects.toMatchObject({
        code: 'ML_FORMAT_UNSUPPORTED',
      });
      return;
    }
    const model = await openKerasModel(context, fileOf(one, generation));
    for (const { inputs, expected } of one.cases) {
      const found =
        (await model.run?.(Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)])), {})) ?? {};
      const outputs = Object.values(found);
      expect(outputs.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      for (const [i, want] of expected.entries())
        expect(distance(outputs[i] as TensorLike, want)).toBeLessThanOrEqual(one.rtol);
    }
    await model.dispose?.();
  });
});

/** The families that these packs are about; recurrent layers and text have their own references. */
const FAMILIES = [
  ACTIVATION_LAYERS,
  CONVOLUTION_LAYERS,
  DENSE_LAYERS,
  EINSUM_LAYERS,
  EMBEDDING_LAYERS,
  IMAGE_LAYERS,
  MERGING_LAYERS,
  NORMALIZATION_LAYERS,
  POOLING_LAYERS,
  RESHAPING_LAYERS,
  TF_OPS,
];

it('every layer of these families is in some case of real Keras', () => {
  const seen = new Set<string>();
  for (const [pack, generation] of PACKS) {
    for (const one of packedCases(pack)) {
      for (const layer of parseModel(fileOf(one, generation), LAYER_TYPES, 64).graph.layers) seen.add(layer.className);
    }
  }
  const missing = FAMILIES.flatMap((family) => [...family.keys()]).filter((name) => !seen.has(name));
  expect(missing).toEqual([]);
});
