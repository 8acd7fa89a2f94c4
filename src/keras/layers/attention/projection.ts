import type { Value } from '../../../onnx/builder/graph-builder.ts';
import { filled } from '../../graph/filled.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall } from '../../graph/layer-type.ts';
import { reshaped } from '../../graph/permute.ts';

/** Features as heads: `[..., heads, width]`. */
export function projected(
  { g, config, weights, dtype }: LayerCall,
  x: KerasTensor,
  { name, heads, width }: { readonly name: string; readonly heads: number; readonly width: number },
): Value {
  const stored = weights.get(`${name}/kernel`, [x.shape.at(-1) ?? null, heads, width]);
  const kernel = reshaped(stored, [stored.shape[0] as number, heads * width]);
  let value = g.op('MatMul', [x.plain(), g.constant(kernel, 'kernel')], {}, { dtype });
  if (config.boolean('use_bias', true)) {
    const bias = reshaped(weights.get(`${name}/bias`, [heads, width]), [heads * width]);
    value = g.op('Add', [value, g.constant(bias, 'bias')], {}, { dtype });
  }
  return g.op('Reshape', [value, g.ints([...filled(x.rank - 1, 0), heads, width])], {}, { dtype });
}

/** Heads as features again, as many as the query has, or as `output_shape` says. */
export function projectedBack(
  { g, config, weights, dtype }: LayerCall,
  value: Value,
  { query, heads, width }: { readonly query: KerasTensor; readonly heads: number; readonly width: number },
): KerasTensor {
  const given = config.has('output_shape') ? config.integers('output_shape') : [];
  const wanted = given.length === 0 ? [query.shape.at(-1) ?? null] : given;
  const stored = weights.get('attention_output/kernel', [heads, width, ...wanted]);
  const extents = stored.shape.slice(2);
  const count = extents.reduce((product, n) => product * n, 1);
  const lead = filled(query.rank - 1, 0);
  const flat = g.op('Reshape', [value, g.ints([...lead, heads * width])], {}, { dtype });
  const kernel = reshaped(stored, [heads * width, count]);
  let result = g.op('MatMul', [flat, g.constant(kernel, 'kernel')], {}, { dtype });
  if (config.boolean('use_bias', true)) {
    const bias = reshaped(weights.get('attention_output/bias', extents), [count]);
    result = g.op('Add', [result, g.constant(bias, 'bias')], {}, { dtype });
  }
  if (extents.length > 1) result = g.op('Reshape', [result, g.ints([...lead, ...extents])], {}, { dtype });
  return KerasTensor.of(g, result, { shape: [...query.shape.slice(0, -1), ...extents], dtype });
}
