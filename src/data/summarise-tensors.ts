import type { TensorInfo } from '../spec/stored-tensor.ts';

/** Modules and tensors listed of a file that has very many. */
const MAX_LISTED = 2_000;

/** Tensors of one module: what stands under one name but for its last part. */
interface ModuleSummary {
  readonly module: string;
  readonly parameters: number;
  readonly tensors: Readonly<Record<string, string>>;
}

/** A collection of tensors for people who look into it: counts, types, and tensors by module. */
export function summariseTensors(tensors: ReadonlyMap<string, TensorInfo>): Readonly<Record<string, unknown>> {
  const dtypes = new Map<string, number>();
  const modules = new Map<string, { parameters: number; tensors: Map<string, string> }>();
  let parameters = 0;
  let listed = 0;
  for (const [name, { shape, dtype }] of tensors) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    parameters += count;
    dtypes.set(dtype, (dtypes.get(dtype) ?? 0) + 1);
    if (++listed > MAX_LISTED) continue;
    const dot = name.lastIndexOf('.');
    const key = dot < 0 ? '' : name.slice(0, dot);
    const module = modules.get(key) ?? { parameters: 0, tensors: new Map() };
    module.parameters += count;
    module.tensors.set(name.slice(dot + 1), `${dtype} [${shape.join(', ')}]`);
    modules.set(key, module);
  }
  return {
    tensors: tensors.size,
    parameters,
    dtypes: Object.fromEntries(dtypes),
    modules: Array.from(
      modules,
      ([module, summary]): ModuleSummary => ({
        module,
        parameters: summary.parameters,
        tensors: Object.fromEntries(summary.tensors),
      }),
    ),
    ...(listed > MAX_LISTED && { more: listed - MAX_LISTED }),
  };
}
