import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Dim } from './call.ts';
import { piecesOf } from './emit/bounded.ts';
import { cast } from './emit/arithmetic.ts';
import { dimOf } from './emit/numbers.ts';
import { resultType } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import { list, tensor } from '../graph/operand.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';

const { axisOf, rankOf, sizeOf } = shapes;

function sameType(call: Call, values: readonly Value[]): readonly Value[] {
  if (values.length === 0) return call.fail('no tensors to join');
  const dtype = resultType(values.map((value) => ({ tensor: value })));
  return values.map((value) => cast(call.g, value, dtype));
}

function cat(call: Call): Value {
  const all = sameType(call, call.tensors('tensors'));
  // Empty vectors are left out whatever the rank of the others: a rule of old versions that still holds.
  const filled = all.filter(({ shape }) => !(shape?.length === 1 && shape[0] === 0));
  const values = filled.length === 0 ? all : filled;
  const rank = values.find(({ shape }) => shape !== undefined)?.shape?.length;
  const dim = call.int('dim');
  return shapes.concat(call.g, values, rank === undefined ? dim : axisOf(dim, rank));
}

function stack(call: Call): Value {
  const values = sameType(call, call.tensors('tensors'));
  const rank = rankOf(values[0] as Value);
  const axis = axisOf(call.int('dim'), rank + 1);
  return shapes.concat(
    call.g,
    values.map((value) => shapes.unsqueeze(call.g, value, [axis])),
    axis,
  );
}

/** `hstack`, `vstack`, `dstack`: joined along a dimension that each has at least. */
function stackAlong(rank: number, axis: number): Translate {
  return (call) => {
    const values = sameType(call, call.tensors('tensors')).map((value) => {
      const own = rankOf(value);
      if (own >= rank) return value;
      if (rank === 3) return shapes.unsqueeze(call.g, value, own === 2 ? [2] : own === 1 ? [0, 2] : [0, 1, 2]);
      return shapes.unsqueeze(call.g, value, rank - own === 2 ? [0, 1] : [0]);
    });
    const along = rank === 1 ? (rankOf(values[0] as Value) > 1 ? 1 : 0) : axis;
    return shapes.concat(call.g, values, along);
  };
}

/** Pieces of these extents along a dimension. */
function pieces(call: Call, value: Value, axis: number, sizes: readonly Dim[]): Outcome {
  const { g } = call;
  let start: Dim = 0;
  return list(
    sizes.map((size) => {
      const end: Dim = dimOf(g, 'add', start, size);
      const piece = shapes.slice(g, value, axis, { start, end });
      start = end;
      const shape = piece.shape?.map((extent, i) => (i === axis ? shapes.extentOf(size) : extent));
      return tensor({ ...piece, shape });
    }),
  );
}

function split(call: Call): Outcome {
  const value = call.tensor('self');
  const axis = axisOf(call.int('dim'), rankOf(value));
  const name = ['split_sizes', 'split_size'].find((wanted) => call.has(wanted)) ?? 'split_size';
  const sizes = call.dims(name);
  const many = call.arg(name).kind === 'list';
  return many ? pieces(call, value, axis, sizes) : inSteps(call, value, axis, sizes[0] as Dim);
}

/** Pieces of one extent; the last may be shorter. */
function inSteps(call: Call, value: Value, axis: number, step: Dim): Outcome {
  const { g } = call;
  const extent = value.shape?.[axis];
  const results =
    call.node.outputs[0]?.elements?.length ?? (call.node.outputs.length > 1 ? call.node.outputs.length : undefined);
  if (typeof extent === 'number' && typeof step === 'number') {
    const count = piecesOf(Math.max(1, Math.ceil(extent / step)));
    return pieces(
      call,
      value,
      axis,
      Array.from({ length: count }, (_, i) => Math.min(step, extent - i * step)),
    );
  }
  if (results === undefined) return call.fail('the number of pieces depends on the input');
  const size = sizeOf(g, value, axis);
  const rest = dimOf(g, 'sub', size, dimOf(g, 'mul', step, results - 1));
  return pieces(
    call,
    value,
    axis,
    Array.from({ length: results }, (_, i) => (i === results - 1 ? rest : step)),
  );
}

