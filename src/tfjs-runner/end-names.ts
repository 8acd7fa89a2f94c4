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
  const ends = member(member(model, 'config'), key);
  if (!Array.isArray(ends)) return own;
  const names = ends.map((end: unknown) => (Array.isArray(end) ? (end[0] as unknown) : undefined));
  const told = names.length === own.length && names.every((name) => typeof name === 'string');
  // A layer that gives several outputs has one name for all of them.
  return told && new Set(names).size === names.length ? (names as string[]) : own;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
