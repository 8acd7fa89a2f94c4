import { int, text } from '../../onnx/builder/attributes.ts';
import type { AttributeValue } from '../../formats/onnx-proto/build.ts';
import type { Extent, GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Dim } from './call.ts';
import { select as choose, truth } from './comparison.ts';
import { convert } from './conversion.ts';
import { cast } from './emit/arithmetic.ts';
import { broadcastTo } from './emit/broadcast-to.ts';
import { nonNegative } from './emit/index-guard.ts';
import { dimOf } from './emit/numbers.ts';
import { asValue } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Translate } from './operator.ts';

const { axisOf, dimsOf, rankOf, shapeOf, sizeOf } = shapes;

function selectOf(call: Call): Value {
  const value = call.tensor('self');
  const dim = call.int('dim');
  const axis = value.shape === undefined ? dim : axisOf(dim, value.shape.length);
  return shapes.select(call.g, value, axis, call.dim('index'));
}

function sliceOf(call: Call): Value {
  const value = call.tensor('self');
  const dim = call.int('dim');
  const axis = value.shape === undefined ? dim : axisOf(dim, value.shape.length);
  const start = call.has('start') ? call.dim('start') : 0;
  const end = call.has('end') ? call.dim('end') : 2 ** 63;
  return shapes.slice(call.g, value, axis, { start, end, step: call.int('step') });
}

function narrow(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const axis = axisOf(call.int('dim'), rankOf(value));
  const first = call.dim('start');
  const start = typeof first === 'number' && first < 0 ? dimOf(g, 'add', first, sizeOf(g, value, axis)) : first;
  return shapes.slice(g, value, axis, { start, end: dimOf(g, 'add', start, call.dim('length')) });
}

/** A value in place of what `select` or `slice` gives. */
function scatterInto(positions: (call: Call, value: Value, axis: number) => Value): Translate {
  return (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const axis = axisOf(call.int('dim'), rankOf(self));
    const index = positions(call, self, axis);
    const source = convert(call, call.tensor('src'), self.dtype);
    const whole = rankOf(source) < rankOf(self) ? shapes.unsqueeze(g, source, [axis]) : source;
    // Rows to the front, where ScatterND writes whole ones.
    const perm = [axis, ...Array.from({ length: rankOf(self) }, (_, i) => i).filter((i) => i !== axis)];
    const back = perm.map((_, i) => perm.indexOf(i));
    const target = shapes.transpose(g, self, perm);
    const updates = shapes.transpose(g, whole, perm);
    const written = g.op('ScatterND', [target, index, updates], {}, { shape: target.shape });
    return { ...shapes.transpose(g, written, back), shape: self.shape };
  };
}

function rangeColumn(g: GraphBuilder, start: Value, end: Value, step: number): Value {
  const range = g.op('Range', [start, end, g.scalar(step, 'int64')], {}, { dtype: 'int64', shape: [null] });
  return shapes.unsqueeze(g, range, [1]);
}

const selectScatter = scatterInto((call, value, axis) => {
  const { g } = call;
  const index = call.dim('index');
  const place = typeof index === 'number' && index < 0 ? dimOf(g, 'add', index, sizeOf(g, value, axis)) : index;
  return shapes.unsqueeze(g, shapes.dimVector(g, [place]), [1]);
});

const sliceScatter = scatterInto((call, value, axis) => {
  const { g } = call;
  const size = sizeOf(g, value, axis);
  const bound = (name: 'start' | 'end'): Dim => {
    if (!call.has(name)) return name === 'start' ? 0 : size;
    const given = call.dim(name);
    const position = typeof given === 'number' && given < 0 ? dimOf(g, 'add', given, size) : given;
    return dimOf(g, 'max', 0, dimOf(g, 'min', position, size));
  };
  return rangeColumn(g, shapes.dimScalar(g, bound('start')), shapes.dimScalar(g, bound('end')), call.int('step'));
});

function indexSelect(call: Call): Value {
  const value = call.tensor('self');
  const index = nonNegative(call.g, call.tensor('index'));
  if (rankOf(value) === 0) return value;
  const axis = axisOf(call.int('dim'), rankOf(value));
  const rows = rankOf(index) === 0 ? shapes.unsqueeze(call.g, index, [0]) : index;
  const shape = value.shape?.map((extent, i) => (i === axis ? (rows.shape?.[0] ?? null) : extent));
  return call.g.op('Gather', [value, rows], { axis: int(axis) }, { shape });
}

