import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { type KerasShape, KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerConfig } from '../model/layer-config.ts';

/** Where a layer's channels are. */
export type DataFormat = 'channels_last' | 'channels_first';

/** A tensor with spatial axes, in the order of axes that ONNX convolves and pools. */
export interface SpatialTensor {
  /** Batch, channels, spatial axes. */
  readonly value: Value;
  readonly batch: number | null;
  readonly channels: number | null;
  readonly extents: readonly (number | null)[];
  readonly format: DataFormat;
}

/** @throws `ML_FORMAT_MALFORMED` for another word */
export function dataFormat(config: LayerConfig): DataFormat {
  return config.choice('data_format', ['channels_last', 'channels_first'], 'channels_last');
}

/** @throws `ML_FORMAT_MALFORMED` for a tensor of another rank than the layer takes */
export function spatialInput(x: KerasTensor, axes: number, config: LayerConfig): SpatialTensor {
  if (x.rank !== axes + 2)
    throw config.malformed(`is called on a tensor of rank ${x.rank}, it takes one of rank ${axes + 2}`);
  const format = dataFormat(config);
  const [batch = null, ...rest] = x.shape;
  return format === 'channels_first'
    ? { value: x.plain(), batch, channels: rest[0] ?? null, extents: rest.slice(1), format }
    : { value: x.channelsFirst(), batch, channels: rest.at(-1) ?? null, extents: rest.slice(0, -1), format };
}

/** A value in ONNX's order of axes as a tensor of Keras. */
export function spatialOutput(
  g: GraphBuilder,
  value: Value,
  { batch, channels, extents, format }: Omit<SpatialTensor, 'value'>,
): KerasTensor {
  const { dtype } = value;
  if (format === 'channels_first') return KerasTensor.of(g, value, { shape: [batch, channels, ...extents], dtype });
  const shape: KerasShape = [batch, ...extents, channels];
  return KerasTensor.channelsFirst(g, value, { shape, dtype });
}