function chunk(call: Call): Outcome {
  const { g } = call;
  const value = call.tensor('self');
  const axis = axisOf(call.int('dim'), rankOf(value));
  const size = sizeOf(g, value, axis);
  const chunks = piecesOf(call.int('chunks'));
  if (size === 0)
    return pieces(
      call,
      value,
      axis,
      Array.from({ length: chunks }, () => 0),
    );
  return inSteps(call, value, axis, dimOf(g, 'floordiv', dimOf(g, 'add', size, chunks - 1), chunks));
}

/** `tensor_split`: sections as equal as they can be, or cuts at indices. */
function tensorSplit(call: Call): Outcome {
  const value = call.tensor('self');
  const { g } = call;
  const axis = axisOf(call.has('dim') ? call.int('dim') : 0, rankOf(value));
  const extent = value.shape?.[axis];
  if (typeof extent !== 'number') return call.fail('tensor_split of an extent that depends on the input');
  if (call.has('sections')) {
    const sections = piecesOf(call.int('sections'));
    const [base, more] = [Math.floor(extent / sections), extent % sections];
    return pieces(
      call,
      value,
      axis,
      Array.from({ length: sections }, (_, i) => base + (i < more ? 1 : 0)),
    );
  }
  const cuts = call.ints('indices');
  const ends = [...cuts, extent];
  return list(ends.map((end, i) => tensor(shapes.slice(g, value, axis, { start: ends[i - 1] ?? 0, end }))));
}

function unbind(call: Call): Outcome {
  const value = call.tensor('self');
  const axis = axisOf(call.int('dim'), rankOf(value));
  const extent = value.shape?.[axis];
  const results = call.node.outputs[0]?.elements?.length;
  const count = typeof extent === 'number' ? extent : results;
  if (count === undefined) return call.fail('the number of pieces depends on the input');
  return list(Array.from({ length: piecesOf(count) }, (_, i) => tensor(shapes.select(call.g, value, axis, i))));
}

function meshgrid(call: Call): Outcome {
  const { g } = call;
  const values = call.tensors('tensors');
  const swapped = call.has('indexing') && call.text('indexing') === 'xy' && values.length > 1;
  const order = values.map((_, i) => (swapped && i < 2 ? 1 - i : i));
  const sizes = values.map((value) => (rankOf(value) === 0 ? 1 : sizeOf(g, value, 0)));
  const extents = order.map((i) => sizes[i] as Dim);
  return list(
    values.map((value, i) => {
      const place = order.indexOf(i);
      const column = shapes.reshape(
        g,
        value,
        order.map((_, axis) => (axis === place ? -1 : 1)),
      );
      return tensor(shapes.expand(g, column, extents));
    }),
  );
}

function broadcastTensors(call: Call): Outcome {
  const { g } = call;
  const values = call.tensors('tensors');
  const rank = Math.max(...values.map(rankOf));
  const dims = Array.from({ length: rank }, (_, axis): Dim => {
    const candidates = values
      .filter((value) => rankOf(value) >= rank - axis)
      .map((value) => sizeOf(g, value, axis - rank))
      .filter((dim) => dim !== 1);
    return candidates.find((dim) => typeof dim === 'number') ?? candidates[0] ?? 1;
  });
  return list(values.map((value) => tensor(shapes.expand(g, value, dims))));
}

/** Tensors put together and taken apart. */
export const joining: OperatorFamily = {
  cat,
  concat: cat,
  concatenate: cat,
  stack,
  hstack: stackAlong(1, 0),
  vstack: stackAlong(2, 0),
  dstack: stackAlong(3, 2),
  row_stack: stackAlong(2, 0),
  column_stack: (call) => {
    const values = sameType(call, call.tensors('tensors')).map((value) =>
      rankOf(value) < 2 ? shapes.reshape(call.g, value, [-1, 1]) : value,
    );
    return shapes.concat(call.g, values, 1);
  },
  split,
  split_copy: split,
  split_with_sizes: split,
  split_with_sizes_copy: split,
  unsafe_split: split,
  chunk,
  unsafe_chunk: chunk,
  tensor_split: tensorSplit,
  unbind,
  unbind_copy: unbind,
  meshgrid,
  broadcast_tensors: broadcastTensors,
};
