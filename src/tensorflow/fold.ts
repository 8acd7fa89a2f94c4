import type { DType } from '../spec/tensor.ts';
import { broadcast, sizeOf } from './shapes.ts';
import type { Element, TfTensor } from './tf-tensor.ts';

/** Rounds a result as the type does: what is computed ahead must equal what the graph computes. */
export function inType(value: number, dtype: DType): number | null {
  switch (dtype) {
    case 'float32':
      return Math.fround(value);
    case 'float64':
      return value;
    case 'int32':
      return Number.isSafeInteger(value) ? value | 0 : null;
    case 'int64':
      return Number.isSafeInteger(value) ? value : null;
    default:
      return null;
  }
}

/** Elements of two tensors combined one by one, broadcast; `undefined` where too little is known. */
export function foldPairs(
  a: TfTensor,
  b: TfTensor,
  combine: (x: Element, y: Element) => Element,
): readonly Element[] | undefined {
  const { content: left, shape: leftShape } = a;
  const { content: right, shape: rightShape } = b;
  if (left === undefined || right === undefined || leftShape === undefined || rightShape === undefined)
    return undefined;
  const shape = broadcast(leftShape, rightShape);
  const size = sizeOf(shape);
  if (shape === undefined || size === undefined || size > 4096) return undefined;
  const position = (of: TfTensor): ((at: number) => number) => {
    const own = of.shape as readonly number[];
    const strides = Array.from({ length: shape.length }, () => 0);
    for (let axis = own.length - 1, step = 1; axis >= 0; axis--) {
      const extent = own[axis] as number;
      strides[axis + shape.length - own.length] = extent === 1 ? 0 : step;
      step *= extent;
    }
    return (at) => {
      let rest = at;
      let where = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const extent = shape[axis] as number;
        where += (rest % extent) * (strides[axis] as number);
        rest = Math.floor(rest / extent);
      }
      return where;
    };
  };
  const [at, bt] = [position(a), position(b)];
  return Array.from({ length: size }, (_, i) => combine(left[at(i)] ?? null, right[bt(i)] ?? null));
}

/** Combines two numbers; where one is not known, the result is not either. */
export function numeric(combine: (x: number, y: number) => number | null): (x: Element, y: Element) => Element {
  return (x, y) => (typeof x === 'number' && typeof y === 'number' ? combine(x, y) : null);
}
