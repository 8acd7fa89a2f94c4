import { int, ints, text } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import { plainConstant } from '../graph/call-arguments.ts';
import { cast } from '../graph/cast.ts';
import { filled } from '../graph/filled.ts';
import { type KerasShape, KerasTensor } from '../graph/keras-tensor.ts';
import { elementsOf, shapeOf } from '../graph/reshape.ts';
import { axisInChannelsFirst, axisOf } from '../layers/axis-functions.ts';
import { resize } from '../layers/resize.ts';
import type { OpArguments } from './op-arguments.ts';
import { type Operation, operation } from './operation.ts';
import { getItem } from './get-item.ts';

/** Operations that move, join and cut. */
export const SHAPE_OPS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['reshape', operation('x shape', reshape)],
  ['shape', operation('x dtype', extentsOf)],
  ['transpose', operation('x axes', transpose)],
  ['expand_dims', operation('x axis', expandDims)],
  ['squeeze', operation('x axis', squeeze)],
  ['concat', operation('values axis', concat)],
  ['stack', operation('values axis', stack)],
  ['split', operation('x sections axis', split)],
  ['unstack', operation('x axis', unstack)],
  ['tile', operation('x repeats', tile)],
  ['getitem', operation('x key', getItem)],
  ['pad', operation('x widths mode value', pad)],
  ['matmul', operation('x y transpose_x transpose_y', matmul)],
  ['take', operation('x indices axis', take)],
  ['one_hot', operation('x classes axis dtype', oneHot)],
  [
    'zeros_like',
    operation('x', (a) => a.tensor('x').map((x) => a.g.op('Mul', [x, a.g.scalar(0, a.tensor('x').dtype)]))),
  ],
  [
    'ones_like',
    operation('x', (a) =>
      a
        .tensor('x')
        .map((x) =>
          a.g.op('Add', [a.g.op('Mul', [x, a.g.scalar(0, a.tensor('x').dtype)]), a.g.scalar(1, a.tensor('x').dtype)]),
        ),
    ),
  ],
  ['cumsum', operation('x axis', cumsum)],
  ['resize', operation('x size method', resizeImages)],
  ['depth_to_space', operation('x block_size', (a) => blocks(a, 'DepthToSpace'))],
]);

/** The extents of a tensor, as a tensor: int32 unless asked for otherwise. */
function extentsOf(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const shape = KerasTensor.of(a.g, shapeOf(a.g, x.plain()), { shape: [x.rank], dtype: 'int64' });
  return cast(a.g, shape, a.dtype('dtype') ?? 'int32');
}

/** Extents that may be tensors: each as a vector of one int64. */
function extents(a: OpArguments, name: string): { readonly value: Value; readonly known: KerasShape } | undefined {
  const given = a.value(name);
  if (given instanceof KerasTensor)
    return { value: cast(a.g, given, 'int64').plain(), known: filled(given.shape[0] ?? 0, -1) };
  if (!Array.isArray(given) || !given.some((item) => item instanceof KerasTensor)) return undefined;
  const parts = given.map((item) => {
    if (item instanceof KerasTensor)
      return a.g.op('Reshape', [cast(a.g, item, 'int64').plain(), a.g.ints([1])], {}, { dtype: 'int64' });
    return a.g.ints([Number(plainConstant(item))]);
  });
  const known = given.map((item) => (item instanceof KerasTensor ? -1 : Number(plainConstant(item))));
  return { value: a.g.op('Concat', parts, { axis: int(0) }, { dtype: 'int64' }), known };
}

function reshape(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const dynamic = extents(a, 'shape');
  if (dynamic !== undefined) {
    const shape = dynamic.known.map((n) => (n === -1 ? null : n));
    return KerasTensor.of(a.g, a.g.op('Reshape', [x.plain(), dynamic.value], { allowzero: int(1) }), {
      shape,
      dtype: x.dtype,
    });
  }
  const target = a.integers('shape') ?? [];
  const [batch = null, ...rest] = x.shape;
  const inner = elementsOf(rest);
  const others = target.slice(1).reduce((product, n) => product * n, 1);
  // The batch stays the batch where the rest has as many values as before.
  const keeps = target[0] === -1 && target.slice(1).every((n) => n >= 0) && inner !== null && inner === others;
  const total = elementsOf(x.shape);
  const shape = target.map((n, i) =>
    n !== -1
      ? n
      : i === 0 && keeps
        ? batch
        : total === null
          ? null
          : total / Math.abs(target.reduce((p, m) => p * m, 1)),
  );
  return KerasTensor.of(a.g, a.g.op('Reshape', [x.plain(), a.g.ints(target)]), { shape, dtype: x.dtype });
}

