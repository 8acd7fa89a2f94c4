import { int } from '../../onnx/builder/attributes.ts';
import type { Extent, GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import type { Call } from './call.ts';
import { truth } from './comparison.ts';
import { convert } from './conversion.ts';
import { extremeOf } from './arithmetic.ts';
import { binary, cast, unary, where, compare } from './emit/arithmetic.ts';
import { dimOf } from './emit/numbers.ts';
import { asFloat, inWideInteger, isFloat, pair, wideInteger } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';

const { axesOf, axisOf, rankOf, sizeOf } = shapes;

/** The dimensions that a call reduces: those named, or all. */
export function reducedAxes(call: Call, value: Value, name = 'dim'): readonly number[] {
  const rank = rankOf(value);
  const given = call.has(name) ? call.ints(name) : [];
  const axes = given.length > 0 ? axesOf(given, rank) : Array.from({ length: rank }, (_, i) => i);
  return rank === 0 ? [] : axes;
}

function keepsDim(call: Call): boolean {
  return call.has('keepdim') && call.bool('keepdim');
}

function reducedShape(value: Value, axes: readonly number[], keep: boolean): readonly Extent[] | undefined {
  return keep
    ? value.shape?.map((extent, i) => (axes.includes(i) ? 1 : extent))
    : value.shape?.filter((_, i) => !axes.includes(i));
}

/** What is reduced, and whether the dimensions stay with an extent of one. */
export interface Along {
  readonly axes: readonly number[];
  readonly keep: boolean;
}

/** One reduction of a type that the engine has a kernel for. */
export function reduce(g: GraphBuilder, opType: string, value: Value, { axes, keep }: Along): Value {
  if (axes.length === 0) return value;
  return g.op(
    opType,
    [value, g.ints(axes)],
    { keepdims: int(keep ? 1 : 0) },
    { shape: reducedShape(value, axes, keep) },
  );
}

/** The number of elements that are reduced to one, as a scalar of a type. */
export function countOf(g: GraphBuilder, value: Value, axes: readonly number[], dtype: DType): Value {
  const dims = axes.map((axis) => sizeOf(g, value, axis));
  const total = dims.reduce((product, dim) => dimOf(g, 'mul', product, dim), 1);
  return typeof total === 'number' ? g.scalar(total, dtype) : cast(g, total.value, dtype);
}

/** `sum` and `prod`: integers become int64 unless a type is asked for. */
function total(opType: string): Translate {
  return (call) => {
    const self = call.tensor('self');
    const dtype = call.dtype() ?? (isFloat(self.dtype) ? self.dtype : 'int64');
    const value = convert(call, self, dtype);
    return inWideInteger(call.g, [value], (x) =>
      reduce(call.g, opType, x, { axes: reducedAxes(call, self), keep: keepsDim(call) }),
    );
  };
}

export function meanOf(g: GraphBuilder, value: Value, axes: readonly number[], keep: boolean): Value {
  return reduce(g, 'ReduceMean', value, { axes, keep });
}

function mean(call: Call): Value {
  const self = call.tensor('self');
  const dtype = call.dtype() ?? self.dtype;
  if (!isFloat(dtype)) return call.fail('the mean of integers');
  return meanOf(call.g, convert(call, self, dtype), reducedAxes(call, self), keepsDim(call));
}

/** The largest or smallest element; NaN where there is one. */
export function extremeAlong(g: GraphBuilder, opType: 'Max' | 'Min', value: Value, { axes, keep }: Along): Value {
  if (axes.length === 0) return value;
  if (value.dtype === 'bool') {
    return cast(g, reduce(g, `Reduce${opType}`, cast(g, value, 'int32'), { axes, keep }), 'bool');
  }
  const found = inWideInteger(g, [value], (x) => reduce(g, `Reduce${opType}`, x, { axes, keep }));
  if (!isFloat(value.dtype)) return found;
  const missing = cast(g, unary(g, 'IsNaN', value, 'bool'), 'int32');
  const any = cast(g, reduce(g, 'ReduceMax', missing, { axes, keep }), 'bool');
  return where(g, any, g.scalar(Number.NaN, value.dtype), found);
}

/** Index of the extreme element along an axis: the first of equals, NaN before everything. */
function extremeIndex(
  g: GraphBuilder,
  opType: 'Max' | 'Min',
  value: Value,
  { axis, keep }: { axis: number; keep: boolean },
): Value {
  const shape = reducedShape(value, [axis], keep);
  const attributes = { axis: int(axis), keepdims: int(keep ? 1 : 0) };
  const find = (of: Value, operator = `Arg${opType}`): Value =>
    g.op(operator, [of], attributes, { dtype: 'int64', shape });
  if (!isFloat(value.dtype)) {
    const wide = value.dtype === 'bool' ? 'int32' : wideInteger(value.dtype);
    if (wide === 'int32') return find(cast(g, value, 'int32'));
    // There is no kernel for int64: the places that hold the extreme, as numbers of int32.
    const best = reduce(g, `Reduce${opType}`, value, { axes: [axis], keep: true });
    return find(cast(g, compare(g, 'Equal', value, best), 'int32'), 'ArgMax');
  }
  const missing = cast(g, unary(g, 'IsNaN', value, 'bool'), 'int32');
  const any = cast(g, reduce(g, 'ReduceMax', missing, { axes: [axis], keep }), 'bool');
  return where(g, any, find(missing, 'ArgMax'), find(value));
}

function extreme(opType: 'Max' | 'Min'): Translate {
  return (call) => {
    const { g } = call;
    if (call.overload === 'other') return extremeOf(g, opType, ...pair(call));
    const value = call.tensor('self');
    if (!call.has('dim')) return extremeAlong(g, opType, value, { axes: reducedAxes(call, value), keep: false });
    const keep = keepsDim(call);
    if (rankOf(value) === 0) return [value, g.scalar(0, 'int64')];
    const axis = axisOf(call.int('dim'), rankOf(value));
    return [extremeAlong(g, opType, value, { axes: [axis], keep }), extremeIndex(g, opType, value, { axis, keep })];
  };
}

function amax(opType: 'Max' | 'Min'): Translate {
  return (call) => {
    const value = call.tensor('self');
    return extremeAlong(call.g, opType, value, { axes: reducedAxes(call, value), keep: keepsDim(call) });
  };
}

function argExtreme(opType: 'Max' | 'Min'): Translate {
  return (call) => {
    const { g } = call;
    const value = call.tensor('self');
    const rank = rankOf(value);
    if (rank === 0) return g.scalar(0, 'int64');
    if (call.has('dim'))
      return extremeIndex(g, opType, value, { axis: axisOf(call.int('dim'), rank), keep: keepsDim(call) });
    const index = extremeIndex(g, opType, shapes.reshape(g, value, [-1]), { axis: 0, keep: false });
    return keepsDim(call) ? shapes.reshape(g, index, value.shape?.map(() => 1) ?? []) : index;
  };
}

function quantifier(opType: 'Max' | 'Min'): Translate {
  return (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const value = cast(g, truth(g, self), 'int32');
    const found = cast(
      g,
      reduce(g, `Reduce${opType}`, value, { axes: reducedAxes(call, self), keep: keepsDim(call) }),
      'bool',
    );
    return self.dtype === 'uint8' ? cast(g, found, 'uint8') : found;
  };
}

/** Variance over axes, with what is subtracted from the number of elements. */
export function varianceOf(
  g: GraphBuilder,
  value: Value,
  axes: readonly number[],
  { correction, keep }: { correction: number; keep: boolean },
): Value {
  const centred = binary(g, 'Sub', value, meanOf(g, value, axes, true));
  const squares = binary(g, 'Mul', { ...centred, shape: value.shape }, { ...centred, shape: value.shape });
  if (correction === 0) return meanOf(g, squares, axes, keep);
  const sum = reduce(g, 'ReduceSum', squares, { axes, keep });
  const count = binary(g, 'Sub', countOf(g, value, axes, value.dtype), g.scalar(correction, value.dtype));
  const divisor = binary(g, 'Max', count, g.scalar(0, value.dtype));
  return binary(g, 'Div', sum, divisor);
}

function variance(root: boolean, withMean: boolean): Translate {
  return (call) => {
    const { g } = call;
    const value = call.tensor('self');
    const axes = reducedAxes(call, value);
    const unbiased = call.has('unbiased') ? Number(call.bool('unbiased')) : 1;
    const correction = call.has('correction') ? call.float('correction') : unbiased;
    const keep = keepsDim(call);
    const found = varianceOf(g, value, axes, { correction, keep });
    const result = root ? unary(g, 'Sqrt', found) : found;
    return withMean ? [result, meanOf(g, value, axes, keep)] : result;
  };
}

/** The norm of an order along axes. */
export function normOf(g: GraphBuilder, value: Value, order: number, { axes, keep }: Along): Value {
  const size = unary(g, 'Abs', value);
  const c = (number: number): Value => g.scalar(number, value.dtype);
  if (order === Number.POSITIVE_INFINITY) return extremeAlong(g, 'Max', size, { axes, keep });
  if (order === Number.NEGATIVE_INFINITY) return extremeAlong(g, 'Min', size, { axes, keep });
  if (order === 0) {
    const counted = cast(g, unary(g, 'Not', compare(g, 'Equal', value, c(0))), value.dtype);
    return reduce(g, 'ReduceSum', counted, { axes, keep });
  }
  if (order === 1) return reduce(g, 'ReduceSum', size, { axes, keep });
  if (order === 2) return unary(g, 'Sqrt', reduce(g, 'ReduceSum', binary(g, 'Mul', value, value), { axes, keep }));
  const sum = reduce(g, 'ReduceSum', binary(g, 'Pow', size, c(order)), { axes, keep });
  return binary(g, 'Pow', sum, c(1 / order));
}

function norm(orderName: string): Translate {
  return (call) => {
    const self = call.tensor('self');
    const value = convert(call, self, call.dtype() ?? self.dtype);
    if (!isFloat(value.dtype)) return call.fail('the norm of integers');
    const order = call.has(orderName) ? call.float(orderName) : 2;
    return normOf(call.g, value, order, { axes: reducedAxes(call, self), keep: keepsDim(call) });
  };
}

function logsumexp(call: Call): Value {
  const { g } = call;
  const value = asFloat(g, call.tensor('self'));
  const axes = reducedAxes(call, value);
  const keep = keepsDim(call);
  const best = extremeAlong(g, 'Max', value, { axes, keep: true });
  // An infinite maximum would give inf - inf.
  const zero = g.scalar(0, value.dtype);
  const shift = where(g, unary(g, 'IsInf', best, 'bool'), zero, best);
  const sum = reduce(g, 'ReduceSum', unary(g, 'Exp', binary(g, 'Sub', value, shift)), { axes, keep });
  return binary(g, 'Add', unary(g, 'Log', sum), keep ? shift : shapes.squeeze(g, shift, axes));
}

function countNonzero(call: Call): Value {
  const self = call.tensor('self');
  const value = cast(call.g, truth(call.g, self), 'int64');
  return reduce(call.g, 'ReduceSum', value, { axes: reducedAxes(call, self), keep: false });
}

function cumsum(call: Call): Outcome {
  const { g } = call;
  const self = call.tensor('self');
  const dtype = call.dtype() ?? (isFloat(self.dtype) ? self.dtype : 'int64');
  const value = convert(call, self, dtype);
  if (rankOf(value) === 0) return value;
  const axis = axisOf(call.int('dim'), rankOf(value));
  return inWideInteger(g, [value], (x) => g.op('CumSum', [x, g.scalar(axis, 'int64')], {}, { shape: value.shape }));
}

function nansum(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const value = convert(call, self, call.dtype() ?? (isFloat(self.dtype) ? self.dtype : 'int64'));
  const kept = isFloat(value.dtype)
    ? where(g, unary(g, 'IsNaN', value, 'bool'), g.scalar(0, value.dtype), value)
    : value;
  return reduce(
    g,
    'ReduceSum',
    { ...kept, shape: value.shape },
    { axes: reducedAxes(call, self), keep: keepsDim(call) },
  );
}

function nanmean(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const axes = reducedAxes(call, value);
  const present = unary(g, 'Not', unary(g, 'IsNaN', value, 'bool'));
  const kept = where(g, present, value, g.scalar(0, value.dtype));
  const sum = reduce(g, 'ReduceSum', { ...kept, shape: value.shape }, { axes, keep: keepsDim(call) });
  return binary(g, 'Div', sum, reduce(g, 'ReduceSum', cast(g, present, value.dtype), { axes, keep: keepsDim(call) }));
}

function aminmax(call: Call): Outcome {
  const value = call.tensor('self');
  const axes = reducedAxes(call, value);
  const along = (opType: 'Max' | 'Min'): Value => extremeAlong(call.g, opType, value, { axes, keep: keepsDim(call) });
  return [along('Min'), along('Max')];
}

/** Many elements to one. */
export const reduction: OperatorFamily = {
  sum: total('ReduceSum'),
  prod: total('ReduceProd'),
  mean,
  max: extreme('Max'),
  min: extreme('Min'),
  amax: amax('Max'),
  amin: amax('Min'),
  aminmax,
  argmax: argExtreme('Max'),
  argmin: argExtreme('Min'),
  any: quantifier('Max'),
  all: quantifier('Min'),
  var: variance(false, false),
  std: variance(true, false),
  var_mean: variance(false, true),
  std_mean: variance(true, true),
  norm: norm('p'),
  linalg_vector_norm: norm('ord'),
  logsumexp,
  count_nonzero: countNonzero,
  cumsum,
  nansum,
  nanmean,
};
