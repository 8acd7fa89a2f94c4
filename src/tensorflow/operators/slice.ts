import type { Extent, Value } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import type { Element, Shape, TfTensor } from '../tf-tensor.ts';
import { planSlice, type SlicedAxis } from '../slice-plan.ts';

/** Far enough for every extent. */
const END = Number.MAX_SAFE_INTEGER;

function stridedSlice(call: OpCall): TfTensor {
  const x = call.tensor(0);
  const { begin, end, strides } = { begin: call.tensor(1), end: call.tensor(2), strides: call.numbers(3, 'stride') };
  const count = strides.length;
  const shape = call.shapeOf(0);
  const mask = (name: string): number => call.attrs.int(name);
  const plan = planSlice({
    rank: shape.length,
    count,
    masks: {
      begin: mask('begin_mask'),
      end: mask('end_mask'),
      ellipsis: mask('ellipsis_mask'),
      newAxis: mask('new_axis_mask'),
      shrink: mask('shrink_axis_mask'),
    },
  });
  if (plan === undefined) throw call.unsupported(`takes more dimensions than the ${shape.length} that there are`);
  const extents = plan.map((axis): Extent => slicedExtent(axis, { shape, begin, end, strides }));
  const result = plan.flatMap((axis, i) => (axis.kind === 'point' ? [] : [extents[i] ?? null]));
  const content = foldedSlice(x, plan, { begin, end, strides });
  return call.later({ dtype: x.dtype, shape: result, content }, [x, begin, end], () =>
    written(call, { x, plan, bounds: { begin, end, strides }, shape: result }),
  );
}

interface Bounds {
  readonly begin: TfTensor;
  readonly end: TfTensor;
  readonly strides: readonly number[];
}

function slicedExtent(
  axis: SlicedAxis,
  { shape, begin, end, strides }: Bounds & { readonly shape: readonly Extent[] },
): Extent {
  if (axis.kind === 'new') return 1;
  if (axis.kind === 'point') return null;
  const extent = shape[axis.from] ?? null;
  if (axis.kind === 'all') return extent;
  const stride = strides[axis.at] as number;
  const first = axis.openBegin ? undefined : begin.content?.[axis.at];
  const last = axis.openEnd ? undefined : end.content?.[axis.at];
  if (
    stride === 1 &&
    (axis.openBegin || first === 0) &&
    (axis.openEnd || (typeof extent === 'string' && last === extent))
  )
    return extent;
  // What is counted from the front ends before an extent that is at least that.
  if (typeof extent !== 'number') return null;
  if ((!axis.openBegin && typeof first !== 'number') || (!axis.openEnd && typeof last !== 'number')) return null;
  return indices(extent, { first: first as number | undefined, last: last as number | undefined, stride }).length;
}

/** The positions that a slice takes, as Python counts them. */
function indices(
  extent: number,
  {
    first,
    last,
    stride,
  }: { readonly first: number | undefined; readonly last: number | undefined; readonly stride: number },
): readonly number[] {
  const wrap = (value: number): number => (value < 0 ? value + extent : value);
  const [low, high] = stride > 0 ? [0, extent] : [-1, extent - 1];
  const clamp = (value: number): number => Math.min(Math.max(wrap(value), low), high);
  const from = first === undefined ? (stride > 0 ? 0 : extent - 1) : clamp(first);
  const to = last === undefined ? (stride > 0 ? extent : -1) : clamp(last);
  const count = Math.max(0, Math.ceil((to - from) / stride));
  return Array.from({ length: count }, (_, i) => from + i * stride);
}

/** Elements of a vector that was sliced. */
function foldedSlice(
  x: TfTensor,
  plan: readonly SlicedAxis[],
  { begin, end, strides }: Bounds,
): readonly Element[] | undefined {
  const { content, shape } = x;
  const cut = plan.filter((axis) => axis.kind !== 'new');
  const [axis] = cut;
  if (content === undefined || shape?.length !== 1 || axis === undefined || cut.length !== 1) return undefined;
  if (axis.kind === 'all') return content;
  const first = begin.content?.[axis.at];
  if (axis.kind === 'point') {
    if (typeof first !== 'number') return undefined;
    const at = first < 0 ? first + content.length : first;
    return at in content ? [content[at] ?? null] : undefined;
  }
  const last = end.content?.[axis.at];
  if ((!axis.openBegin && typeof first !== 'number') || (!axis.openEnd && typeof last !== 'number')) return undefined;
  const taken = indices(content.length, {
    first: axis.openBegin ? undefined : (first as number),
    last: axis.openEnd ? undefined : (last as number),
    stride: strides[axis.at] as number,
  });
  return taken.map((at) => content[at] ?? null);
}

