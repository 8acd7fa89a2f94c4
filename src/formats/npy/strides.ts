import { badArray } from './npy-problem.ts';

/** Elements of a shape. Throws where the shape is no shape or the product is beyond exact numbers. */
export function elementCount(shape: readonly number[]): number {
  if (shape.length > 64) throw badArray(`it has ${shape.length} dimensions, numpy knows 64`);
  let count = 1;
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) throw badArray(`an extent of its shape is ${extent}`);
    count *= extent;
  }
  // A zero anywhere makes the product exact whatever the others are.
  if (!Number.isSafeInteger(count)) throw badArray('its shape is too large');
  return count;
}

/** Byte steps of each dimension: C order lets the last run fastest, F order the first. */
export function contiguousStrides(shape: readonly number[], itemSize: number, order: 'C' | 'F'): number[] {
  const strides = shape.map(() => 0);
  let step = itemSize;
  for (let i = 0; i < shape.length; i++) {
    const dimension = order === 'F' ? i : shape.length - 1 - i;
    strides[dimension] = step;
    step *= shape[dimension] ?? 1;
  }
  return strides;
}

/** Whether elements in row-major order are `itemSize` bytes apart without gaps. Extents of 1 may have any step. */
export function isRowMajor(shape: readonly number[], strides: readonly number[], itemSize: number): boolean {
  let step = itemSize;
  for (let i = shape.length - 1; i >= 0; i--) {
    const extent = shape[i] ?? 1;
    if (extent > 1 && strides[i] !== step) return false;
    step *= extent;
  }
  return true;
}

/** Calls `visit` with the byte offset of every element, in row-major order. */
export function forEachOffset(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (offset: number, index: number) => void,
): void {
  const total = elementCount(shape);
  const last = shape.length - 1;
  const inner = last < 0 ? 1 : (shape[last] ?? 1);
  const innerStep = last < 0 ? 0 : (strides[last] ?? 0);
  const position = shape.slice(0, Math.max(0, last)).map(() => 0);
  let base = start;
  for (let index = 0; index < total; ) {
    for (let i = 0, offset = base; i < inner; i++, offset += innerStep) visit(offset, index++);
    for (let d = last - 1; d >= 0; d--) {
      const next = (position[d] ?? 0) + 1;
      base += strides[d] ?? 0;
      if (next < (shape[d] ?? 1)) {
        position[d] = next;
        break;
      }
      base -= next * (strides[d] ?? 0);
      position[d] = 0;
    }
  }
}
