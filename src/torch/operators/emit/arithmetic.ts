import { int } from '../../../onnx/builder/attributes.ts';
import type { Extent, GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { dataTypeOf } from '../../../formats/onnx-proto/encode-tensor.ts';
import type { DType } from '../../../spec/tensor.ts';

// Nodes over elements: the shape of a result is that of the inputs, broadcast.

/** The value in another element type; itself where it has it. */
export function cast(g: GraphBuilder, value: Value, dtype: DType): Value {
  if (value.dtype === dtype) return value;
  return g.op('Cast', [value], { to: int(dataTypeOf(dtype)) }, { dtype, shape: value.shape });
}

/** One input, the same shape; the same element type unless given. */
export function unary(g: GraphBuilder, opType: string, value: Value, dtype: DType = value.dtype): Value {
  return g.op(opType, [value], {}, { dtype, shape: value.shape });
}

/** Two inputs of one element type. */
export function binary(g: GraphBuilder, opType: string, a: Value, b: Value): Value {
  return g.op(opType, [a, b], {}, { dtype: a.dtype, shape: broadcast(a.shape, b.shape) });
}

/** Two inputs of one element type, whose relation holds or not. */
export function compare(g: GraphBuilder, opType: string, a: Value, b: Value): Value {
  return g.op(opType, [a, b], {}, { dtype: 'bool', shape: broadcast(a.shape, b.shape) });
}

/** `condition ? a : b`, element by element. */
export function where(g: GraphBuilder, condition: Value, a: Value, b: Value): Value {
  const shape = broadcast(condition.shape, broadcast(a.shape, b.shape));
  if (a.dtype === 'bool') {
    // The engine chooses between every type but this one.
    const chosen = binary(g, 'And', condition, a);
    return { ...binary(g, 'Or', chosen, binary(g, 'And', unary(g, 'Not', condition), b)), shape };
  }
  return g.op('Where', [condition, a, b], {}, { dtype: a.dtype, shape });
}

/** The shape of an operation over two shapes; `undefined` where a rank is unknown. */
export function broadcast(
  a: readonly Extent[] | undefined,
  b: readonly Extent[] | undefined,
): readonly Extent[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  return long.map((extent, i) => {
    const other = i < offset ? 1 : (short[i - offset] as Extent);
    if (extent === 1) return other;
    if (other === 1 || extent === other) return extent;
    // One of them is unknown: an extent that is a number other than one wins.
    if (typeof extent === 'number') return extent;
    return typeof other === 'number' ? other : null;
  });
}
