import type { OpCall, OperatorTable } from '../op-call.ts';
import { normalAxis } from '../shapes.ts';
import { TfTensor } from '../tf-tensor.ts';

function reverse(call: OpCall, x: TfTensor, axes: readonly number[]): TfTensor {
  const rank = call.shapeOf(0).length;
  if (axes.length === 0) return x;
  const each = (value: number): ReturnType<OpCall['ints']> => call.ints(axes.map(() => value));
  const at = call.ints(axes.map((axis) => normalAxis(axis, rank)));
  return call.write('Slice', [x, each(-1), each(-Number.MAX_SAFE_INTEGER), at, each(-1)], {
    dtype: x.dtype,
    shape: x.shape,
  });
}

function topK(call: OpCall, k: TfTensor): readonly TfTensor[] {
  const x = call.tensor(0);
  const count = k.numbers?.[0] ?? null;
  const shape = x.shape === undefined ? undefined : [...x.shape.slice(0, -1), count];
  const wanted = call.write('Reshape', [call.cast(k, 'int64'), call.ints([1])], { shape: [1] });
  const [values, indices] = call.g
    .node('TopK', {
      inputs: [x.value, wanted.value],
      attributes: { axis: { int: -1 }, sorted: { int: call.attrs.bool('sorted', true) ? 1 : 0 } },
      outputs: [
        { dtype: x.dtype, shape },
        { dtype: 'int64', shape },
      ],
    })
    .map((value) => TfTensor.of(value)) as [TfTensor, TfTensor];
  return [values, call.cast(indices, call.attrs.dtype('index_type') ?? 'int32')];
}

/** The number of boundaries that a value has reached. */
function bucketize(call: OpCall): TfTensor {
  const x = call.cast(call.tensor(0), 'float32');
  const boundaries = call.attrs.floats('boundaries');
  const rank = call.shapeOf(0).length;
  const shape = [...(x.shape ?? []), boundaries.length];
  const edges = call.known('float32', [boundaries.length], boundaries);
  const column = call.write('Unsqueeze', [x, call.ints([rank])], { shape: [...(x.shape ?? []), 1] });
  const reached = call.write('GreaterOrEqual', [column, edges], { dtype: 'bool', shape });
  const attributes = { keepdims: { int: 0 } };
  return call.write('ReduceSum', [call.cast(reached, 'int32'), call.ints([rank])], {
    dtype: 'int32',
    shape: x.shape,
    attributes,
  });
}

/** How often each number occurs, or whether it does; numbers beyond the size are left out. */
function bincount(call: OpCall): TfTensor {
  const [x, size, weights] = [call.tensor(0), call.tensor(1), call.tensor(2)];
  if (weights.shape?.[0] !== 0) throw call.unsupported('counts with weights');
  const rank = call.shapeOf(0).length;
  const wide = call.cast(x, 'int64');
  const bins = size.numbers?.[0] ?? null;
  const all = call.write(
    'Range',
    [
      call.scalar(0, 'int64'),
      call.write('Squeeze', [call.cast(size, 'int64')], { shape: [] }),
      call.scalar(1, 'int64'),
    ],
    { dtype: 'int64', shape: [bins] },
  );
  const column = call.write('Unsqueeze', [wide, call.ints([rank])], { dtype: 'int64' });
  const hits = call.cast(
    call.write('Equal', [column, all], { dtype: 'bool', shape: [...(x.shape ?? []), bins] }),
    'int64',
  );
  const shape = [...(x.shape ?? []).slice(0, -1), bins];
  const opType = call.attrs.bool('binary_output') ? 'ReduceMax' : 'ReduceSum';
  const counts = call.write(opType, [hits, call.ints([rank - 1])], {
    dtype: 'int64',
    shape,
    attributes: { keepdims: { int: 0 } },
  });
  return call.cast(counts, weights.dtype);
}

/** Keeps the diagonals from `lower` below to `upper` above the main one; negative numbers keep all. */
function band(call: OpCall): TfTensor {
  const given = call.tensor(0);
  const { shape } = given;
  let x = given.dtype === 'bool' ? call.cast(given, 'int64') : given;
  const lower = call.number(1, 'number of diagonals');
  const upper = call.number(2, 'number of diagonals');
  const cut = (keepUpper: boolean, k: number): TfTensor =>
    call.write('Trilu', [x, call.scalar(k, 'int64')], {
      dtype: x.dtype,
      shape,
      attributes: { upper: { int: keepUpper ? 1 : 0 } },
    });
  if (lower >= 0) x = cut(true, -lower);
  if (upper >= 0) x = cut(false, upper);
  return call.cast(x, given.dtype);
}

export const orderOperators: OperatorTable = {
  DenseBincount: bincount,
  MatrixBandPart: band,
  ReverseV2: (call) => reverse(call, call.tensor(0), call.numbers(1, 'axis')),
  TopK: (call) => topK(call, call.known('int32', [], [call.attrs.int('k')])),
  TopKV2: (call) => topK(call, call.tensor(1)),
  Bucketize: bucketize,
};
