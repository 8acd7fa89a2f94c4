import type { OpCall, OperatorTable } from '../op-call.ts';
import { broadcast } from '../shapes.ts';
import type { Shape, TfTensor } from '../tf-tensor.ts';

/** With the last two dimensions exchanged. */
function swapped(call: OpCall, x: TfTensor, swap: boolean): TfTensor {
  if (!swap) return x;
  const { rank } = x;
  if (rank === undefined) throw call.unsupported('transposes a tensor of an open number of dimensions');
  const perm = Array.from({ length: rank }, (_, i) => i);
  return call.transpose(x, [...perm.slice(0, -2), rank - 1, rank - 2]);
}

/** Product of matrices, whatever dimensions lie before them broadcast. */
export function matmul(call: OpCall, a: TfTensor, b: TfTensor): TfTensor {
  return call.write('MatMul', [a, b], { dtype: a.dtype, shape: productShape(a.shape, b.shape) });
}

function productShape(a: Shape, b: Shape): Shape {
  if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return undefined;
  const before = broadcast(a.slice(0, -2), b.slice(0, -2));
  return before === undefined ? undefined : [...before, a.at(-2) ?? null, b.at(-1) ?? null];
}

/** The operands of a MatMul, transposed as its attributes say. */
export function matmulOf(call: OpCall): TfTensor {
  const a = swapped(call, call.tensor(0), call.attrs.bool('transpose_a'));
  const b = swapped(call, call.tensor(1), call.attrs.bool('transpose_b'));
  return matmul(call, a, b);
}

function batchMatmul(call: OpCall): TfTensor {
  const a = swapped(call, call.tensor(0), call.attrs.bool('adj_x'));
  const b = swapped(call, call.tensor(1), call.attrs.bool('adj_y'));
  return matmul(call, a, b);
}

function einsum(call: OpCall): TfTensor {
  const equation = call.attrs.text('equation');
  const inputs = call.tensors();
  return call.write('Einsum', inputs, {
    shape: einsumShape(equation, inputs),
    attributes: { equation: { text: equation } },
  });
}

/** Shape by the letters of the equation; unknown where dots stand for dimensions. */
function einsumShape(equation: string, inputs: readonly TfTensor[]): Shape {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  if (equation.includes('.') || right === undefined) return undefined;
  const extents = new Map<string, NonNullable<Shape>[number]>();
  left.split(',').forEach((letters, i) => {
    Array.from(letters).forEach((letter, axis) => {
      const extent = inputs[i]?.shape?.[axis] ?? null;
      if (typeof extents.get(letter) !== 'number') extents.set(letter, extent);
    });
  });
  return Array.from(right, (letter) => extents.get(letter) ?? null);
}

export const matmulOperators: OperatorTable = {
  MatMul: matmulOf,
  BatchMatMul: batchMatmul,
  BatchMatMulV2: batchMatmul,
  BatchMatMulV3: batchMatmul,
  Einsum: einsum,
};
