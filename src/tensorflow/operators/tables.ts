import type { AttributeValue } from '../../formats/onnx-proto/build.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';

/** Attributes of ONNX's LabelEncoder by element type. */
const SUFFIX: Readonly<Record<string, string>> = { string: 'strings', int64: 'int64s', float32: 'floats' };

function listOf(call: OpCall, name: string, tensor: TfTensor): readonly [string, AttributeValue] {
  const { constant, dtype } = tensor;
  const suffix = SUFFIX[dtype];
  if (constant === undefined || suffix === undefined) throw call.unsupported(`looks up ${dtype} values`);
  const data = constant.data as ArrayLike<string | number | bigint>;
  const attribute: AttributeValue =
    dtype === 'string'
      ? { texts: Array.from(data, String) }
      : dtype === 'int64'
        ? { ints: Array.from(data as ArrayLike<bigint>) }
        : { floats: Array.from(data as ArrayLike<number>, Number) };
  return [`${name}_${suffix}`, attribute];
}

/** The value of each key; the default for keys that the table does not have. */
function find(call: OpCall): TfTensor {
  const [table] = call.inputs;
  if (table?.kind !== 'table') throw call.unsupported('looks up in something that is no table');
  const [keys, fallback] = [call.tensor(1), call.tensor(2)];
  const entries = table.entries();
  const [value] = Array.from((fallback.constant?.data ?? []) as ArrayLike<string | number | bigint>);
  if (value === undefined) throw call.unsupported('has a default that only a run knows');
  const { dtype } = entries.values;
  const standard: Record<string, AttributeValue> =
    dtype === 'string'
      ? { default_string: { text: String(value) } }
      : dtype === 'int64'
        ? { default_int64: { int: BigInt(value) } }
        : { default_float: { float: Number(value) } };
  const narrow = keys.dtype === 'int32' ? call.cast(keys, 'int64') : keys;
  const attributes = Object.fromEntries([listOf(call, 'keys', entries.keys), listOf(call, 'values', entries.values)]);
  return call.inDomain('ai.onnx.ml', 'LabelEncoder', [narrow], {
    dtype,
    shape: keys.shape,
    attributes: { ...attributes, ...standard },
  });
}

export const tableOperators: OperatorTable = {
  LookupTableFindV2: find,
  LookupTableFind: find,
  LookupTableSizeV2(call) {
    const [table] = call.inputs;
    if (table?.kind !== 'table') throw call.unsupported('counts something that is no table');
    return call.known('int64', [], [table.entries().keys.constant?.data.length ?? null]);
  },
};
