import { UnsupportedCall } from '../unsupported.ts';

/** Pieces that one call may take a tensor apart into: each is a node of the graph. */
const MAX_PIECES = 4096;
/** Elements of a tensor that a call makes of nothing. */
const MAX_ELEMENTS = 2 ** 28;

/**
 * A number of pieces that a file asks for.
 *
 * @throws `UnsupportedCall` for more than a graph can hold
 */
export function piecesOf(count: number): number {
  if (count >= 0 && count <= MAX_PIECES) return count;
  throw new UnsupportedCall(`takes a tensor apart into ${count} pieces, at most ${MAX_PIECES}`);
}

/**
 * A number of elements that a file asks for.
 *
 * @throws `UnsupportedCall` for more than memory should be asked for
 */
export function elementsOf(count: number): number {
  if (count >= 0 && count <= MAX_ELEMENTS) return count;
  throw new UnsupportedCall(`makes a tensor of ${count} elements, at most ${MAX_ELEMENTS}`);
}
