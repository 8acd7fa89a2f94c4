import { int, ints } from '../../../onnx/builder/attributes.ts';
import type { Extent, GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import type { Dim } from '../call.ts';
import { elementsOf } from './bounded.ts';
import { UnsupportedCall } from '../unsupported.ts';

// Nodes that move elements, and extents as numbers.

/** Rank of a value, which must be known. */
export function rankOf({ shape }: Value): number {
  if (shape === undefined) throw new UnsupportedCall('the number of dimensions is not known');
  return shape.length;
}

/** The shape of a value, whose rank must be known. */
export function shapeOf(value: Value): readonly Extent[] {
  rankOf(value);
  return value.shape as readonly Extent[];
}

/** A dimension counted from the front. */
export function axisOf(dim: number, rank: number): number {
  const size = Math.max(rank, 1);
  const axis = dim < 0 ? dim + size : dim;
  if (axis < 0 || axis >= size) throw new UnsupportedCall(`dimension ${dim} of ${rank} dimensions`);
  return axis;
}

/** Dimensions counted from the front, in order. */
export function axesOf(dims: readonly number[], rank: number): readonly number[] {
  const axes = dims.map((dim) => axisOf(dim, rank));
  if (new Set(axes).size < axes.length) throw new UnsupportedCall(`dimensions [${dims.join(', ')}] name one twice`);
  return axes;
}

/** An extent as a dimension number. */
export function sizeOf(g: GraphBuilder, value: Value, dim: number): Dim {
  const axis = value.shape === undefined ? dim : axisOf(dim, value.shape.length);
  const extent = value.shape?.[axis];
  if (typeof extent === 'number') return extent;
  const end = axis === -1 ? {} : { end: int(axis + 1) };
  const length = g.op('Shape', [value], { start: int(axis), ...end }, { dtype: 'int64', shape: [1] });
  const number = g.op('Squeeze', [length, g.ints([0])], {}, { shape: [] });
  return { kind: 'number', value: number, ...(typeof extent === 'string' ? { symbol: extent } : {}) };
}

/** A dimension as it stands in a shape. */
export function extentOf(dim: Dim): Extent {
  return typeof dim === 'number' ? dim : (dim.symbol ?? null);
}

/** A dimension as a scalar of int64. */
export function dimScalar(g: GraphBuilder, dim: Dim): Value {
  return typeof dim === 'number' ? g.scalar(dim, 'int64') : dim.value;
}

/** Dimensions as a vector of int64. */
export function dimVector(g: GraphBuilder, dims: readonly Dim[]): Value {
  if (dims.every((dim) => typeof dim === 'number')) return g.ints(dims.map((dim) => clampInt64(dim)));
  const pieces = dims.map((dim) =>
    typeof dim === 'number' ? g.ints([dim]) : g.op('Unsqueeze', [dim.value, g.ints([0])], {}, { shape: [1] }),
  );
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  return g.op('Concat', pieces, { axis: int(0) }, { dtype: 'int64', shape: [dims.length] });
}

const INT64_MAX = 2n ** 63n - 1n;

function clampInt64(value: number): bigint {
  const big = BigInt(value);
  if (big > INT64_MAX) return INT64_MAX;
  return big < -INT64_MAX - 1n ? -INT64_MAX - 1n : big;
}

/** Every extent of a value. */
export function dimsOf(g: GraphBuilder, value: Value): readonly Dim[] {
  return Array.from({ length: rankOf(value) }, (_, axis) => sizeOf(g, value, axis));
}

/**
 * The elements under other extents; one may be -1, meaning what is left.
 */
export function reshape(g: GraphBuilder, value: Value, dims: readonly Dim[]): Value {
  const shape = inferRest(value.shape, dims);
  const { shape: old } = value;
  if (old !== undefined && old.length === shape.length && old.every((e, i) => e !== null && e === shape[i]))
    return value;
  const free = dims.filter((dim) => typeof dim !== 'number').length;
  const rest = dims.includes(-1);
  // One extent of the running graph is what is left: no need to compute it.
  const known = free === 1 && !rest && !dims.includes(0);
  const target = known ? dims.map((dim) => (typeof dim === 'number' ? dim : -1)) : dims;
  const attributes = target.includes(-1) ? {} : { allowzero: int(1) };
  return g.op('Reshape', [value, dimVector(g, target)], attributes, { shape });
}

/** The shape that `dims` make, the one of -1 worked out where it can be. */
function inferRest(old: readonly Extent[] | undefined, dims: readonly Dim[]): readonly Extent[] {
  const rest = dims.indexOf(-1);
  const shape = dims.map(extentOf);
  if (rest < 0) return shape;
  shape[rest] = null;
  if (old === undefined) return shape;
  // Equal extents on both sides cancel out; what is left must be numbers, or one name alone.
  const left = [...old];
  for (const [i, extent] of shape.entries()) {
    if (i === rest || typeof extent === 'number') continue;
    const same = extent === null ? -1 : left.indexOf(extent);
    if (same < 0) return shape;
    left.splice(same, 1);
  }
  const names = left.filter((extent) => typeof extent !== 'number');
  const numbers = left.filter((extent) => typeof extent === 'number');
  const product = (values: readonly number[]): number => values.reduce((total, extent) => total * extent, 1);
  const others = product(shape.filter((extent, i): extent is number => i !== rest && typeof extent === 'number'));
  const quotient = product(numbers) / others;
  if (names.length === 0 && Number.isInteger(quotient)) shape[rest] = quotient;
  else if (names.length === 1 && quotient === 1) shape[rest] = names[0] as Extent;
  return shape;
}

export function transpose(g: GraphBuilder, value: Value, perm: readonly number[]): Value {
  if (perm.every((axis, i) => axis === i)) return value;
  const shape = value.shape === undefined ? undefined : perm.map((axis) => value.shape?.[axis] ?? null);
  return g.op('Transpose', [value], { perm: ints(perm) }, { shape });
}

/** The value with two dimensions exchanged. */
export function swap(g: GraphBuilder, value: Value, a: number, b: number): Value {
  const rank = rankOf(value);
  if (rank === 0) return value;
  const [i, j] = [axisOf(a, rank), axisOf(b, rank)];
  return transpose(
    g,
    value,
    Array.from({ length: rank }, (_, axis) => (axis === i ? j : axis === j ? i : axis)),
  );
}

/** New dimensions of one, at these places of the result. */
export function unsqueeze(g: GraphBuilder, value: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return value;
  const { shape: old } = value;
  let shape: Extent[] | undefined;
  if (old !== undefined) {
    const rest = [...old];
    const rank = old.length + axes.length;
    shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? null)));
  }
  return g.op('Unsqueeze', [value, g.ints(axes)], {}, { shape });
}