function transpose(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const perm = (a.integers('axes') ?? Array.from({ length: x.rank }, (_, i) => x.rank - 1 - i)).map((axis) =>
    axisOf(axis, x.rank),
  );
  if ([...perm].sort((p, q) => p - q).some((axis, i) => axis !== i) || perm.length !== x.rank)
    throw a.config.malformed('transposes axes that the tensor does not have');
  const shape = perm.map((axis) => x.shape[axis] ?? null);
  return KerasTensor.of(a.g, a.g.op('Transpose', [x.plain()], { perm: ints(perm) }), { shape, dtype: x.dtype });
}

function expandDims(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const given = a.integers('axis') ?? [0];
  const rank = x.rank + given.length;
  const axes = given.map((axis) => axisOf(axis, rank));
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? null)));
  return KerasTensor.of(a.g, a.g.op('Unsqueeze', [x.plain(), a.g.ints(axes)]), { shape, dtype: x.dtype });
}

function squeeze(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const axes =
    a.integers('axis')?.map((axis) => axisOf(axis, x.rank)) ??
    x.shape.flatMap((extent, i) => (extent === 1 ? [i] : []));
  const shape = x.shape.filter((_, i) => !axes.includes(i));
  return KerasTensor.of(a.g, a.g.op('Squeeze', [x.plain(), a.g.ints(axes)]), { shape, dtype: x.dtype });
}

function concat(a: OpArguments): KerasTensor {
  const values = a.tensors('values');
  const [first] = values;
  if (first === undefined || values.some((tensor) => tensor.rank !== first.rank))
    throw a.config.malformed('joins tensors of different ranks');
  const axis = axisOf(a.number('axis', 0), first.rank);
  const typed = values.map((tensor) => cast(a.g, tensor, first.dtype));
  const shape = first.shape.map((extent, i) => {
    const all = typed.map((tensor) => tensor.shape[i] ?? null);
    if (i !== axis) return extent ?? all.find((n) => n !== null) ?? null;
    return all.includes(null) ? null : all.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  });
  const facts = { shape, dtype: first.dtype };
  if (first.rank > 2 && typed.some((tensor) => tensor.prefersChannelsFirst)) {
    const at = axisInChannelsFirst(axis, first.rank);
    return KerasTensor.channelsFirst(
      a.g,
      a.g.op(
        'Concat',
        typed.map((tensor) => tensor.channelsFirst()),
        { axis: int(at) },
      ),
      facts,
    );
  }
  return KerasTensor.of(
    a.g,
    a.g.op(
      'Concat',
      typed.map((tensor) => tensor.plain()),
      { axis: int(axis) },
    ),
    facts,
  );
}

function stack(a: OpArguments): KerasTensor {
  const values = a.tensors('values');
  const [first] = values;
  if (first === undefined) throw a.config.malformed('stacks no tensors');
  const axis = axisOf(a.number('axis', 0), first.rank + 1);
  const parts = values.map((tensor) => a.g.op('Unsqueeze', [cast(a.g, tensor, first.dtype).plain(), a.g.ints([axis])]));
  const shape = [...first.shape.slice(0, axis), values.length, ...first.shape.slice(axis)];
  return KerasTensor.of(a.g, a.g.op('Concat', parts, { axis: int(axis) }), { shape, dtype: first.dtype });
}

