import { int } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { isFloat } from '../graph/compute-type.ts';
import { type KerasShape, KerasTensor } from '../graph/keras-tensor.ts';
import { axisInChannelsFirst, axisOf } from '../layers/axis-functions.ts';
import type { OpArguments } from './op-arguments.ts';
import { type Operation, operation } from './operation.ts';

type Reduce = (m: Arithmetic, x: Value, axes: Value, keep: boolean) => Value;

const named =
  (name: string): Reduce =>
  (m, x, axes, keep) =>
    m.g.op(name, [x, axes], { keepdims: int(keep ? 1 : 0) }, { dtype: m.dtype });

/** Operations that take axes away. */
export const REDUCTION_OPS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['mean', reduction(named('ReduceMean'), true)],
  ['sum', reduction(named('ReduceSum'))],
  ['max', reduction(named('ReduceMax'))],
  ['min', reduction(named('ReduceMin'))],
  ['prod', reduction(named('ReduceProd'))],
  ['logsumexp', reduction(named('ReduceLogSumExp'), true)],
  ['var', reduction(variance, true)],
  ['std', reduction((m, x, axes, keep) => m.op('Sqrt', [variance(m, x, axes, keep)]), true)],
  ['all', truth('ReduceMin')],
  ['any', truth('ReduceMax')],
  ['argmax', position('ArgMax')],
  ['argmin', position('ArgMin')],
  ['l2_normalize', operation('x axis epsilon', l2Normalize)],
]);

function variance(m: Arithmetic, x: Value, axes: Value, keep: boolean): Value {
  const centred = m.sub(x, named('ReduceMean')(m, x, axes, true));
  return named('ReduceMean')(m, m.mul(centred, centred), axes, keep);
}

function axesOf(a: OpArguments, x: KerasTensor): readonly number[] {
  const given = a.integers('axis') ?? Array.from({ length: x.rank }, (_, i) => i);
  const axes = given.map((axis) => axisOf(axis, x.rank));
  if (axes.some((axis) => axis < 0 || axis >= x.rank))
    throw a.config.malformed(`reduces an axis that a tensor of rank ${x.rank} does not have`);
  return axes;
}

function reducedShape(shape: KerasShape, axes: readonly number[], keep: boolean): KerasShape {
  return keep ? shape.map((extent, i) => (axes.includes(i) ? 1 : extent)) : shape.filter((_, i) => !axes.includes(i));
}

/** Works on the channels-first form where all axes between batch and channels go: the order of what is left is the same. */
function reduced(
  a: OpArguments,
  x: KerasTensor,
  reduce: (value: Value, axes: readonly number[], keep: boolean) => Value,
): KerasTensor {
  const axes = axesOf(a, x);
  const keep = a.boolean('keepdims', false);
  const facts = { shape: reducedShape(x.shape, axes, keep), dtype: x.dtype };
  const spatial = axes.length === x.rank - 2 && !axes.includes(0) && !axes.includes(x.rank - 1);
  if (spatial && x.prefersChannelsFirst) {
    const value = reduce(
      x.channelsFirst(),
      axes.map((axis) => axisInChannelsFirst(axis, x.rank)),
      keep,
    );
    return keep ? KerasTensor.channelsFirst(a.g, value, facts) : KerasTensor.of(a.g, value, facts);
  }
  return KerasTensor.of(a.g, reduce(x.plain(), axes, keep), facts);
}

function reduction(reduce: Reduce, float = false): Operation {
  return operation('x axis keepdims', (a) => {
    const given = a.tensor('x');
    if (float && !isFloat(given.dtype) && a.generation === 2)
      throw a.unsupported(`averages ${given.dtype}, which TensorFlow rounds`);
    const x = float && !isFloat(given.dtype) ? cast(a.g, given, 'float32') : given;
    const m = new Arithmetic(a.g, x.dtype);
    return reduced(a, x, (value, axes, keep) => reduce(m, value, a.g.ints(axes), keep));
  });
}

function truth(name: string): Operation {
  return operation('x axis keepdims', (a) => {
    const x = cast(a.g, cast(a.g, a.tensor('x'), 'bool'), 'int32');
    const m = new Arithmetic(a.g, 'int32');
    const result = reduced(a, x, (value, axes, keep) => named(name)(m, value, a.g.ints(axes), keep));
    return cast(a.g, result, 'bool');
  });
}

function position(name: string): Operation {
  return operation('x axis keepdims dtype', (a) => {
    const x = a.tensor('x');
    const [given] = a.integers('axis') ?? [];
    // TensorFlow looks along the first axis where none is given, Keras 3 through all values.
    if (given === undefined && a.generation === 3) throw a.unsupported('looks for a position without an axis');
    const axis = axisOf(given ?? 0, x.rank);
    const keep = a.boolean('keepdims', false);
    const value = a.g.op(name, [x.plain()], { axis: int(axis), keepdims: int(keep ? 1 : 0) }, { dtype: 'int64' });
    const found = KerasTensor.of(a.g, value, { shape: reducedShape(x.shape, [axis], keep), dtype: 'int64' });
    return a.generation === 3 ? cast(a.g, found, 'int32') : cast(a.g, found, a.dtype('dtype') ?? 'int64');
  });
}

function l2Normalize(a: OpArguments): KerasTensor {
  const x = a.tensor('x');
  const m = new Arithmetic(a.g, x.dtype);
  const axes = a.g.ints(axesOf(a, x));
  const value = x.plain();
  const square = named('ReduceSum')(m, m.mul(value, value), axes, true);
  const least = a.generation === 2 ? a.number('epsilon', 1e-12) : a.number('epsilon', 1e-7) ** 2;
  return KerasTensor.of(a.g, m.div(value, m.op('Sqrt', [m.op('Max', [square, least])])), {
    shape: x.shape,
    dtype: x.dtype,
  });
}
