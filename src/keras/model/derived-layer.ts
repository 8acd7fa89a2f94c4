import type { KerasLayer } from './keras-layer.ts';

/** A layer with other values under some keys of its configuration, as wrappers make them of the one that they are given. */
export function overriding(layer: KerasLayer, values: Readonly<Record<string, unknown>>): KerasLayer {
  return { ...layer, config: layer.config.with(values) };
}