/** A value without dimensions as a vector of one, for operators that know none. */
function vectorOf(g: GraphBuilder, value: Value): Value {
  return value.shape?.length === 0 ? shapes.unsqueeze(g, value, [0]) : value;
}

function gatherElements(call: Call, self: Value, index: Value, dim: number): Value {
  const { g } = call;
  const [data, places] = [vectorOf(g, self), vectorOf(g, nonNegative(g, index))];
  const axis = axisOf(dim, rankOf(data));
  const found = g.op('GatherElements', [data, places], { axis: int(axis) }, { shape: places.shape });
  return rankOf(index) === 0 ? shapes.squeeze(g, found, [0]) : found;
}

function gather(call: Call): Value {
  return gatherElements(call, call.tensor('self'), call.tensor('index'), call.int('dim'));
}

function takeAlongDim(call: Call): Value {
  const { g } = call;
  const [self, indices] = [call.tensor('self'), call.tensor('indices')];
  if (!call.has('dim')) {
    return gatherElements(call, shapes.reshape(g, self, [-1]), shapes.reshape(g, indices, [-1]), 0);
  }
  const axis = axisOf(call.int('dim'), rankOf(self));
  const wider = (value: Value, other: Value): Value => {
    const dims = dimsOf(g, value).map((dim, i) => (i !== axis && dim === 1 ? sizeOf(g, other, i) : dim));
    return shapes.expand(g, value, dims);
  };
  return gatherElements(call, wider(self, indices), wider(indices, self), axis);
}

const REDUCTIONS = new Map([
  ['add', 'add'],
  ['sum', 'add'],
  ['multiply', 'mul'],
  ['prod', 'mul'],
  ['amax', 'max'],
  ['amin', 'min'],
]);

function scatter(fixed?: string): Translate {
  return (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const name = fixed ?? (call.has('reduce') ? call.text('reduce') : undefined);
    const reduction = name === undefined ? undefined : REDUCTIONS.get(name);
    if (name !== undefined && reduction === undefined) return call.fail(`reduction ${name}`);
    if (call.has('include_self') && !call.bool('include_self')) return call.fail('a reduction without what was there');
    const index = nonNegative(g, call.tensor('index'));
    const axis = axisOf(call.int('dim'), rankOf(self));
    const updates = call.has('src')
      ? cropTo(g, convert(call, call.tensor('src'), self.dtype), index)
      : broadcastTo(g, asValue(g, valueTerm(call, 'value'), self.dtype), index);
    const attributes = { axis: int(axis), ...(reduction === undefined ? {} : { reduction: text(reduction) }) };
    const [data, places, values] = [self, index, updates].map((value) => vectorOf(g, value)) as [Value, Value, Value];
    const written = g.op('ScatterElements', [data, places, values], attributes, { shape: data.shape });
    return rankOf(self) === 0 ? shapes.squeeze(g, written, [0]) : written;
  };
}

function valueTerm(call: Call, name: string): Parameters<typeof asValue>[1] {
  const operand = call.arg(name);
  return operand.kind === 'tensor' ? { tensor: operand.value } : { scalar: call.scalar(name) };
}

/** The leading part of a value that has an element for each index. */
function cropTo(g: GraphBuilder, value: Value, index: Value): Value {
  const [own, wanted] = [shapeOf(value), shapeOf(index)];
  return own.reduce<Value>(
    (part, extent, axis) =>
      extent !== null && extent === wanted[axis]
        ? part
        : shapes.slice(g, part, axis, { start: 0, end: sizeOf(g, index, axis) }),
    value,
  );
}

/** Indices as `x[i, :, j]` gives them: a mask counts for as many dimensions as it has. */
interface Indexing {
  /** Dimensions that are indexed, in order. */
  readonly axes: readonly number[];
  /** One tensor of int64 per axis. */
  readonly indices: readonly Value[];
}