function split(a: OpArguments): readonly KerasTensor[] {
  const x = a.tensor('x');
  const axis = axisOf(a.number('axis', 0), x.rank);
  const extent = x.shape[axis] ?? null;
  const given = a.constant('sections');
  if (extent === null) throw a.unsupported('splits an axis of unknown extent');
  const sizes = partSizes(a, given, extent);
  const type = { dtype: x.dtype, shape: undefined };
  const parts = a.g.node('Split', {
    inputs: [x.plain(), a.g.ints(sizes)],
    attributes: { axis: int(axis) },
    outputs: sizes.map(() => type),
  });
  return parts.map((value, i) =>
    KerasTensor.of(a.g, value, { shape: x.shape.map((n, j) => (j === axis ? (sizes[i] ?? null) : n)), dtype: x.dtype }),
  );
}

/** TensorFlow lists the parts' sizes, numpy where they begin; a number means equal parts to both. */
function partSizes(a: OpArguments, given: unknown, extent: number): readonly number[] {
  if (typeof given === 'number') {
    if (!Number.isInteger(given) || given < 1 || extent % given !== 0)
      throw a.config.malformed(`splits ${extent} into ${given} parts`);
    return filled(given, extent / given);
  }
  const list = a.integers('sections') ?? [];
  const sizes =
    a.generation === 2 ? list : [...list, extent].map((end, i) => end - (i === 0 ? 0 : (list[i - 1] as number)));
  const open = sizes.indexOf(-1);
  const sum = sizes.reduce((total, n) => total + (n === -1 ? 0 : n), 0);
  const whole = sizes.map((n, i) => (i === open ? extent - sum : n));
  if (whole.some((n) => n < 0) || whole.reduce((total, n) => total + n, 0) !== extent)
    throw a.config.malformed(`splits ${extent} into parts of ${list.join(', ')}`);
  return whole;
}

function unstack(a: OpArguments): readonly KerasTensor[] {
  const x = a.tensor('x');
  const axis = axisOf(a.number('axis', 0), x.rank);
  const extent = x.shape[axis] ?? null;
  if (extent === null) throw a.unsupported('takes an axis of unknown extent apart');
  const shape = x.shape.filter((_, i) => i !== axis);
  return Array.from({ length: extent }, (_, i) =>
    KerasTensor.of(a.g, a.g.op('Gather', [x.plain(), a.g.scalar(i, 'int64')], { axis: int(axis) }), {
      shape,
      dtype: x.dtype,
    }),
  );
}

function tile(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const repeats = a.integers('repeats') ?? [];
  if (repeats.length !== x.rank) throw a.unsupported(`repeats ${repeats.length} axes of a tensor of rank ${x.rank}`);
  const shape = x.shape.map((extent, i) => (extent === null ? null : extent * (repeats[i] as number)));
  return KerasTensor.of(a.g, a.g.op('Tile', [x.plain(), a.g.ints(repeats)]), { shape, dtype: x.dtype });
}

const PAD_MODES: ReadonlyMap<string, string> = new Map([
  ['constant', 'constant'],
  ['reflect', 'reflect'],
  ['edge', 'edge'],
]);

function pad(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const widths = a.constant('widths');
  const pairs = Array.isArray(widths) ? (widths as readonly unknown[]) : [];
  const valid = pairs.every(
    (pair) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((n) => Number.isSafeInteger(n) && (n as number) >= 0),
  );
  if (pairs.length !== x.rank || !valid)
    throw a.config.malformed(`pads a tensor of rank ${x.rank} by ${JSON.stringify(widths)}`);
  const by = pairs as readonly (readonly [number, number])[];
  const mode = PAD_MODES.get(a.text('mode', 'constant').toLowerCase());
  if (mode === undefined) throw a.unsupported('pads in a way that is not done here');
  const pads = a.g.ints([...by.map(([before]) => before), ...by.map(([, after]) => after)]);
  const fill = mode === 'constant' ? a.g.scalar(a.number('value', 0), x.dtype) : undefined;
  const shape = x.shape.map((extent, i) => (extent === null ? null : extent + (by[i]?.[0] ?? 0) + (by[i]?.[1] ?? 0)));
  return KerasTensor.of(a.g, a.g.op('Pad', [x.plain(), pads, fill], { mode: text(mode) }), { shape, dtype: x.dtype });
}

