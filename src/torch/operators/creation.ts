import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import type { Call, Dim, Scalar } from './call.ts';
import { binary, cast, unary, compare } from './emit/arithmetic.ts';
import { elementsOf } from './emit/bounded.ts';
import { asValue, resultType } from './emit/promote.ts';
import { dimsOf, dimScalar, expand, rankOf, reshape, unsqueeze } from './emit/shapes.ts';
import { select } from './comparison.ts';
import type { OperatorFamily, Translate } from './operator.ts';

const known = (value: number): Scalar => ({ kind: 'int', value });

function filled(call: Call, dims: readonly Dim[], scalar: Scalar, dtype: DType): Value {
  return expand(call.g, asValue(call.g, { scalar }, dtype), dims);
}

/** A tensor of one value: `zeros(size)`, `new_ones(self, size)`, `full(size, value)`. */
function constant(value: number | undefined): Translate {
  return (call) => {
    const scalar = value === undefined ? call.scalar('fill_value') : known(value);
    const kept = call.node.target.includes('::new_') ? call.tensor('self').dtype : undefined;
    const inferred = value === undefined ? resultType([{ scalar }]) : 'float32';
    return filled(call, call.dims('size'), scalar, call.dtype() ?? kept ?? inferred);
  };
}

/** A tensor of one value with the extents of another. */
function like(value: number | undefined): Translate {
  return (call) => {
    const self = call.tensor('self');
    const scalar = value === undefined ? call.scalar('fill_value') : known(value);
    return filled(call, dimsOf(call.g, self), scalar, call.dtype() ?? self.dtype);
  };
}

function arange(call: Call): Value {
  const { g } = call;
  const start = call.has('start') ? call.scalar('start') : known(0);
  const end = call.scalar('end');
  const step = call.has('step') ? call.scalar('step') : known(1);
  const asked = call.dtype();
  const inferred = resultType([{ scalar: start }, { scalar: end }, { scalar: step }]);
  const dtype = asked ?? (inferred === 'bool' ? 'int64' : inferred);
  // Counted in whole numbers, then scaled, so that float steps do not add up their errors.
  const int64 = [start, end, step].every(
    ({ kind, ...rest }) =>
      kind === 'int' || ('value' in rest && typeof rest.value !== 'number' && rest.value.dtype === 'int64'),
  );
  if (int64) {
    const [a, b, c] = [start, end, step].map((scalar) => asValue(g, { scalar }, 'int64')) as [Value, Value, Value];
    const values = [start, end, step].map((scalar) => (scalar.kind === 'number' ? undefined : scalar.value));
    const [from, to, by] = values;
    const count =
      from === undefined || to === undefined || by === undefined ? null : Math.max(0, Math.ceil((to - from) / by));
    if (count !== null) elementsOf(count);
    const symbol = from === 0 && by === 1 && end.kind === 'number' ? (end.symbol ?? null) : null;
    return cast(g, g.op('Range', [a, b, c], {}, { dtype: 'int64', shape: [count ?? symbol] }), dtype);
  }
  const double = (scalar: Scalar): Value => asValue(g, { scalar }, 'float64');
  const length = unary(g, 'Ceil', binary(g, 'Div', binary(g, 'Sub', double(end), double(start)), double(step)));
  const count = cast(g, length, 'int64');
  const range = g.op(
    'Range',
    [g.scalar(0, 'int64'), count, g.scalar(1, 'int64')],
    {},
    { dtype: 'int64', shape: [null] },
  );
  const scaled = binary(g, 'Mul', cast(g, range, 'float64'), double(step));
  return cast(g, binary(g, 'Add', scaled, double(start)), dtype);
}

function linspace(call: Call): Value {
  const { g } = call;
  const steps = elementsOf(call.int('steps'));
  const [start, end] = [call.float('start'), call.float('end')];
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  // From both ends towards the middle, as PyTorch computes it.
  const values = Float64Array.from({ length: steps }, (_, i) =>
    i < steps / 2 ? start + step * i : end - step * (steps - 1 - i),
  );
  if (steps === 1) values[0] = start;
  return cast(g, g.constant({ data: values, shape: [steps], dtype: 'float64' }), call.dtype() ?? 'float32');
}

