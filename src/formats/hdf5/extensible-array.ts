import { checkElementBytes, readArrayElement } from './array-elements.ts';
import type { ChunkGrid, ChunkList } from './chunk-entry.ts';
import type { Cursor } from './cursor.ts';
import { lookupBit } from './page-bits.ts';

const WHAT = 'an extensible array of chunks';
const MAX_INDEX_BITS = 64;

interface ArrayHeader {
  readonly address: number;
  readonly client: number;
  readonly elementBytes: number;
  /** Elements in the index block itself. */
  readonly indexElements: number;
  readonly minBlockElements: number;
  readonly minPointers: number;
  readonly pageElements: number;
  /** Bytes of the number of a block's first element. */
  readonly offsetBytes: number;
  /** Groups of data blocks of equal size; those after the first few have a block of their own. */
  readonly superBlocks: number;
  readonly indexBlock: number;
}

/**
 * Reads the index of a dataset that grows without limit along one dimension. Elements are in the index block, then in
 * data blocks whose sizes double with every second group.
 */
export function readExtensibleArray(grid: ChunkGrid, address: number, list: ChunkList): void {
  const header = readHeader(grid, address);
  if (header !== undefined) new ArrayReader(grid, header, list).read();
}

function readHeader(grid: ChunkGrid, address: number): ArrayHeader | undefined {
  const cursor = grid.file.cursor(address, WHAT);
  cursor.signature('EAHD');
  cursor.version([0]);
  const client = cursor.u8();
  const elementBytes = cursor.u8();
  const indexBits = cursor.u8();
  const indexElements = cursor.u8();
  const minBlockElements = cursor.u8();
  const minPointers = cursor.u8();
  const pageBits = cursor.u8();
  for (let i = 0; i < 6; i++) cursor.length();
  const indexBlock = cursor.address();
  cursor.checksum();
  checkElementBytes(cursor, client, elementBytes, grid);
  const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
  if (!isPower(minBlockElements) || !isPower(minPointers) || minPointers < 2 || pageBits > 31) {
    throw cursor.malformed('the sizes of its blocks are wrong');
  }
  const superBlocks = 1 + indexBits - Math.log2(minBlockElements);
  if (indexBits > MAX_INDEX_BITS || superBlocks < 2 * Math.log2(minPointers)) {
    throw cursor.malformed(`it has an index of ${indexBits} bits`);
  }
  if (indexBlock === undefined) return undefined;
  const pageElements = 2 ** pageBits;
  const offsetBytes = Math.ceil(indexBits / 8);
  const sizes = { indexElements, minBlockElements, minPointers, pageElements, offsetBytes, superBlocks };
  return { address, client, elementBytes, ...sizes, indexBlock };
}

class ArrayReader {
  readonly #grid: ChunkGrid;
  readonly #header: ArrayHeader;
  readonly #list: ChunkList;
  /** The growing dimension comes first in the order of elements. */
  readonly #dimensions: readonly number[];
  readonly #end: number;

  constructor(grid: ChunkGrid, header: ArrayHeader, list: ChunkList) {
    this.#grid = grid;
    this.#header = header;
    this.#list = list;
    const growing = Math.max(0, grid.maxCounts.indexOf(Infinity));
    const others = grid.maxCounts.map((_, dimension) => dimension).filter((dimension) => dimension !== growing);
    this.#dimensions = [growing, ...others];
    this.#end = others.reduce((product, d) => product * (grid.maxCounts[d] ?? 1), grid.counts[growing] ?? 0);
  }

  read(): void {
    const { indexElements, minPointers, superBlocks, elementBytes, indexBlock, minBlockElements } = this.#header;
    const { file } = this.#grid;
    const inIndex = 2 * Math.log2(minPointers);
    const pointers = 2 * (minPointers - 1) + (superBlocks - inIndex);
    const bytes = 6 + file.sizes.address + indexElements * elementBytes + pointers * file.sizes.address + 4;
    const cursor = file.cursor(indexBlock, WHAT, bytes);
    this.#begin(cursor, 'EAIB');
    this.#elements(cursor, 0, indexElements);
    let first = indexElements;
    for (let group = 0; group < superBlocks; group++) {
      const blocks = 2 ** Math.floor(group / 2);
      const blockElements = 2 ** Math.ceil(group / 2) * minBlockElements;
      if (group < inIndex) {
        for (let i = 0; i < blocks; i++) {
          const address = cursor.address();
          const place = { first: first + i * blockElements, elements: blockElements, offset: first - indexElements };
          if (address !== undefined) this.#dataBlock(address, place, undefined);
        }
      } else {
        const address = cursor.address();
        if (address !== undefined && first < this.#end) this.#superBlock(address, { first, blocks, blockElements });
      }
      first += blocks * blockElements;
    }
    cursor.checksum();
  }

  #superBlock(
    address: number,
    {
      first,
      blocks,
      blockElements,
    }: { readonly first: number; readonly blocks: number; readonly blockElements: number },
  ): void {
    const { pageElements, offsetBytes } = this.#header;
    const { file } = this.#grid;
    const pages = blockElements > pageElements ? blockElements / pageElements : 0;
    const bitmapBytes = blocks * Math.ceil(pages / 8);
    const bytes = 6 + file.sizes.address * (1 + blocks) + offsetBytes + bitmapBytes + 4;
    const cursor = file.cursor(address, WHAT, bytes);
    this.#begin(cursor, 'EASB');
    cursor.skip(offsetBytes);
    const bitmap = cursor.take(bitmapBytes);
    for (let i = 0; i < blocks; i++) {
      const block = cursor.address();
      const place = { first: first + i * blockElements, elements: blockElements };
      const isWritten = (page: number): boolean => lookupBit(bitmap, i * pages + page);
      if (block !== undefined && place.first < this.#end) this.#dataBlock(block, place, isWritten);
    }
    cursor.checksum();
  }

  #dataBlock(
    address: number,
    { first, elements }: { readonly first: number; readonly elements: number },
    isWritten: ((page: number) => boolean) | undefined,
  ): void {
    const { pageElements, elementBytes, offsetBytes } = this.#header;
    const { file } = this.#grid;
    const prefixBytes = 6 + file.sizes.address + offsetBytes;
    const isPaged = elements > pageElements && isWritten !== undefined;
    const cursor = file.cursor(address, WHAT, prefixBytes + (isPaged ? 0 : elements * elementBytes) + 4);
    this.#begin(cursor, 'EADB');
    cursor.skip(offsetBytes);
    if (!isPaged) this.#elements(cursor, first, elements);
    cursor.checksum();
    const pages = isPaged ? elements / pageElements : 0;
    const pageBytes = pageElements * elementBytes + 4;
    for (let page = 0; page < pages && first + page * pageElements < this.#end; page++) {
      if (isWritten?.(page) !== true) continue;
      const pageCursor = file.cursor(address + prefixBytes + 4 + page * pageBytes, WHAT, pageBytes);
      file.spend(pageBytes);
      this.#elements(pageCursor, first + page * pageElements, pageElements);
      pageCursor.checksum();
    }
  }

  #begin(cursor: Cursor, signature: string): void {
    this.#grid.file.spend(cursor.left);
    cursor.signature(signature);
    cursor.version([0]);
    if (cursor.u8() !== this.#header.client || cursor.address() !== this.#header.address) {
      throw cursor.malformed('a block belongs to another array');
    }
  }

  #elements(cursor: Cursor, first: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const chunk = readArrayElement(cursor, this.#header.elementBytes, this.#grid);
      if (chunk !== undefined) this.#list.addAt(first + i, chunk, this.#dimensions);
    }
  }
}
