import { int } from '../../onnx/builder/attributes.ts';
import type { Extent, Value } from '../../onnx/builder/graph-builder.ts';
import type { Operand } from '../graph/operand.ts';
import type { Call, Dim } from './call.ts';
import { dimOf } from './emit/numbers.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';
import { isFloat } from './emit/promote.ts';

const { axisOf, axesOf, dimsOf, rankOf, reshape, shapeOf, sizeOf, transpose } = shapes;

function view(call: Call): Outcome {
  if (call.overload === 'dtype') return call.fail('a view of the bits as another element type');
  const name = ['size', 'shape'].find((wanted) => call.has(wanted)) ?? 'size';
  return reshape(call.g, call.tensor('self'), call.dims(name));
}

function viewAs(call: Call): Value {
  return reshape(call.g, call.tensor('self'), dimsOf(call.g, call.tensor('other')));
}

function product(call: Call, dims: readonly Dim[]): Dim {
  return dims.reduce((total, dim) => dimOf(call.g, 'mul', total, dim), 1);
}

function flatten(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const [first, last] = [call.int('start_dim'), call.int('end_dim')];
  if (value.shape === undefined && first === 1 && last === -1) {
    // `Flatten` would make 1 x n of a vector, as nobody has it here.
    return g.op('Flatten', [value], { axis: int(1) }, { shape: [null, null] });
  }
  const rank = rankOf(value);
  const [start, end] = [axisOf(first, rank), axisOf(last, rank)];
  if (rank === 0) return reshape(g, value, [1]);
  if (start === end) return value;
  const dims = dimsOf(g, value);
  const middle = dims.slice(start, end + 1);
  const joined = middle.every((dim) => typeof dim === 'number') ? product(call, middle) : -1;
  return reshape(g, value, [...dims.slice(0, start), joined, ...dims.slice(end + 1)]);
}

function unflatten(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const axis = axisOf(call.int('dim'), rankOf(value));
  const dims = dimsOf(g, value);
  const free = dims.filter((dim) => typeof dim !== 'number');
  const sizes = call.dims('sizes');
  const extent = value.shape?.[axis];
  let inner = sizes;
  if (sizes.includes(-1)) {
    const others = product(
      call,
      sizes.filter((dim) => dim !== -1),
    );
    if (typeof extent === 'number' && typeof others === 'number') {
      inner = sizes.map((dim) => (dim === -1 ? extent / others : dim));
    } else if (free.length > 1 || typeof extent === 'number') {
      const rest = dimOf(g, 'floordiv', dims[axis] as Dim, others);
      inner = sizes.map((dim) => (dim === -1 ? rest : dim));
    }
  }
  return reshape(g, value, [...dims.slice(0, axis), ...inner, ...dims.slice(axis + 1)]);
}

function permute(call: Call): Value {
  const value = call.tensor('self');
  const dims = call.ints('dims');
  return transpose(call.g, value, axesOf(dims, dims.length));
}

function t(call: Call): Value {
  const value = call.tensor('self');
  return rankOf(value) < 2 ? value : shapes.swap(call.g, value, 0, 1);
}

function swapDims(a: string, b: string): Translate {
  return (call) => shapes.swap(call.g, call.tensor('self'), call.int(a), call.int(b));
}

function reverseDims(call: Call): Value {
  const value = call.tensor('self');
  const rank = rankOf(value);
  return transpose(
    call.g,
    value,
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  );
}

function movedim(call: Call): Value {
  const value = call.tensor('self');
  const rank = rankOf(value);
  const source = axesOf(call.ints('source'), rank);
  const destination = axesOf(call.ints('destination'), rank);
  const perm = Array.from({ length: rank }, () => -1);
  for (const [i, axis] of source.entries()) perm[destination[i] as number] = axis;
  const rest = Array.from({ length: rank }, (_, i) => i).filter((axis) => !source.includes(axis));
  return transpose(
    call.g,
    value,
    perm.map((axis) => (axis < 0 ? (rest.shift() as number) : axis)),
  );
}

function squeeze(call: Call): Value {
  const value = call.tensor('self');
  const shape = shapeOf(value);
  const wanted = call.has('dim') ? axesOf(call.ints('dim'), shape.length) : shape.map((_, i) => i);
  const axes = wanted.filter((axis) => shape[axis] === 1);
  // An extent of the input's choosing stays: exported graphs are made for more than one.
  return shapes.squeeze(call.g, value, shape.length === 0 ? [] : axes);
}

function unsqueeze(call: Call): Value {
  const value = call.tensor('self');
  const dim = call.int('dim');
  if (value.shape === undefined) return shapes.unsqueeze(call.g, value, [dim]);
  return shapes.unsqueeze(call.g, value, [axisOf(dim, value.shape.length + 1)]);
}

