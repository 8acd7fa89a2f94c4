import { cast } from '../graph/cast.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { int } from '../../onnx/builder/attributes.ts';

/** `Embedding`: a row of a table for every index. With `mask_zero`, index 0 is no step. */
export const EMBEDDING_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  [
    'Embedding',
    {
      masking: 'own',
      keepsTypes: true,
      weights: () => [{ name: 'embeddings' }],
      translate: embedding,
      check: checkEmbedding,
    },
  ],
]);

function checkEmbedding({ config }: LayerCall['layer']): void {
  config.refuseUnless('lora_rank', [], 'low-rank weights are not added here; merge them before saving');
  config.refuseUnless('quantization_mode', [], 'quantized weights are not read; save the model before quantizing it');
}

function embedding({ g, config, weights, dtype, input }: LayerCall): KerasTensor {
  const rows = config.integer('input_dim', { least: 1 });
  const width = config.integer('output_dim', { least: 1 });
  const x = input();
  const table = g.constant(weights.get('embeddings', [rows, width]), 'embeddings');
  const indices = x.dtype === 'int64' ? x : cast(g, x, 'int32');
  const value = indices.plain();
  const m = new Arithmetic(g, indices.dtype);
  const negative = g.op('Less', [value, g.scalar(0, indices.dtype)], {}, { dtype: 'bool' });
  // Gather counts a negative index from the end; TensorFlow refuses it, as this does one beyond the table.
  const checked = m.where(negative, g.scalar(rows, indices.dtype), value);
  const shape = [...x.shape, width];
  const found = g.op('Gather', [table, checked], { axis: int(0) }, { dtype });
  const mask = config.boolean('mask_zero', false)
    ? KerasTensor.of(
        g,
        g.op('Not', [g.op('Equal', [x.plain(), g.scalar(0, x.dtype)], {}, { dtype: 'bool' })], {}, { dtype: 'bool' }),
        { shape: x.shape, dtype: 'bool' },
      )
    : undefined;
  return KerasTensor.of(g, found, { shape, dtype, mask });
}
