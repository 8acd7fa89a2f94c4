import { describe, expect, it } from 'vitest';
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

it('every layer of the table is in some case of real Keras', () => {
  const seen = new Set<string>();
  for (const [pack, generation] of PACKS) {
    for (const one of packedCases(pack)) {
      const visit = (graph: ReturnType<typeof parseModel>['graph']): void => {
        for (const layer of graph.layers) {
          seen.add(layer.className);
          for (const inner of layer.inner.values()) seen.add(inner.className);
          if (layer.graph !== undefined) visit(layer.graph);
        }
      };
      visit(parseModel(fileOf(one, generation), LAYER_TYPES, 64).graph);
    }
  }
  const missing = [...LAYER_TYPES.keys()].filter(
    (name) => !name.startsWith('ops.') && !/^Random|^MixUp|^CutMix|^AugMix/.test(name) && !seen.has(name),
  );
  expect(missing).toEqual([]);
});