function expand(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const size = call.dims('size');
  const added = size.length - rankOf(value);
  const dims = size.map((dim, i) => (dim === -1 ? sizeOf(g, value, i - added) : dim));
  return shapes.expand(g, value, dims);
}

/** `repeat` and `tile`: as often along each dimension. */
function repeat(name: string): Translate {
  return (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const given = call.dims(name);
    const rank = rankOf(self);
    const counts = [...Array.from({ length: Math.max(0, rank - given.length) }, () => 1), ...given];
    const added = Array.from({ length: counts.length - rank }, (_, i) => i);
    const value = shapes.unsqueeze(g, self, added);
    if (counts.every((count) => count === 1)) return value;
    const shape = value.shape?.map((extent, i): Extent => {
      const count = counts[i];
      if (count === 1) return extent;
      if (extent === 1 && count !== undefined) return shapes.extentOf(count);
      return typeof extent === 'number' && typeof count === 'number' ? extent * count : null;
    });
    return g.op('Tile', [value, shapes.dimVector(g, counts)], {}, { shape });
  };
}

function repeatInterleave(call: Call): Value {
  const { g } = call;
  if (call.overload !== 'self_int') return call.fail('repeats that are a tensor');
  const self = call.tensor('self');
  const flat = call.has('dim') ? self : reshape(g, self, [-1]);
  const rank = rankOf(flat);
  const axis = axisOf(call.has('dim') ? call.int('dim') : 0, rank);
  const repeats = call.dim('repeats');
  const wide = shapes.unsqueeze(g, flat, [axis + 1]);
  const dims = dimsOf(g, wide);
  const tall = shapes.expand(g, wide, [...dims.slice(0, axis + 1), repeats, ...dims.slice(axis + 2)]);
  const merged = dimOf(g, 'mul', dims[axis] as Dim, repeats);
  return reshape(g, tall, [...dims.slice(0, axis), merged, ...dims.slice(axis + 2)]);
}

function asOperand(dim: Dim): Operand {
  return typeof dim === 'number' ? { kind: 'int', value: dim } : dim;
}

function size(call: Call): Operand {
  const value = call.tensor('self');
  if (call.has('dim')) return asOperand(sizeOf(call.g, value, call.int('dim')));
  return { kind: 'list', items: dimsOf(call.g, value).map(asOperand) };
}

function numel(call: Call): Operand {
  return asOperand(product(call, dimsOf(call.g, call.tensor('self'))));
}

function atLeast(rank: number): Translate {
  return (call) => {
    const value = call.tensor('self');
    const own = rankOf(value);
    if (own >= rank) return value;
    // A vector becomes a row; a matrix gets its third dimension at the end.
    if (rank === 3 && own === 2) return shapes.unsqueeze(call.g, value, [2]);
    if (rank === 3 && own === 1) return shapes.unsqueeze(call.g, value, [0, 2]);
    return shapes.unsqueeze(
      call.g,
      value,
      Array.from({ length: rank - own }, (_, i) => i),
    );
  };
}

/** Extents, and tensors seen under others. */
export const views: OperatorFamily = {
  view,
  view_copy: view,
  _unsafe_view: view,
  reshape: view,
  _reshape_alias: view,
  view_as: viewAs,
  reshape_as: viewAs,
  flatten,
  ravel: (call) => reshape(call.g, call.tensor('self'), [-1]),
  unflatten,
  permute,
  permute_copy: permute,
  t,
  t_copy: t,
  numpy_T: reverseDims,
  mT: (call) => shapes.swap(call.g, call.tensor('self'), -2, -1),
  adjoint: (call) => shapes.swap(call.g, call.tensor('self'), -2, -1),
  transpose: swapDims('dim0', 'dim1'),
  transpose_copy: swapDims('dim0', 'dim1'),
  swapaxes: swapDims('axis0', 'axis1'),
  swapdims: swapDims('dim0', 'dim1'),
  movedim,
  moveaxis: movedim,
  squeeze,
  squeeze_copy: squeeze,
  unsqueeze,
  unsqueeze_copy: unsqueeze,
  expand,
  expand_copy: expand,
  broadcast_to: expand,
  expand_as: (call) => shapes.expand(call.g, call.tensor('self'), dimsOf(call.g, call.tensor('other'))),
  repeat: repeat('repeats'),
  tile: repeat('dims'),
  repeat_interleave: repeatInterleave,
  atleast_1d: atLeast(1),
  atleast_2d: atLeast(2),
  atleast_3d: atLeast(3),
  size,
  sym_size: size,
  numel,
  sym_numel: numel,
  dim: (call) => ({ kind: 'int', value: rankOf(call.tensor('self')) }),
  is_floating_point: (call) => ({ kind: 'bool', value: isFloat(call.tensor('self').dtype) }),
};
