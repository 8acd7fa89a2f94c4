import type { KerasInput, KerasLayer, TensorRef } from '../model/keras-layer.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';
import { malformed } from './parse-context.ts';

/**
 * What an InputLayer, or the first layer of a Sequential model, says of the input.
 *
 * @param name as the framework shows it; default the layer's
 * @throws `ML_FORMAT_MALFORMED`; `ML_FORMAT_UNSUPPORTED` for sparse and ragged inputs
 */
export function inputOf(layer: KerasLayer, ref: TensorRef, name: string = layer.name): KerasInput {
  const { config } = layer;
  const given = config.raw('batch_shape') ?? config.raw('batch_input_shape') ?? layer.buildShape;
  return { name, ref, shape: batchShape(given, config.subject), dtype: dtypeName(config.raw('dtype')) ?? 'float32' };
}

/** A shape of the file, batch first. */
export function batchShape(value: unknown, subject: string): readonly (number | null)[] {
  const list = Array.isArray(value) ? value : undefined;
  const valid = list?.every((extent) => extent === null || (Number.isSafeInteger(extent) && (extent as number) >= 0));
  if (list === undefined || list.length === 0 || valid !== true) {
    throw malformed(
      `${subject} has the input shape ${shown(value)}, which must be a list of extents that begins with the batch`,
    );
  }
  return list as readonly (number | null)[];
}

/** The type of a layer: a name, or a policy's name; `undefined` where the file says nothing. */
export function dtypeName(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return undefined;
  const config = own(value, 'config');
  return isRecord(config) ? dtypeName(own(config, 'name')) : undefined;
}
