import type { Extent } from '../onnx/builder/graph-builder.ts';
import type { Element, Shape, TfTensor } from './tf-tensor.ts';

/** The shape after a Reshape, as far as it is known. */
export function reshapedShape(from: Shape, target: TfTensor): Shape {
  const { content } = target;
  if (content === undefined) {
    const length = target.shape?.[0];
    return typeof length === 'number' ? Array.from({ length: length }, () => null) : undefined;
  }
  return content.map((element, i): Extent => {
    if (element !== -1) return typeof element === 'boolean' ? null : element;
    return quotient(
      from,
      content.filter((_, j) => j !== i),
    );
  });
}

/** The extent that is left when others divide the number of elements: names that occur in both cancel. */
function quotient(from: Shape, divisors: readonly Element[]): Extent {
  if (from === undefined) return null;
  const names = from.filter((extent) => typeof extent !== 'number');
  let size = from.reduce<number>((product, extent) => (typeof extent === 'number' ? product * extent : product), 1);
  for (const divisor of divisors) {
    if (typeof divisor === 'number') size /= divisor;
    else {
      const at = divisor === null ? -1 : names.indexOf(divisor as string);
      if (at < 0) return null;
      names.splice(at, 1);
    }
  }
  if (names.length === 0) return Number.isInteger(size) ? size : null;
  return names.length === 1 && size === 1 ? (names[0] ?? null) : null;
}

/** Target of an ONNX Reshape that needs no value of a run. */
export interface KnownReshape {
  readonly extents: readonly number[];
  /** Whether a zero is an extent rather than "as before". */
  readonly zeros: boolean;
}

/** The target as constants: one open extent may be left to the engine, others must stand where they stood before. */
export function knownReshape(from: Shape, { content }: TfTensor): KnownReshape | undefined {
  if (content === undefined) return undefined;
  if (content.includes(0)) {
    const all = content.filter((element) => typeof element === 'number' && element >= 0);
    return all.length === content.length ? { extents: all as number[], zeros: true } : undefined;
  }
  const copied = content.map((element, i) => typeof element === 'string' && from?.[i] === element);
  const open = content.filter((element, i) => (typeof element !== 'number' || element === -1) && !copied[i]);
  // With nothing else open, a copied extent does: an empty batch stays one.
  if (open.length > 1) return undefined;
  const extents = content.map((element, i) => (copied[i] === true ? 0 : typeof element === 'number' ? element : -1));
  return { extents, zeros: false };
}
