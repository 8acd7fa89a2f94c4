import { int } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import { cast, unary, where, compare } from './emit/arithmetic.ts';
import { asFloat, isFloat, pair, wideInteger } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';
import { reduce } from './reduction.ts';

const { axisOf, rankOf, sizeOf } = shapes;

interface Ordered {
  readonly values: Value;
  readonly indices: Value;
}

/** The `count` first elements in order; of equal ones the first is first, NaN is the largest. */
function ordered(
  g: GraphBuilder,
  value: Value,
  axis: number,
  { count, largest }: { count: Value; largest: boolean },
): Ordered {
  const wide = value.dtype === 'bool' ? 'int32' : wideInteger(value.dtype);
  const key = cast(g, value, wide);
  const attributes = { axis: int(axis), largest: int(largest ? 1 : 0), sorted: int(1) };
  const [values, indices] = g.node('TopK', {
    inputs: [key, count],
    attributes,
    outputs: [
      { dtype: wide, shape: undefined },
      { dtype: 'int64', shape: undefined },
    ],
  }) as [Value, Value];
  const shape = value.shape?.map((extent, i) => (i === axis ? null : extent));
  return { values: { ...cast(g, { ...values, shape }, value.dtype), shape }, indices: { ...indices, shape } };
}

function scalarCount(g: GraphBuilder, count: number): Value {
  return g.ints([count]);
}

function topk(call: Call): Outcome {
  const { g } = call;
  const value = call.tensor('self');
  if (rankOf(value) === 0) return [value, g.scalar(0, 'int64')];
  const axis = axisOf(call.int('dim'), rankOf(value));
  const k = call.dim('k');
  const found = ordered(g, value, axis, { count: shapes.dimVector(g, [k]), largest: call.bool('largest') });
  const shape = value.shape?.map((extent, i) => (i === axis ? shapes.extentOf(k) : extent));
  return [
    { ...found.values, shape },
    { ...found.indices, shape },
  ];
}

function sorted(call: Call): Ordered {
  const { g } = call;
  const value = call.tensor('self');
  const descending = call.bool('descending');
  if (rankOf(value) === 0) return { values: value, indices: g.scalar(0, 'int64') };
  const axis = axisOf(call.int('dim'), rankOf(value));
  const found = ordered(g, value, axis, { count: shapes.dimVector(g, [sizeOf(g, value, axis)]), largest: descending });
  return { values: { ...found.values, shape: value.shape }, indices: { ...found.indices, shape: value.shape } };
}

/** The element at a place of the order along a dimension. */
function placed(call: Call, value: Value, axis: number, { place, keep }: { place: number; keep: boolean }): Outcome {
  const { g } = call;
  const { values, indices } = ordered(g, value, axis, { count: scalarCount(g, place), largest: false });
  const last = (all: Value): Value => {
    const one = shapes.select(g, all, axis, -1);
    return keep ? shapes.unsqueeze(g, one, [axis]) : one;
  };
  return [last(values), last(indices)];
}

function kthvalue(call: Call): Outcome {
  const value = call.tensor('self');
  return placed(call, value, axisOf(call.int('dim'), rankOf(value)), {
    place: call.int('k'),
    keep: call.bool('keepdim'),
  });
}

/** The lower of the two middle elements; NaN where there is one. */
function median(call: Call): Outcome {
  const { g } = call;
  const self = call.tensor('self');
  const along = call.has('dim');
  const value = along ? self : shapes.reshape(g, self, [-1]);
  const axis = along ? axisOf(call.int('dim'), rankOf(value)) : 0;
  const extent = value.shape?.[axis];
  if (typeof extent !== 'number') return call.fail('the median along an extent that depends on the input');
  const keep = along && call.bool('keepdim');
  const found = placed(call, value, axis, { place: Math.floor((extent + 1) / 2), keep }) as readonly [Value, Value];
  const [middle, place] = found;
  if (!isFloat(value.dtype)) return along ? found : middle;
  const missing = cast(g, unary(g, 'IsNaN', value, 'bool'), 'int32');
  const any = cast(g, reduce(g, 'ReduceMax', missing, { axes: [axis], keep }), 'bool');
  const number = where(g, any, g.scalar(Number.NaN, value.dtype), middle);
  if (!along) return number;
  const shape = keep ? value.shape?.map((e, i) => (i === axis ? 1 : e)) : value.shape?.filter((_, i) => i !== axis);
  const where_ = g.op('ArgMax', [missing], { axis: int(axis), keepdims: int(keep ? 1 : 0) }, { dtype: 'int64', shape });
  return [number, where(g, any, where_, place)];
}

/** How many sorted boundaries lie before each value. */
function searchsorted(boundaries: string, values: string, right: (call: Call) => boolean): Translate {
  return (call) => {
    const { g } = call;
    if (call.has('sorter')) return call.fail('searchsorted with a sorter');
    const [a, b] = pair(call, boundaries, values);
    if (rankOf(a) !== 1) return call.fail('boundaries of several dimensions');
    const wide = isFloat(a.dtype) ? a.dtype : wideInteger(a.dtype);
    const column = shapes.unsqueeze(g, cast(g, b, wide), [rankOf(b)]);
    const before = compare(g, right(call) ? 'LessOrEqual' : 'Less', cast(g, a, wide), column);
    const counted = reduce(g, 'ReduceSum', cast(g, before, 'int64'), { axes: [rankOf(b)], keep: false });
    const total = shapes.dimScalar(g, sizeOf(g, a, 0));
    // NaN is larger than everything.
    const found = isFloat(b.dtype) ? where(g, unary(g, 'IsNaN', asFloat(g, b), 'bool'), total, counted) : counted;
    const shaped = { ...found, shape: b.shape };
    return call.bool('out_int32') ? cast(g, shaped, 'int32') : shaped;
  };
}

function isRight(call: Call): boolean {
  return call.bool('right') || (call.has('side') && call.text('side') === 'right');
}

/** Order. */
export const ordering: OperatorFamily = {
  topk,
  sort: (call) => {
    const { values, indices } = sorted(call);
    return [values, indices];
  },
  argsort: (call) => sorted(call).indices,
  msort: (call) => {
    const { g } = call;
    const value = call.tensor('self');
    const count = shapes.dimVector(g, [sizeOf(g, value, 0)]);
    return { ...ordered(g, value, 0, { count, largest: false }).values, shape: value.shape };
  },
  kthvalue,
  median,
  searchsorted: searchsorted('sorted_sequence', 'self', isRight),
  bucketize: searchsorted('boundaries', 'self', isRight),
};
