import type { TensorLike } from '../../../spec/tensor.ts';
import { isFloat } from '../../graph/compute-type.ts';
import type { KerasShape, KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall } from '../../graph/layer-type.ts';
import type { LookupTable } from './lookup-table.ts';

/**
 * Indices as vectors with a place per token, made before the graph runs.
 *
 * @param indices of the whole tensor that was fed, row after row; `undefined` is left out
 */
export function rowVectors(
  call: LayerCall,
  x: KerasTensor,
  table: LookupTable,
  indices: (given: TensorLike) => readonly (number | undefined)[],
): KerasTensor {
  const { layer, config, dtype } = call;
  const { mode, depth } = table;
  const { shape } = x;
  const single = shape.length > 1 && shape.at(-1) === 1;
  if (mode === 'one_hot') {
    if (!single && shape.length > 1 && layer.generation === 2)
      throw config.malformed('makes one-hot vectors of several tokens in a row, which Keras 2 does not');
    const lead: KerasShape = single ? shape.slice(0, -1) : shape;
    return call.preStep(x, {
      dtype: isFloat(dtype) ? dtype : 'float32',
      shape: [...lead, depth],
      compute: (given) =>
        vectors(
          table,
          indices(given).map((index) => [index]),
          single ? given.shape.slice(0, -1) : given.shape,
          dtype,
        ),
    });
  }
  if (shape.length !== 2)
    throw config.unsupported(
      `has output_mode=${JSON.stringify(mode)} on a tensor of rank ${shape.length}; rank 2 is done`,
    );
  return call.preStep(x, {
    dtype: isFloat(dtype) ? dtype : 'float32',
    shape: [shape[0] ?? null, depth],
    compute: (given) => {
      const all = indices(given);
      const [rows, width] = given.shape as [number, number];
      return vectors(
        table,
        Array.from({ length: rows }, (_, i) => all.slice(i * width, (i + 1) * width)),
        [rows],
        dtype,
      );
    },
  });
}

/** A vector per row of indices. */
export function vectors(
  { mode, depth, weights }: LookupTable,
  rows: readonly (readonly (number | undefined)[])[],
  lead: readonly number[],
  dtype: string,
): TensorLike {
  const data = dtype === 'float64' ? new Float64Array(rows.length * depth) : new Float32Array(rows.length * depth);
  const counts = mode === 'count' || mode === 'tf_idf';
  for (const [i, row] of rows.entries()) {
    for (const index of row) {
      if (index === undefined || index >= depth) continue;
      const at = i * depth + index;
      data[at] = counts ? (data[at] as number) + 1 : 1;
    }
  }
  if (weights !== undefined)
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * (weights[i % depth] as number);
  return { data, shape: [...lead, depth], dtype: dtype === 'float64' ? 'float64' : 'float32' };
}
