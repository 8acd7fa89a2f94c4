import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { type KerasShape, KerasTensor } from '../../graph/keras-tensor.ts';
import type { KerasGeneration } from '../../model/keras-layer.ts';
import type { LayerConfig } from '../../model/layer-config.ts';
import { type Activation, applyActivation, readActivation } from '../activation.ts';

/** An activation of a cell, to be written inside the loop. */
export interface CellActivation {
  readonly activation: Activation;
  readonly apply: (g: GraphBuilder, value: Value, shape: KerasShape) => Value;
}

/** The activation under a key of a cell's config. */
export function activationOf(
  config: LayerConfig,
  {
    key,
    fallback,
    generation,
  }: { readonly key: string; readonly fallback: string; readonly generation: KerasGeneration },
): CellActivation {
  // `None` is the identity, a key that is missing the default.
  const activation = readActivation(config, key, generation, config.raw(key) === null ? 'linear' : fallback);
  return {
    activation,
    apply: (g, value, shape) =>
      applyActivation(g, KerasTensor.of(g, value, { shape, dtype: value.dtype }), activation).plain(),
  };
}
