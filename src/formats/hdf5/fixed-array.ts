import { checkElementBytes, readArrayElement } from './array-elements.ts';
import type { ChunkGrid, ChunkList } from './chunk-entry.ts';
import { lookupBit } from './page-bits.ts';

const WHAT = 'a fixed array of chunks';

/** Reads the index of a dataset whose extents are all limited: an array with an element for every possible chunk. */
export function readFixedArray(grid: ChunkGrid, address: number, list: ChunkList): void {
  const { file } = grid;
  const header = file.cursor(address, WHAT);
  header.signature('FAHD');
  header.version([0]);
  const client = header.u8();
  const elementBytes = header.u8();
  const pageBits = header.u8();
  const count = header.length();
  const dataBlock = header.address();
  header.checksum();
  checkElementBytes(header, client, elementBytes, grid);
  if (pageBits > 31) throw header.malformed('its pages are too large');
  if (dataBlock === undefined) return;

  const pageElements = 2 ** pageBits;
  const isPaged = count > pageElements;
  const pages = isPaged ? Math.ceil(count / pageElements) : 0;
  const bitmapBytes = Math.ceil(pages / 8);
  const prefixBytes = 6 + file.sizes.address + bitmapBytes;
  const block = file.cursor(dataBlock, WHAT, prefixBytes + (isPaged ? 0 : count * elementBytes) + 4);
  file.spend(block.left);
  block.signature('FADB');
  block.version([0]);
  if (block.u8() !== client || block.address() !== address) throw block.malformed('its data belongs to another array');
  const bitmap = block.take(bitmapBytes);
  const dimensions = grid.maxCounts.map((_, dimension) => dimension);
  const readInto = (cursor: typeof block, first: number, elements: number): void => {
    for (let i = 0; i < elements; i++) {
      const chunk = readArrayElement(cursor, elementBytes, grid);
      if (chunk !== undefined) list.addAt(first + i, chunk, dimensions);
    }
  };
  if (!isPaged) readInto(block, 0, count);
  block.checksum();
  const pageBytes = pageElements * elementBytes + 4;
  for (let page = 0; page < pages; page++) {
    if (!lookupBit(bitmap, page)) continue;
    const first = page * pageElements;
    const elements = Math.min(pageElements, count - first);
    const cursor = file.cursor(dataBlock + prefixBytes + 4 + page * pageBytes, WHAT, elements * elementBytes + 4);
    file.spend(cursor.left);
    readInto(cursor, first, elements);
    cursor.checksum();
  }
}
