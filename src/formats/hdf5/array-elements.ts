import type { ChunkGrid, StoredChunk } from './chunk-entry.ts';
import type { Cursor } from './cursor.ts';

/** Bytes of the mask of skipped filters. */
const MASK_BYTES = 4;

/** Reads one chunk from a fixed or extensible array: its address, and its size and mask where there are filters. */
export function readArrayElement(cursor: Cursor, elementBytes: number, grid: ChunkGrid): StoredChunk | undefined {
  const address = cursor.address();
  if (!grid.isFiltered) return address === undefined ? undefined : { address, size: grid.chunkBytes, mask: 0 };
  const size = cursor.uint(elementBytes - cursor.sizes.address - MASK_BYTES);
  const mask = cursor.u32();
  return address === undefined ? undefined : { address, size, mask };
}

/** Checks that elements have the size that chunks with or without filters need. */
export function checkElementBytes(cursor: Cursor, client: number, elementBytes: number, grid: ChunkGrid): void {
  const { address } = cursor.sizes;
  const sizeBytes = elementBytes - address - MASK_BYTES;
  const right = grid.isFiltered ? sizeBytes >= 1 && sizeBytes <= 8 : elementBytes === address;
  if (client !== (grid.isFiltered ? 1 : 0) || !right) {
    throw cursor.malformed(`elements are of kind ${client} and have ${elementBytes} bytes`);
  }
}
