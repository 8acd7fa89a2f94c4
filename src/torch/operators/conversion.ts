import type { DType } from '../../spec/tensor.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { cast, compare } from './emit/arithmetic.ts';
import { truncate } from './emit/divide.ts';
import { numberOf, compute } from './emit/numbers.ts';
import { broadcastTo } from './emit/broadcast-to.ts';
import { isFloat, isInteger } from './emit/promote.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';
import { truth } from './comparison.ts';

const self: Translate = (call) => call.tensor('self');

/** A tensor in another element type: floats are cut towards zero, anything but zero is true. */
export function convert({ g }: Call, value: Value, dtype: DType): Value {
  if (value.dtype === dtype) return value;
  if (dtype === 'bool') return truth(g, value);
  // Out of range is undefined in C; through int64 the low bits stay, as PyTorch has them.
  if (isFloat(value.dtype) && isInteger(dtype)) return cast(g, cast(g, truncate(g, value), 'int64'), dtype);
  return cast(g, value, dtype);
}

function to(call: Call): Value {
  const value = call.tensor('self');
  if (call.overload === 'other') return convert(call, value, call.tensor('other').dtype);
  const hasDtype = call.overload !== 'device' || call.has('dtype');
  const dtype = hasDtype ? call.dtype() : undefined;
  return dtype === undefined ? value : convert(call, value, dtype);
}

function identityUnlessTraining(flag: string): Translate {
  return (call) => {
    const input = call.tensor('input');
    const p = call.has('p') ? call.float('p') : 1;
    return call.bool(flag) && p !== 0
      ? call.fail('dropout of a model that is training; export it in eval mode')
      : input;
  };
}

const as =
  (dtype: DType): Translate =>
  (call) =>
    convert(call, call.tensor('self'), dtype);

/** `self` overwritten with `src`: its element type and extents stay. */
function copy(call: Call): Outcome {
  const target = call.tensor('self');
  const source = convert(call, call.tensor('src'), target.dtype);
  return broadcastTo(call.g, source, target);
}

/** A number out of a tensor of one element. */
function item(call: Call): Outcome {
  const operand = call.operands()[0];
  if (operand === undefined || operand.kind !== 'tensor') return operand ?? call.fail('no argument');
  const { value } = operand;
  const flat = value.shape?.length === 0 ? value : call.g.op('Reshape', [value, call.g.ints([])], {}, { shape: [] });
  if (value.dtype === 'bool') return numberOf(flat);
  return numberOf(cast(call.g, flat, isFloat(value.dtype) ? 'float64' : 'int64'));
}

function toNumber(operation: 'int' | 'float' | 'bool'): Translate {
  return (call) => {
    const operand = item(call);
    return 'kind' in operand ? compute(call.g, operation, [operand]) : call.fail('no number');
  };
}

/** Element types, copies, and what does nothing once a model is exported. */
export const conversion: OperatorFamily = {
  to,
  _to_copy: to,
  type_as: (call) => convert(call, call.tensor('self'), call.tensor('other').dtype),
  float: as('float32'),
  double: as('float64'),
  long: as('int64'),
  clone: self,
  contiguous: self,
  detach: self,
  detach_copy: self,
  alias: self,
  alias_copy: self,
  lift: self,
  lift_fresh: self,
  lift_fresh_copy: self,
  cpu: self,
  cuda: self,
  positive: self,
  resolve_conj: self,
  resolve_neg: self,
  requires_grad_: self,
  real: self,
  conj: self,
  copy,
  dropout: identityUnlessTraining('train'),
  feature_dropout: identityUnlessTraining('train'),
  alpha_dropout: identityUnlessTraining('train'),
  feature_alpha_dropout: identityUnlessTraining('train'),
  native_dropout: (call) => {
    const { g } = call;
    const input = call.tensor('input');
    const training = call.has('train') && call.bool('train');
    if (training && call.float('p') !== 0)
      return call.fail('dropout of a model that is training; export it in eval mode');
    const wide = cast(g, input, 'float32');
    const same = compare(g, 'Equal', wide, wide);
    return [input, same];
  },
  item,
  _local_scalar_dense: item,
  Int: toNumber('int'),
  Float: toNumber('float'),
  Bool: toNumber('bool'),
  IntImplicit: toNumber('int'),
  FloatImplicit: toNumber('float'),
  ScalarImplicit: item,
};