interface SliceParts {
  readonly x: TfTensor;
  readonly plan: readonly SlicedAxis[];
  readonly bounds: Bounds;
  readonly shape: Shape;
}

function written(call: OpCall, { x, plan, bounds, shape }: SliceParts): Value {
  const { begin, end, strides } = bounds;
  const { dtype } = x;
  const ranges = plan.filter((axis) => axis.kind === 'range');
  let result: Value = x.value;
  if (ranges.length > 0) {
    const starts = ranges.map((axis) =>
      axis.openBegin ? ((strides[axis.at] ?? 1) > 0 ? 0 : END) : bound(call, begin, axis.at),
    );
    const ends = ranges.map((axis) =>
      axis.openEnd ? ((strides[axis.at] ?? 1) > 0 ? END : -END) : bound(call, end, axis.at),
    );
    const axes = call.ints(ranges.map((axis) => axis.from));
    const steps = call.ints(ranges.map((axis) => strides[axis.at] as number));
    result = call.write('Slice', [result, vector(call, starts), vector(call, ends), axes, steps], { dtype }).value;
  }
  for (const axis of plan.toReversed()) {
    if (axis.kind !== 'point') continue;
    const at = bound(call, begin, axis.at);
    const index =
      typeof at === 'number'
        ? call.g.scalar(at, 'int64')
        : call.g.op('Reshape', [at, call.ints([])], {}, { shape: [] });
    result = call.write('Gather', [result, index], { dtype, attributes: { axis: { int: axis.from } } }).value;
  }
  const kept = plan.filter((axis) => axis.kind !== 'point');
  const added = kept.flatMap((axis, i) => (axis.kind === 'new' ? [i] : []));
  if (added.length > 0) result = call.write('Unsqueeze', [result, call.ints(added)], { dtype }).value;
  return { ...result, shape };
}

/** One bound: a number, or a value of one element. */
function bound(call: OpCall, bounds: TfTensor, at: number): number | Value {
  const known = bounds.content?.[at];
  if (typeof known === 'number') return known;
  return call.write('Gather', [call.cast(bounds, 'int64'), call.ints([at])], { dtype: 'int64', shape: [1] }).value;
}

/** Numbers and values of one element, joined. */
function vector(call: OpCall, parts: readonly (number | Value)[]): Value {
  if (parts.every((part) => typeof part === 'number')) return call.ints(parts);
  const values = parts.map((part) => (typeof part === 'number' ? call.ints([part]) : part));
  return call.g.op('Concat', values, { axis: { int: 0 } }, { dtype: 'int64', shape: [parts.length] });
}

function plainSlice(call: OpCall): TfTensor {
  const [x, begin, size] = [call.tensor(0), call.tensor(1), call.tensor(2)];
  const rank = call.shapeOf(0).length;
  const shape = x.shape?.map((extent, i): Extent => {
    const [first, count] = [begin.content?.[i], size.content?.[i]];
    if (count === -1) {
      if (first === 0) return extent;
      return typeof extent === 'number' && typeof first === 'number' ? extent - first : null;
    }
    return typeof count === 'boolean' ? null : (count ?? null);
  });
  const [from, count] = [begin.numbers, size.numbers];
  const content =
    rank === 1 && x.content !== undefined && from !== undefined && count !== undefined
      ? x.content.slice(from[0], count[0] === -1 ? undefined : (from[0] as number) + (count[0] as number))
      : undefined;
  return call.later({ dtype: x.dtype, shape, content }, [x, begin, size], () => {
    const starts = call.cast(begin, 'int64');
    const ends = size.content?.map((element, i) => endOf(element, begin.content?.[i]));
    const axes = call.ints(Array.from({ length: rank }, (_, i) => i));
    if (ends?.every((last) => last !== undefined) === true) {
      return call.write('Slice', [x, starts, call.ints(ends), axes], { dtype: x.dtype, shape }).value;
    }
    const counts = call.cast(size, 'int64');
    const sum = call.write('Add', [starts, counts], { dtype: 'int64', shape: [rank] });
    const rest = call.write('Less', [counts, call.scalar(0, 'int64')], { dtype: 'bool', shape: [rank] });
    const last = call.write('Where', [rest, call.scalar(END, 'int64'), sum], { dtype: 'int64', shape: [rank] });
    return call.write('Slice', [x, starts, last, axes], { dtype: x.dtype, shape }).value;
  });
}

function endOf(count: Element, first: Element | undefined): number | undefined {
  if (count === -1) return END;
  return typeof count === 'number' && typeof first === 'number' ? first + count : undefined;
}

export const sliceOperators: OperatorTable = { StridedSlice: stridedSlice, Slice: plainSlice };
