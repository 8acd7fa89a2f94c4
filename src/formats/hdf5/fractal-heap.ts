import { lookup3 } from './checksum.ts';
import { walkBtree2 } from './btree2.ts';
import { Cursor } from './cursor.ts';
import { bytesFor } from './datatype.ts';
import type { FileBytes } from './file-bytes.ts';
import { malformed, unsupported } from './hdf5-problem.ts';

/** Blocks within blocks; a heap of 2^64 bytes needs no more. */
const MAX_INDIRECTION = 16;
/** Longer identifiers leave room for tiny objects whose length takes two bytes. */
const MAX_SHORT_ID = 18;
const CHECKED_BLOCKS = 2;

interface HeapHeader {
  readonly idBytes: number;
  readonly checksBlocks: boolean;
  readonly maxManaged: number;
  readonly hugeTree: number | undefined;
  readonly width: number;
  readonly startBytes: number;
  readonly maxDirectBytes: number;
  readonly offsetBytes: number;
  readonly root: number | undefined;
  /** Rows of the root block; 0 where it is a direct block. */
  readonly rootRows: number;
}

/**
 * A fractal heap: small objects in blocks whose sizes double from row to row, large ones apart. It holds the links and
 * attributes of objects that have many.
 */
export class FractalHeap {
  readonly #file: FileBytes;
  readonly #address: number;
  readonly #header: HeapHeader;
  /** Blocks that were read and found right. */
  readonly #direct = new Map<number, Uint8Array>();
  readonly #indirect = new Map<number, Cursor>();
  #huge: ReadonlyMap<number, Uint8Array> | undefined;

  constructor(file: FileBytes, address: number) {
    this.#file = file;
    this.#address = address;
    this.#header = readHeader(file, address);
  }

  /** Bytes of an identifier. */
  get idBytes(): number {
    return this.#header.idBytes;
  }

  /** The object that an identifier stands for. */
  object(id: Uint8Array): Cursor {
    const found = this.#find(id);
    this.#file.spend(found.left);
    return found;
  }

  #find(id: Uint8Array): Cursor {
    const cursor = new Cursor(id, this.#file.sizes, { what: 'an identifier of a heap' });
    const flags = cursor.u8();
    if (flags >> 6 !== 0) throw cursor.malformed(`version ${flags >> 6}`);
    switch ((flags >> 4) & 3) {
      case 0: {
        const { maxDirectBytes, maxManaged, offsetBytes } = this.#header;
        const offset = cursor.uint(offsetBytes);
        const length = cursor.uint(Math.min(Math.ceil(Math.log2(maxDirectBytes) / 8), bytesFor(maxManaged)));
        return this.#managed(offset, length);
      }
      case 1:
        return this.#hugeObject(cursor);
      case 2: {
        const extended = this.#header.idBytes > MAX_SHORT_ID;
        const length = (extended ? ((flags & 0x0f) << 8) | cursor.u8() : flags & 0x0f) + 1;
        return cursor.sub(length, 'an object of a heap');
      }
      default:
        throw cursor.malformed('an object of an unknown kind');
    }
  }

  #managed(offset: number, length: number): Cursor {
    const { root, rootRows, startBytes } = this.#header;
    if (root === undefined) throw malformed('a heap without blocks has objects', this.#file.offsetOf(this.#address));
    const block =
      rootRows === 0
        ? { address: root, start: 0, bytes: startBytes }
        : this.#findBlock({ address: root, start: 0, rows: rootRows }, offset);
    const inside = offset - block.start;
    const direct = this.#directBlock(block.address, block.start, block.bytes);
    if (inside < 0 || inside + length > block.bytes) {
      throw malformed('an object of a heap lies outside its block', this.#file.offsetOf(block.address));
    }
    return this.#file.cursor(block.address + inside, 'an object of a heap', Math.min(length, direct.length));
  }

  /** Goes down the indirect blocks to the direct block that holds an offset. */
  #findBlock(
    root: { readonly address: number; readonly start: number; readonly rows: number },
    offset: number,
  ): { readonly address: number; readonly start: number; readonly bytes: number } {
    const { width, startBytes, maxDirectBytes } = this.#header;
    const maxDirectRows = Math.log2(maxDirectBytes / startBytes) + 2;
    let { address, start, rows } = root;
    for (let level = 0; level < MAX_INDIRECTION; level++) {
      const { row, column, rowStart, bytes } = placeIn({ width, startBytes }, offset - start);
      const where = this.#file.offsetOf(address);
      if (row >= rows) throw malformed('an object of a heap lies outside its blocks', where);
      const child = this.#child(address, start, { rows, entry: row * width + column });
      if (child === undefined) throw malformed('an object of a heap lies in a block that is not there', where);
      start += rowStart + column * bytes;
      address = child;
      if (row < maxDirectRows) return { address, start, bytes };
      rows = Math.log2(bytes / (startBytes * width)) + 1;
      if (!(rows >= 1)) throw malformed('a block of a heap has no rows', where);
    }
    throw malformed(`blocks of a heap are nested more than ${MAX_INDIRECTION} deep`, this.#file.offsetOf(address));
  }

  #child(address: number, start: number, place: { readonly rows: number; readonly entry: number }): number | undefined {
    const { address: addressBytes } = this.#file.sizes;
    let children = this.#indirect.get(address);
    if (children === undefined) {
      const childBytes = place.rows * this.#header.width * addressBytes;
      const length = 5 + addressBytes + this.#header.offsetBytes + childBytes + 4;
      const cursor = this.#file.cursor(address, 'an indirect block of a heap', length);
      this.#blockStart(cursor, 'FHIB', start);
      children = cursor.sub(childBytes);
      cursor.checksum();
      this.#indirect.set(address, children);
    }
    const cursor = children.restart();
    cursor.skip(place.entry * addressBytes);
    return cursor.address();
  }

