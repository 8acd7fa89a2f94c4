import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import { normalAxis } from '../shapes.ts';
import type { Element, Shape, TfTensor } from '../tf-tensor.ts';

/** Shape after the axes were reduced. */
function reducedShape(shape: Shape, axes: readonly number[] | undefined, keep: boolean): Shape {
  if (shape === undefined) return undefined;
  if (axes === undefined) return keep ? shape.map((): Extent => null) : undefined;
  const gone = new Set(axes.map((axis) => normalAxis(axis, shape.length)));
  return shape.flatMap((extent, i): Extent[] => (gone.has(i) ? (keep ? [1] : []) : [extent]));
}

/** Reduces along the axes of the second input; no axes leave the tensor as it is. */
export function reduce(call: OpCall, opType: string, x: TfTensor): TfTensor {
  const axes = call.tensor(1);
  const keep = call.attrs.bool('keep_dims');
  const shape = reducedShape(x.shape, axes.numbers, keep);
  if (axes.numbers?.length === 0) return opType === 'ReduceL2' ? call.write('Abs', [x], { shape: x.shape }) : x;
  const { numbers } = axes;
  // One axis may come without dimensions.
  const vector =
    numbers === undefined ? call.write('Reshape', [call.cast(axes, 'int64'), call.ints([-1])]) : call.ints(numbers);
  return call.write(opType, [x, vector], {
    dtype: x.dtype,
    shape,
    attributes: { keepdims: { int: keep ? 1 : 0 }, noop_with_empty_axes: { int: 1 } },
  });
}

/** The reduction of a known vector, as shapes are multiplied. */
function folded(x: TfTensor, combine: (a: number, b: number) => number): readonly Element[] | undefined {
  const { numbers } = x;
  if (x.rank !== 1 || numbers === undefined || !x.dtype.includes('int') || numbers.length === 0) return undefined;
  return [numbers.reduce(combine)];
}

const plain =
  (opType: string, combine?: (a: number, b: number) => number): Operator =>
  (call) => {
    const x = call.tensor(0);
    const content = combine === undefined || call.attrs.bool('keep_dims') ? undefined : folded(x, combine);
    if (content === undefined || call.tensor(1).numbers?.length !== 1)
      return reduce(call, opType, wide(call, x, opType));
    return call.known(x.dtype, [], content);
  };

/** The engine sums fewer types than TensorFlow does. */
function wide(call: OpCall, x: TfTensor, opType: string): TfTensor {
  if (/^u?int(8|16)$/.test(x.dtype)) throw call.unsupported(`reduces ${x.dtype}`);
  if (opType === 'ReduceMean' && x.dtype.includes('int')) throw call.unsupported('takes the mean of integers');
  return x;
}

const logic =
  (opType: string): Operator =>
  (call) =>
    call.cast(reduce(call, opType, call.cast(call.tensor(0), 'int32')), 'bool');

const argument =
  (opType: string): Operator =>
  (call) => {
    const x = call.tensor(0);
    const shape = call.shapeOf(0);
    const axis = normalAxis(call.inputs.length > 1 ? call.number(1, 'axis') : 0, shape.length);
    const index = call.write(
      opType,
      [/^(bool|u?int(16)|uint(32|64)|int64)$/.test(x.dtype) ? call.cast(x, 'int32') : x],
      {
        dtype: 'int64',
        shape: shape.filter((_, i) => i !== axis),
        attributes: { axis: { int: axis }, keepdims: { int: 0 } },
      },
    );
    return call.cast(index, call.attrs.dtype('output_type') ?? 'int64');
  };

export const reduceOperators: OperatorTable = {
  Mean: plain('ReduceMean'),
  Sum: plain('ReduceSum', (a, b) => a + b),
  Prod: plain('ReduceProd', (a, b) => a * b),
  Max: plain('ReduceMax', (a, b) => Math.max(a, b)),
  Min: plain('ReduceMin', (a, b) => Math.min(a, b)),
  EuclideanNorm: plain('ReduceL2'),
  All: logic('ReduceMin'),
  Any: logic('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  L2Loss(call) {
    const x = call.tensor(0);
    const squares = call.write('ReduceSumSquare', [x], { shape: [], attributes: { keepdims: { int: 0 } } });
    return call.write('Mul', [squares, call.scalar(0.5, x.dtype)], { shape: [] });
  },
  Cumsum(call) {
    const [x, axis] = [call.tensor(0), call.tensor(1)];
    const attributes = {
      exclusive: { int: call.attrs.bool('exclusive') ? 1 : 0 },
      reverse: { int: call.attrs.bool('reverse') ? 1 : 0 },
    };
    return call.write('CumSum', [x, axis], { dtype: x.dtype, shape: x.shape, attributes });
  },
};
