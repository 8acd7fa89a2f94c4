import type { Cursor } from './cursor.ts';
import { overLimit } from './hdf5-problem.ts';

const MAX_RANK = 32;

/** How many elements a dataset or attribute has. */
export interface Dataspace {
  /** `null`: no element at all, not even an empty array. */
  readonly kind: 'null' | 'scalar' | 'simple';
  readonly shape: readonly number[];
  /** How far each extent may grow; `Infinity` without end. */
  readonly maxShape: readonly number[];
  /** Elements. */
  readonly count: number;
}

/** Reads a dataspace message, version 1 or 2. */
export function readDataspace(cursor: Cursor): Dataspace {
  const version = cursor.version([1, 2]);
  const rank = cursor.u8();
  const flags = cursor.u8();
  const type = version === 2 ? cursor.u8() : undefined;
  if (version === 1) cursor.skip(5);
  if (rank > MAX_RANK) throw cursor.malformed(`a dataspace has ${rank} dimensions, at most ${MAX_RANK} are possible`);
  if (type !== undefined && (type > 2 || (type === 1) !== rank > 0)) {
    throw cursor.malformed(`a dataspace is of type ${type} and has ${rank} dimensions`);
  }
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) shape.push(cursor.length());
  const maxShape = (flags & 1) === 0 ? shape : shape.map(() => cursor.lengthOrNone() ?? Infinity);
  for (const [i, extent] of shape.entries()) {
    if (extent > (maxShape[i] ?? 0)) throw cursor.malformed(`an extent of ${extent} is beyond its maximum`);
  }
  const kind = type === 2 ? 'null' : rank === 0 ? 'scalar' : 'simple';
  const count = kind === 'null' ? 0 : shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(count)) {
    throw overLimit('a dataspace has more elements than can be counted', Number.MAX_SAFE_INTEGER);
  }
  return { kind, shape, maxShape, count };
}