function eye(call: Call): Value {
  const { g } = call;
  const rows = call.dim('n');
  const columns = call.has('m') ? call.dim('m') : rows;
  const range = (dim: Dim): Value => {
    const shape = [typeof dim === 'number' ? dim : (dim.symbol ?? null)];
    return g.op(
      'Range',
      [g.scalar(0, 'int64'), dimScalar(g, dim), g.scalar(1, 'int64')],
      {},
      { dtype: 'int64', shape },
    );
  };
  const equal = compare(g, 'Equal', unsqueeze(g, range(rows), [1]), unsqueeze(g, range(columns), [0]));
  return cast(g, equal, call.dtype() ?? 'float32');
}

/** One of the two triangles of the last two dimensions; the other is zero. */
function triangle(upper: boolean): Translate {
  return (call) => {
    const { g } = call;
    const value = call.tensor('self');
    const rank = rankOf(value);
    if (rank < 2) return call.fail(`a triangle of ${rank} dimensions`);
    const dims = dimsOf(g, value);
    const index = (axis: number): Value => {
      const count = dimScalar(g, dims[axis] as Dim);
      const shape = [value.shape?.[axis] ?? null];
      return g.op('Range', [g.scalar(0, 'int64'), count, g.scalar(1, 'int64')], {}, { dtype: 'int64', shape });
    };
    const row = unsqueeze(g, index(rank - 2), [1]);
    const column = unsqueeze(g, index(rank - 1), [0]);
    const limit = binary(g, 'Add', row, g.scalar(call.int('diagonal'), 'int64'));
    const kept = compare(g, upper ? 'GreaterOrEqual' : 'LessOrEqual', column, limit);
    return select(g, kept, value, asValue(g, { scalar: known(0) }, value.dtype));
  };
}

function scalarTensor(call: Call): Value {
  const scalar = call.scalar('s');
  return asValue(call.g, { scalar }, call.dtype() ?? 'float32');
}

/** `torch.tensor` and `prim::NumToTensor`: a number as a tensor without dimensions. */
function numberTensor(call: Call): Value {
  const scalar = call.scalar('a');
  return asValue(call.g, { scalar }, resultType([{ scalar }]));
}

function fill(call: Call): Value {
  const self = call.tensor('self');
  const operand = call.arg('value');
  const value =
    operand.kind === 'tensor'
      ? reshape(call.g, cast(call.g, operand.value, self.dtype), [])
      : asValue(call.g, { scalar: call.scalar('value') }, self.dtype);
  return expand(call.g, value, dimsOf(call.g, self));
}

function oneHot(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const classes = call.int('num_classes');
  if (classes < 0) return call.fail('one_hot without num_classes: its width depends on the values');
  const axis = rankOf(self);
  const wanted = g.constant({
    data: BigInt64Array.from({ length: elementsOf(classes) }, (_, i) => BigInt(i)),
    shape: [classes],
    dtype: 'int64',
  });
  return cast(g, compare(g, 'Equal', unsqueeze(g, cast(g, self, 'int64'), [axis]), wanted), 'int64');
}

const randomRefusal = { refused: 'random numbers: a prediction must be repeatable' };

/** Tensors made from nothing. */
export const creation: OperatorFamily = {
  zeros: constant(0),
  ones: constant(1),
  full: constant(undefined),
  // What is not initialised is overwritten before it is used, or the program has no defined result.
  empty: constant(0),
  new_zeros: constant(0),
  new_ones: constant(1),
  new_full: constant(undefined),
  new_empty: constant(0),
  new_empty_strided: constant(0),
  empty_strided: constant(0),
  empty_permuted: constant(0),
  zeros_like: like(0),
  ones_like: like(1),
  full_like: like(undefined),
  empty_like: like(0),
  zero: like(0),
  fill,
  arange,
  linspace,
  eye,
  tril: triangle(false),
  triu: triangle(true),
  scalar_tensor: scalarTensor,
  tensor: numberTensor,
  one_hot: oneHot,
  rand: randomRefusal,
  randn: randomRefusal,
  randint: randomRefusal,
  randperm: randomRefusal,
  rand_like: randomRefusal,
  randn_like: randomRefusal,
  randint_like: randomRefusal,
  bernoulli: randomRefusal,
  multinomial: randomRefusal,
  normal: randomRefusal,
  uniform: randomRefusal,
  exponential: randomRefusal,
  poisson: randomRefusal,
};
