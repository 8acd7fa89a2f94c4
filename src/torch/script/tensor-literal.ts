import type { TensorLike } from '../../spec/tensor.ts';
import { SCALAR_TYPES } from '../graph/dtypes.ts';
import type { Builtin } from './builtins.ts';
import { badProgram } from './script-problem.ts';
import { LOST, type ScriptValue } from './script-value.ts';

/** `torch.tensor(data, dtype=...)` of numbers that are known: `[[1, 2], [3, 4]]`, `0.5`. */
export const tensorLiteral: Builtin = ({ positional: [data], named, writer, place }) => {
  if (data === undefined) return undefined;
  const shape: number[] = [];
  for (
    let inner: ScriptValue | undefined = data;
    inner?.kind === 'list' || inner?.kind === 'tuple';
    inner = inner.items[0]
  ) {
    shape.push(inner.items.length);
  }
  const flat: (number | boolean)[] = [];
  const kinds = new Set<ScriptValue['kind']>();
  const walk = (value: ScriptValue, depth: number): boolean => {
    if (value.kind === 'list' || value.kind === 'tuple') {
      if (value.items.length !== shape[depth])
        throw badProgram(place, 'a tensor is made of lists of different lengths');
      return value.items.every((item) => walk(item, depth + 1));
    }
    kinds.add(value.kind);
    if (value.kind !== 'int' && value.kind !== 'float' && value.kind !== 'bool') return false;
    flat.push(typeof value.value === 'bigint' ? Number(value.value) : value.value);
    return true;
  };
  // Numbers of the graph: the operator writes those.
  if (!walk(data, 0)) return kinds.has('lost') ? LOST : undefined;
  const own = kinds.has('float') ? 'float32' : kinds.has('int') || kinds.size === 0 ? 'int64' : 'bool';
  const box = writer.box(writer.g.constant(literal(own, flat, shape)));
  const dtype = named.get('dtype');
  if (dtype === undefined || dtype.kind === 'none') return box;
  if (dtype.kind === 'int' && SCALAR_TYPES[Number(dtype.value)] === own) return box;
  return writer.write('aten::to', { positional: [box, dtype], named: new Map() }, place);
};

function literal(
  dtype: 'float32' | 'int64' | 'bool',
  values: readonly (number | boolean)[],
  shape: readonly number[],
): TensorLike {
  if (dtype === 'float32') return { data: Float32Array.from(values, Number), shape, dtype };
  if (dtype === 'int64') return { data: BigInt64Array.from(values, (value) => BigInt(Number(value))), shape, dtype };
  return { data: values.map(Boolean), shape, dtype };
}
