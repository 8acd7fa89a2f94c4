import type { Extent, Value } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import { broadcast, normalAxis, sizeOf } from '../shapes.ts';
import type { Shape, TfTensor } from '../tf-tensor.ts';

/** The shape that a vector of extents says. */
function shapeIn(extents: TfTensor): Shape {
  if (extents.content !== undefined)
    return extents.content.map((element): Extent => (typeof element === 'boolean' ? null : element));
  const length = extents.shape?.[0];
  return typeof length === 'number' ? Array.from({ length: length }, () => null) : undefined;
}

/** One value in every place. */
function filled(call: OpCall, value: TfTensor, extents: TfTensor): TfTensor {
  const shape = shapeIn(extents);
  const size = sizeOf(shape);
  const one = value.content?.[0];
  const content =
    size !== undefined && size <= 4096 && one !== undefined ? Array.from({ length: size }, () => one) : undefined;
  return call.later(
    { dtype: value.dtype, shape, content },
    [value, extents],
    () => call.write('Expand', [value, call.cast(extents, 'int64')], { dtype: value.dtype, shape }).value,
  );
}

/** Zeros or ones of the shape of a tensor. */
function like(call: OpCall, x: TfTensor, value: number): TfTensor {
  const { dtype, shape } = x;
  const size = sizeOf(shape);
  const element = dtype === 'bool' ? value !== 0 : value;
  if (dtype === 'string') throw call.unsupported('fills with texts');
  const content = size !== undefined && size <= 4096 ? Array.from({ length: size }, () => element) : undefined;
  return call.later({ dtype, shape, content }, [x], () => {
    const extents = call.write('Shape', [x], { dtype: 'int64', shape: [x.rank ?? null] });
    return call.write('Expand', [call.scalar(element, dtype), extents], { dtype, shape }).value;
  });
}

function range(call: OpCall): TfTensor {
  const [start, limit, delta] = [call.tensor(0), call.tensor(1), call.tensor(2)];
  const { dtype } = start;
  const [from, to, step] = [start.numbers?.[0], limit.numbers?.[0], delta.numbers?.[0]];
  const counted = from !== undefined && to !== undefined && step !== undefined && step !== 0;
  const length = counted ? Math.max(0, Math.ceil((to - from) / step)) : undefined;
  const symbol = from === 0 && step === 1 ? limit.content?.[0] : undefined;
  const shape = [length ?? (typeof symbol === 'string' ? symbol : null)];
  const content =
    counted && length !== undefined && length <= 4096 && dtype.includes('int')
      ? Array.from({ length }, (_, i) => from + i * step)
      : undefined;
  return call.later(
    { dtype, shape, content },
    [start, limit, delta],
    () => call.write('Range', [start, limit, delta], { dtype, shape }).value,
  );
}

function oneHot(call: OpCall): TfTensor {
  const [indices, depth, on, off] = [call.tensor(0), call.tensor(1), call.tensor(2), call.tensor(3)];
  const shape = call.shapeOf(0);
  const axis = call.attrs.int('axis', -1);
  const at = axis === -1 ? shape.length : normalAxis(axis, shape.length + 1);
  const wide = call.cast(indices, 'int64');
  const places = call.write('Range', [call.scalar(0, 'int64'), call.cast(depth, 'int64'), call.scalar(1, 'int64')], {
    dtype: 'int64',
    shape: [depth.numbers?.[0] ?? null],
  });
  const trailing = shape.length - at;
  const column =
    trailing === 0
      ? places
      : call.write('Unsqueeze', [places, call.ints(Array.from({ length: trailing }, (_, i) => i + 1))], {
          dtype: 'int64',
        });
  const extents = [...shape.slice(0, at), depth.numbers?.[0] ?? null, ...shape.slice(at)];
  const rows = call.write('Unsqueeze', [wide, call.ints([at])], { dtype: 'int64' });
  const hit = call.write('Equal', [rows, column], { dtype: 'bool', shape: extents });
  if (/^(bool|u?int(8|16)|uint32)$/.test(on.dtype)) {
    const numbers = call.write('Where', [hit, call.cast(on, 'int32'), call.cast(off, 'int32')], {
      dtype: 'int32',
      shape: extents,
    });
    return call.cast(numbers, on.dtype);
  }
  return call.write('Where', [hit, on, off], { dtype: on.dtype, shape: extents });
}

function broadcastTo(call: OpCall): TfTensor {
  const [x, extents] = [call.tensor(0), call.tensor(1)];
  const wanted = shapeIn(extents);
  const shape = wanted === undefined ? undefined : broadcast(x.shape, wanted);
  return call.write('Expand', [x, call.cast(extents, 'int64')], { dtype: x.dtype, shape });
}

/** The shape that two shapes are broadcast to. */
function broadcastArgs(call: OpCall): TfTensor {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  const both = broadcast(shapeIn(a), shapeIn(b));
  if (both === undefined) throw call.unsupported('broadcasts shapes of open length');
  return call.later({ dtype: a.dtype, shape: [both.length], content: both }, [a, b], () => {
    const expanded = (extents: TfTensor): Value =>
      call.write('Expand', [call.scalar(0, 'int32'), call.cast(extents, 'int64')], { dtype: 'int32' }).value;
    const sum = call.write('Add', [expanded(a), expanded(b)], { dtype: 'int32' });
    return call.cast(call.write('Shape', [sum], { dtype: 'int64', shape: [both.length] }), a.dtype).value;
  });
}

export const fillOperators: OperatorTable = {
  Fill: (call) => filled(call, call.tensor(1), call.tensor(0)),
  ZerosLike: (call) => like(call, call.tensor(0), 0),
  OnesLike: (call) => like(call, call.tensor(0), 1),
  Range: range,
  OneHot: oneHot,
  BroadcastTo: broadcastTo,
  BroadcastArgs: broadcastArgs,
  LinSpace(call) {
    const [start, stop] = [call.tensor(0), call.tensor(1)];
    const count = call.number(2, 'number of points');
    const [from, to] = [start.numbers?.[0], stop.numbers?.[0]];
    if (from === undefined || to === undefined) throw call.unsupported('divides an interval that only a run knows');
    const round = start.dtype === 'float32' ? Math.fround : Number;
    const step = round(round(to - from) / Math.max(count - 1, 1));
    const points = Array.from({ length: count }, (_, i) =>
      i === count - 1 && i > 0 ? to : round(from + round(step * i)),
    );
    return call.known(start.dtype, [count], points);
  },
  Tile(call) {
    const [x, times] = [call.tensor(0), call.tensor(1)];
    const shape = x.shape?.map((extent, i): Extent => {
      const count = times.content?.[i];
      if (typeof extent === 'number' && typeof count === 'number') return extent * count;
      if (count === 1) return extent;
      return extent === 1 && typeof count === 'string' ? count : null;
    });
    return call.write('Tile', [x, call.cast(times, 'int64')], { dtype: x.dtype, shape });
  },
};