function resolveIndices(call: Call): Indexing {
  const { g } = call;
  const axes: number[] = [];
  const indices: Value[] = [];
  let axis = 0;
  for (const index of call.optionalTensors('indices')) {
    if (index === undefined) axis++;
    else if (index.dtype === 'bool' || index.dtype === 'uint8') {
      const rank = rankOf(index);
      const places = g.op('NonZero', [truth(g, index)], {}, { dtype: 'int64', shape: [rank, null] });
      for (let i = 0; i < rank; i++) {
        axes.push(axis++);
        indices.push(shapes.select(g, places, 0, i));
      }
    } else {
      axes.push(axis++);
      indices.push(cast(g, index, 'int64'));
    }
  }
  return { axes, indices };
}

/** Indices of several dimensions as the last dimension of one tensor, broadcast to each other. */
function joined(g: GraphBuilder, indices: readonly Value[]): Value {
  const [first, ...rest] = indices as [Value, ...Value[]];
  if (rest.length === 0) return shapes.unsqueeze(g, first, [rankOf(first)]);
  const zero = g.scalar(0, 'int64');
  const add = (a: Value, b: Value): Value => g.op('Add', [a, b], {}, { shape: widest(a.shape, b.shape) });
  const nothing = indices.map((index) => g.op('Mul', [index, zero], {}, { shape: index.shape })).reduce(add);
  const columns = indices.map((index) => {
    const full = add(index, nothing);
    return shapes.unsqueeze(g, full, [rankOf(full)]);
  });
  return shapes.concat(g, columns, rankOf(columns[0] as Value) - 1);
}

function widest(a: readonly Extent[] | undefined, b: readonly Extent[] | undefined): readonly Extent[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  return long.map((extent, i) => (extent === 1 && i >= offset ? (short[i - offset] as Extent) : extent));
}

function consecutive(axes: readonly number[]): boolean {
  return axes.every((axis, i) => i === 0 || axis === (axes[i - 1] as number) + 1);
}

function index(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const { axes, indices } = resolveIndices(call);
  const [axis] = axes;
  if (axis === undefined) return self;
  const [only] = indices;
  const rank = rankOf(self);
  if (axes.length === 1 && only !== undefined) {
    const own = shapeOf(self);
    const shape = [...own.slice(0, axis), ...shapeOf(only), ...own.slice(axis + 1)];
    return g.op('Gather', [self, only], { axis: int(axis) }, { shape });
  }
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
  const front = shapes.transpose(g, self, [...axes, ...others]);
  const places = joined(g, indices);
  const found = shapeOf(places).slice(0, -1);
  const shape = [...found, ...others.map((i) => self.shape?.[i] ?? null)];
  const picked = g.op('GatherND', [front, places], {}, { shape });
  if (!consecutive(axes) || axis === 0) return picked;
  // Neighbouring indices leave their dimensions where the first of them was.
  const before = Array.from({ length: axis }, (_, i) => found.length + i);
  const middle = found.map((_, i) => i);
  const after = Array.from({ length: others.length - axis }, (_, i) => found.length + axis + i);
  return shapes.transpose(g, picked, [...before, ...middle, ...after]);
}

function indexPut(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const values = convert(call, call.tensor('values'), self.dtype);
  const [mask, ...more] = call.optionalTensors('indices');
  if (mask?.dtype === 'bool' && more.length === 0 && rankOf(values) === 0 && !call.bool('accumulate')) {
    const trailing = Array.from({ length: rankOf(self) - rankOf(mask) }, (_, i) => rankOf(mask) + i);
    return { ...choose(g, shapes.unsqueeze(g, mask, trailing), values, self), shape: self.shape };
  }
  const { axes, indices } = resolveIndices(call);
  if (axes.length === 0) return broadcastTo(g, values, self);
  const others = Array.from({ length: rankOf(self) }, (_, i) => i).filter((i) => !axes.includes(i));
  const perm = [...axes, ...others];
  const front = shapes.transpose(g, self, perm);
  const places = joined(g, indices);
  const found = rankOf(places) - 1;
  const dims = [...dimsOf(g, places).slice(0, -1), ...others.map((i) => sizeOf(g, self, i))];
  const [axis = 0] = axes;
  let updates = values;
  if (consecutive(axes) && axis > 0) {
    // The values have the indices' dimensions in the middle, as the result of reading would.
    const wide = shapes.unsqueeze(
      g,
      values,
      Array.from({ length: dims.length - rankOf(values) }, (_, i) => i),
    );
    const middle = Array.from({ length: found }, (_, i) => axis + i);
    const rest = others.map((_, i) => (i < axis ? i : i + found));
    updates = shapes.transpose(g, wide, [...middle, ...rest]);
  }
  const full = shapes.expand(g, updates, dims);
  const attributes: Record<string, AttributeValue> = call.bool('accumulate') ? { reduction: text('add') } : {};
  const written = g.op('ScatterND', [front, places, full], attributes, { shape: front.shape });
  const back = perm.map((_, i) => perm.indexOf(i));
  return { ...shapes.transpose(g, written, back), shape: self.shape };
}