function matmul(a: OpArguments): KerasTensor {
  const [x, y] = a.pair('x', 'y');
  const flipped = (tensor: KerasTensor, flip: boolean): { readonly value: Value; readonly shape: KerasShape } => {
    if (!flip) return { value: tensor.plain(), shape: tensor.shape };
    const perm = Array.from({ length: tensor.rank }, (_, i) => i);
    perm.push(...perm.splice(-2).reverse());
    return {
      value: a.g.op('Transpose', [tensor.plain()], { perm: ints(perm) }),
      shape: perm.map((axis) => tensor.shape[axis] ?? null),
    };
  };
  const left = flipped(x, a.boolean('transpose_x', false));
  const right = flipped(cast(a.g, y, x.dtype), a.boolean('transpose_y', false));
  if (left.shape.length < 2 || right.shape.length < 2) throw a.unsupported('multiplies vectors');
  const outer = left.shape.length >= right.shape.length ? left.shape.slice(0, -2) : right.shape.slice(0, -2);
  const shape = [...outer, left.shape.at(-2) ?? null, right.shape.at(-1) ?? null];
  return KerasTensor.of(a.g, a.g.op('MatMul', [left.value, right.value], {}, { dtype: x.dtype }), {
    shape,
    dtype: x.dtype,
  });
}

function take(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const given = a.value('indices');
  if (given === undefined) throw a.config.malformed('takes no indices');
  const indices = a.constantTensor(given, 'int32') ?? a.tensor('indices');
  const [axis] = a.integers('axis') ?? [a.generation === 2 ? 0 : undefined];
  if (axis === undefined) throw a.unsupported('takes from a flattened tensor');
  const at = axisOf(axis, x.rank);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  const whole = indices.dtype === 'int64' ? indices : cast(a.g, indices, 'int32');
  return KerasTensor.of(a.g, a.g.op('Gather', [x.plain(), whole.plain()], { axis: int(at) }), {
    shape,
    dtype: x.dtype,
  });
}

function oneHot(a: OpArguments): KerasTensor {
  const x = cast(a.g, a.tensor('x'), 'int64');
  const classes = a.number('classes', 0);
  if (a.number('axis', -1) !== -1) throw a.unsupported('puts classes along another axis than the last');
  const dtype = a.dtype('dtype') ?? 'float32';
  const range = a.g.constant({
    data: BigInt64Array.from({ length: classes }, (_, i) => BigInt(i)),
    shape: [classes],
    dtype: 'int64',
  });
  const hot = a.g.op('Equal', [a.g.op('Unsqueeze', [x.plain(), a.g.ints([-1])]), range], {}, { dtype: 'bool' });
  return cast(a.g, KerasTensor.of(a.g, hot, { shape: [...x.shape, classes], dtype: 'bool' }), dtype);
}

function cumsum(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const [axis] = a.integers('axis') ?? [a.generation === 2 ? 0 : undefined];
  if (axis === undefined) throw a.unsupported('sums a flattened tensor up');
  const value = a.g.op('CumSum', [x.plain(), a.g.scalar(axisOf(axis, x.rank), 'int64')]);
  return KerasTensor.of(a.g, value, { shape: x.shape, dtype: x.dtype });
}

function resizeImages(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const size = a.integers('size') ?? [];
  const method = a.text('method', 'bilinear').toLowerCase();
  if (x.rank !== 4 || size.length !== 2 || (method !== 'bilinear' && method !== 'nearest')) {
    throw a.unsupported(`resizes a tensor of rank ${x.rank} by ${method}`);
  }
  const shape = [x.shape[0] ?? null, ...size, x.shape[3] ?? null];
  return KerasTensor.channelsFirst(a.g, resize(a.g, x.channelsFirst(), { method, sizes: size }), {
    shape,
    dtype: x.dtype,
  });
}

function blocks(a: OpArguments, name: string): KerasTensor {
  const x = a.tensor('x');
  const size = a.number('block_size', 2);
  const [batch = null, height = null, width = null, channels = null] = x.shape;
  const grown = (n: number | null): number | null => (n === null ? null : n * size);
  const shape = [batch, grown(height), grown(width), channels === null ? null : channels / (size * size)];
  const value = a.g.op(name, [x.channelsFirst()], { blocksize: int(size), mode: text('DCR') });
  return KerasTensor.channelsFirst(a.g, value, { shape, dtype: x.dtype });
}