  #directBlock(address: number, start: number, bytes: number): Uint8Array {
    const known = this.#direct.get(address);
    if (known !== undefined) return known;
    const cursor = this.#file.cursor(address, 'a block of a heap', bytes);
    this.#blockStart(cursor, 'FHDB', start);
    const block = this.#file.slice(address, bytes, 'a block of a heap');
    if (this.#header.checksBlocks) {
      const at = cursor.position;
      const stored = cursor.u32();
      const zeroed = new Uint8Array(block).fill(0, at, at + 4);
      if (lookup3(zeroed) !== stored) throw cursor.malformed('its checksum is wrong');
    }
    this.#direct.set(address, block);
    return block;
  }

  #blockStart(cursor: Cursor, signature: string, start: number): void {
    cursor.signature(signature);
    cursor.version([0]);
    if (cursor.definedAddress('the heap') !== this.#address) throw cursor.malformed('it belongs to another heap');
    if (cursor.uint(this.#header.offsetBytes) !== start) throw cursor.malformed('it is not where it says that it is');
  }

  #hugeObject(cursor: Cursor): Cursor {
    const { address, length } = this.#file.sizes;
    // Where an address and a length fit into the identifier they are in it.
    if (address + length <= this.#header.idBytes - 1) {
      return this.#file.cursor(cursor.definedAddress('an object'), 'an object of a heap', cursor.length());
    }
    const key = cursor.uint(Math.min(8, this.#header.idBytes - 1));
    this.#huge ??= this.#readHuge();
    const bytes = this.#huge.get(key);
    if (bytes === undefined) throw cursor.malformed(`the heap has no large object ${key}`);
    return new Cursor(bytes, this.#file.sizes, { what: 'an object of a heap' });
  }

  #readHuge(): ReadonlyMap<number, Uint8Array> {
    const { hugeTree } = this.#header;
    const objects = new Map<number, Uint8Array>();
    if (hugeTree === undefined) return objects;
    walkBtree2(this.#file, hugeTree, { what: 'the tree of large objects', types: [1] }, (record) => {
      const address = record.definedAddress('an object');
      const bytes = record.length();
      objects.set(record.length(), this.#file.slice(address, bytes, 'an object of a heap'));
    });
    return objects;
  }
}

/** Which block of a doubling table holds an offset: rows 0 and 1 have blocks of the first size, each later row twice that. */
function placeIn(
  { width, startBytes }: { readonly width: number; readonly startBytes: number },
  offset: number,
): { readonly row: number; readonly column: number; readonly rowStart: number; readonly bytes: number } {
  let row = 0;
  let rowStart = 0;
  let bytes = startBytes;
  while (offset >= rowStart + bytes * width) {
    rowStart += bytes * width;
    if (row > 0) bytes *= 2;
    row++;
  }
  return { row, column: Math.floor((offset - rowStart) / bytes), rowStart, bytes };
}

function readHeader(file: FileBytes, address: number): HeapHeader {
  const cursor = file.cursor(address, 'a fractal heap');
  cursor.signature('FRHP');
  cursor.version([0]);
  const idBytes = cursor.u16();
  if (cursor.u16() > 0) throw unsupported('a fractal heap with filters', cursor.offset);
  const flags = cursor.u8();
  const maxManaged = cursor.u32();
  cursor.length();
  const hugeTree = cursor.address();
  cursor.length();
  cursor.address();
  for (let i = 0; i < 8; i++) cursor.length();
  const width = cursor.u16();
  const startBytes = cursor.length();
  const maxDirectBytes = cursor.length();
  const offsetBits = cursor.u16();
  cursor.u16();
  const root = cursor.address();
  const rootRows = cursor.u16();
  cursor.checksum();
  const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
  if (!isPower(width) || !isPower(startBytes) || !isPower(maxDirectBytes) || maxDirectBytes < startBytes) {
    throw cursor.malformed('the sizes of its blocks are wrong');
  }
  if (offsetBits === 0 || offsetBits > 64 || idBytes < 2) throw cursor.malformed('its identifiers are wrong');
  return {
    idBytes,
    checksBlocks: (flags & CHECKED_BLOCKS) !== 0,
    maxManaged,
    hugeTree,
    width,
    startBytes,
    maxDirectBytes,
    offsetBytes: Math.ceil(offsetBits / 8),
    root,
    rootRows,
  };
}
