import type { Extent } from '../onnx/builder/graph-builder.ts';
import type { TfShape } from '../formats/tensorflow-proto/graph-def.ts';
import type { Shape } from './tf-tensor.ts';

/** A declared shape: -1 becomes an unknown extent. */
export function fromTfShape(shape: TfShape): Shape {
  return shape?.map((extent) => (extent < 0 ? null : extent));
}

/** Extent of two tensors that are broadcast to each other. */
function broadcastExtent(a: Extent, b: Extent): Extent {
  if (a === b) return a;
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : null;
}

/** Shape of the result of broadcasting. */
export function broadcast(a: Shape, b: Shape): Shape {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i];
    const right = b[b.length - rank + i];
    if (left === undefined) return right as Extent;
    return right === undefined ? left : broadcastExtent(left, right);
  });
}

/** What both shapes say. */
export function common(a: Shape, b: Shape): Shape {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined;
  return a.map((extent, i) => (extent === b[i] ? extent : null));
}

/** What either shape says of the same tensor; numbers win over names. */
export function merged(a: Shape, b: Shape): Shape {
  if (a === undefined || b === undefined || a.length !== b.length) return a ?? b;
  return a.map((extent, i) => {
    const other = b[i] as Extent;
    if (typeof extent === 'number') return extent;
    return typeof other === 'number' ? other : (extent ?? other);
  });
}

/** Product of extents, where all are numbers. */
export function sizeOf(shape: Shape): number | undefined {
  if (shape === undefined || !shape.every((extent) => typeof extent === 'number')) return undefined;
  return shape.reduce<number>((product, extent) => product * extent, 1);
}

/** An axis counted from the front. */
export function normalAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
