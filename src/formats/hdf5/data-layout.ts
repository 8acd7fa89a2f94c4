import type { Cursor } from './cursor.ts';

/** How the chunks of a dataset are found. */
export type ChunkIndex =
  | { readonly kind: 'btree1' | 'implicit' | 'fixed-array' | 'extensible-array' | 'btree2' }
  | { readonly kind: 'single'; readonly filtered: { readonly size: number; readonly mask: number } | undefined };

/** Values in chunks of equal shape. */
export interface ChunkedLayout {
  readonly kind: 'chunked';
  readonly chunkShape: readonly number[];
  readonly elementSize: number;
  readonly index: ChunkIndex;
  /** Address of the index, of the chunks themselves or of the single chunk. */
  readonly address: number | undefined;
  /** Whether chunks that reach beyond the dataset are stored without filters. */
  readonly plainEdges: boolean;
}

/** Where the values of a dataset are. */
export type DataLayout =
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly size: number | undefined }
  | ChunkedLayout
  | { readonly kind: 'virtual' };

const MAX_RANK = 33;

/** Reads a data layout message, versions 1 to 5. */
export function readDataLayout(cursor: Cursor): DataLayout {
  const version = cursor.version([1, 2, 3, 4, 5]);
  if (version < 3) return readOld(cursor);
  const kind = cursor.u8();
  switch (kind) {
    case 0:
      return { kind: 'compact', bytes: cursor.take(cursor.u16()) };
    case 1:
      return { kind: 'contiguous', address: cursor.address(), size: cursor.length() };
    case 2:
      return version === 3 ? chunkedWithBtree(cursor) : chunked(cursor);
    case 3:
      return { kind: 'virtual' };
    default:
      throw cursor.malformed(`values are stored in the unknown way ${kind}`);
  }
}

function readOld(cursor: Cursor): DataLayout {
  const rank = cursor.u8();
  const kind = cursor.u8();
  cursor.skip(5);
  if (rank === 0 || rank > MAX_RANK) throw cursor.malformed(`the layout has ${rank} dimensions`);
  if (kind > 2) throw cursor.malformed(`values are stored in the unknown way ${kind}`);
  const address = kind === 0 ? undefined : cursor.address();
  const extents = readExtents(cursor, rank, 4);
  if (kind === 0) return { kind: 'compact', bytes: cursor.take(cursor.u32()) };
  if (kind === 1) return { kind: 'contiguous', address, size: undefined };
  return { ...chunks(cursor, extents), index: { kind: 'btree1' }, address, plainEdges: false };
}

function chunkedWithBtree(cursor: Cursor): ChunkedLayout {
  const rank = cursor.u8();
  const address = cursor.address();
  return { ...chunks(cursor, readExtents(cursor, rank, 4)), index: { kind: 'btree1' }, address, plainEdges: false };
}

function chunked(cursor: Cursor): ChunkedLayout {
  const flags = cursor.u8();
  if ((flags & ~3) !== 0) throw cursor.malformed(`chunks have unknown flags ${flags}`);
  const rank = cursor.u8();
  const width = cursor.u8();
  if (width === 0 || width > 8) throw cursor.malformed(`extents of ${width} bytes`);
  const shape = chunks(cursor, readExtents(cursor, rank, width));
  const index = readIndex(cursor, flags);
  return { ...shape, index, address: cursor.address(), plainEdges: (flags & 1) !== 0 };
}

function readIndex(cursor: Cursor, flags: number): ChunkIndex {
  const kind = cursor.u8();
  switch (kind) {
    case 1: {
      const filtered = (flags & 2) === 0 ? undefined : { size: cursor.length(), mask: cursor.u32() };
      return { kind: 'single', filtered };
    }
    case 2:
      return { kind: 'implicit' };
    // What follows is repeated in the index itself.
    case 3:
      cursor.skip(1);
      return { kind: 'fixed-array' };
    case 4:
      cursor.skip(5);
      return { kind: 'extensible-array' };
    case 5:
      cursor.skip(6);
      return { kind: 'btree2' };
    default:
      throw cursor.malformed(`chunks have the unknown index ${kind}`);
  }
}

function readExtents(cursor: Cursor, rank: number, width: number): readonly number[] {
  if (rank > MAX_RANK) throw cursor.malformed(`the layout has ${rank} dimensions`);
  const extents: number[] = [];
  for (let i = 0; i < rank; i++) extents.push(cursor.uint(width));
  return extents;
}

/** The last extent of a chunk is the size of an element. */
function chunks(
  cursor: Cursor,
  extents: readonly number[],
): Pick<ChunkedLayout, 'kind' | 'chunkShape' | 'elementSize'> {
  const elementSize = extents.at(-1) ?? 0;
  if (extents.length < 2) throw cursor.malformed('chunks have no dimensions');
  if (extents.includes(0)) throw cursor.malformed('an extent of the chunks is 0');
  return { kind: 'chunked', chunkShape: extents.slice(0, -1), elementSize };
}