function maskedFill(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const value = asValue(g, valueTerm(call, 'value'), self.dtype);
  return choose(g, truth(g, call.tensor('mask')), value, self);
}

function maskedSelect(call: Call): Value {
  const { g } = call;
  const [self, mask] = [call.tensor('self'), truth(g, call.tensor('mask'))];
  const rank = Math.max(rankOf(self), rankOf(mask));
  const shape = widest(self.shape, mask.shape) ?? [];
  const zeros = choose(g, mask, self, self);
  const full = { ...zeros, shape };
  const wide = g.op('And', [mask, g.op('Equal', [full, full], {}, { dtype: 'bool', shape })], {}, { shape });
  const places = g.op('NonZero', [wide], {}, { dtype: 'int64', shape: [rank, null] });
  return g.op('GatherND', [full, shapes.transpose(g, places, [1, 0])], {}, { dtype: self.dtype, shape: [null] });
}

function nonzero(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const places = g.op('NonZero', [truth(g, self)], {}, { dtype: 'int64', shape: [rankOf(self), null] });
  return shapes.transpose(g, places, [1, 0]);
}

/** `index_fill`, `index_copy`, `index_add`: whole slices at indices along a dimension. */
function indexWrite(kind: 'fill' | 'copy' | 'add'): Translate {
  return (call) => {
    const { g } = call;
    const self = call.tensor('self');
    const axis = axisOf(call.int('dim'), rankOf(self));
    const places = shapes.unsqueeze(g, vectorOf(g, nonNegative(g, call.tensor('index'))), [1]);
    const perm = [axis, ...Array.from({ length: rankOf(self) }, (_, i) => i).filter((i) => i !== axis)];
    const front = shapes.transpose(g, self, perm);
    let updates: Value;
    if (kind === 'fill') {
      const dims = [sizeOf(g, places, 0), ...dimsOf(g, front).slice(1)];
      updates = shapes.expand(g, asValue(g, valueTerm(call, 'value'), self.dtype), dims);
    } else updates = shapes.transpose(g, convert(call, call.tensor('source'), self.dtype), perm);
    if (kind === 'add' && call.float('alpha') !== 1) {
      updates = g.op(
        'Mul',
        [updates, asValue(g, { scalar: call.scalar('alpha') }, self.dtype)],
        {},
        { shape: updates.shape },
      );
    }
    const attributes: Record<string, AttributeValue> = kind === 'add' ? { reduction: text('add') } : {};
    const written = g.op('ScatterND', [front, places, updates], attributes, { shape: front.shape });
    return {
      ...shapes.transpose(
        g,
        written,
        perm.map((_, i) => perm.indexOf(i)),
      ),
      shape: self.shape,
    };
  };
}

function take(call: Call): Value {
  const { g } = call;
  const places = cast(g, call.tensor('index'), 'int64');
  return g.op(
    'Gather',
    [shapes.reshape(g, call.tensor('self'), [-1]), places],
    { axis: int(0) },
    { shape: places.shape },
  );
}

/** Reading and writing at places. */
export const indexing: OperatorFamily = {
  select: selectOf,
  select_copy: selectOf,
  slice: sliceOf,
  slice_copy: sliceOf,
  narrow,
  narrow_copy: narrow,
  select_scatter: selectScatter,
  slice_scatter: sliceScatter,
  index_select: indexSelect,
  gather,
  take_along_dim: takeAlongDim,
  scatter: scatter(),
  scatter_add: scatter('add'),
  scatter_reduce: scatter(),
  index,
  _unsafe_index: index,
  index_put: indexPut,
  _unsafe_index_put: indexPut,
  index_fill: indexWrite('fill'),
  index_copy: indexWrite('copy'),
  index_add: indexWrite('add'),
  masked_fill: maskedFill,
  masked_select: maskedSelect,
  nonzero,
  take,
};