/** The value without these dimensions, each of which is one. */
export function squeeze(g: GraphBuilder, value: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return value;
  const shape = value.shape?.filter((_, i) => !axes.includes(i));
  return g.op('Squeeze', [value, g.ints(axes)], {}, { shape });
}

/** Values joined along a dimension. */
export function concat(g: GraphBuilder, values: readonly Value[], axis: number): Value {
  const [first] = values as [Value];
  if (values.length === 1) return first;
  let total: Extent = 0;
  for (const { shape } of values) {
    const extent: Extent = shape?.[axis] ?? null;
    total = typeof total === 'number' && typeof extent === 'number' ? total + extent : null;
  }
  const shape = first.shape?.map((extent, i) => (i === axis ? total : extent));
  return g.op('Concat', values, { axis: int(axis) }, { shape });
}

/** `value[start:end:step]` along one dimension, with Python's rules for what is out of range. */
export function slice(
  g: GraphBuilder,
  value: Value,
  axis: number,
  { start, end, step = 1 }: { readonly start: Dim; readonly end: Dim; readonly step?: number },
): Value {
  const extent = value.shape?.[axis];
  if (start === 0 && step === 1 && typeof end === 'number' && end >= (typeof extent === 'number' ? extent : 2 ** 62)) {
    return value;
  }
  let length: Extent = null;
  if (typeof extent === 'number' && typeof start === 'number' && typeof end === 'number') {
    const clamp = (position: number): number =>
      Math.min(Math.max(position < 0 ? position + extent : position, 0), extent);
    length = Math.max(0, Math.ceil((clamp(end) - clamp(start)) / step));
  } else if (start === 0 && step === 1 && typeof end === 'number' && end >= 2 ** 62) length = extent ?? null;
  const shape = value.shape?.map((old, i) => (i === axis ? length : old));
  const inputs = [value, dimVector(g, [start]), dimVector(g, [end]), g.ints([axis]), g.ints([step])];
  return g.op('Slice', inputs, {}, { shape });
}

/** `value[index]` along one dimension, which goes away. */
export function select(g: GraphBuilder, value: Value, axis: number, index: Dim): Value {
  const shape = value.shape?.filter((_, i) => i !== axis);
  return g.op('Gather', [value, dimScalar(g, index)], { axis: int(axis) }, { shape });
}

/** The value repeated along dimensions of one so that it has these extents. */
export function expand(g: GraphBuilder, value: Value, dims: readonly Dim[]): Value {
  const shape = dims.map(extentOf);
  const { shape: old } = value;
  if (old !== undefined && old.length === shape.length && old.every((e, i) => e !== null && e === shape[i]))
    return value;
  elementsOf(dims.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1));
  return g.op('Expand', [value, dimVector(g, dims)], {}, { shape });
}
