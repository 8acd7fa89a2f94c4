/**
 * The names of a layers model's inputs or outputs as its file says them: TensorFlow.js numbers names that were used
 * before in the process. `own` where the file does not say as many.
 */
export function endNames(
  topology: unknown,
  key: 'input_layers' | 'output_layers',
  own: readonly string[],
): readonly string[] {
  const model = member(topology, 'model_config') ?? topology;
  const config = member(model, 'config');
  const ends = member(config, key);
  const names = Array.isArray(ends) ? ends.map((end: unknown) => member(end, '0')) : [sequentialEnd(config, key)];
  const told = names.filter((name) => typeof name === 'string');
  // A layer that gives several outputs has one name for all of them.
  return told.length === own.length && new Set(told).size === own.length ? told : own;
}

/** A Sequential model says no ends: they are its first layer, where that is an InputLayer, and its last. */
function sequentialEnd(config: unknown, key: 'input_layers' | 'output_layers'): unknown {
  const layers = Array.isArray(config) ? config : member(config, 'layers');
  if (!Array.isArray(layers)) return undefined;
  const layer: unknown = layers.at(key === 'input_layers' ? 0 : -1);
  if (key === 'input_layers' && member(layer, 'class_name') !== 'InputLayer') return undefined;
  return member(member(layer, 'config'), 'name');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
