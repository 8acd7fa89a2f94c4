import { FormatError } from '../../errors/format-error.ts';
import { decompressSnappy } from '../compression/snappy.ts';
import { crc32c, masked } from './crc32c.ts';

const FOOTER = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** One byte of compression, four of checksum. */
const TRAILER = 5;
/** Blocks are 256 KiB as TensorFlow writes them; entries larger than that make larger blocks. */
const MAX_BLOCK = 2 ** 28;

/** Where a block is in the file. */
interface Handle {
  readonly offset: number;
  readonly size: number;
}

/**
 * LevelDB's table format: blocks of sorted keys, each key stored as what it adds to the one before.
 * Every block's checksum is compared.
 *
 * @param what name of the file, for messages
 * @param visit gets every entry in order; the value is a view
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`
 */
export function readSortedTable(
  file: Uint8Array,
  what: string,
  visit: (key: Uint8Array, value: Uint8Array) => void,
): void {
  const bad = (problem: string): FormatError =>
    new FormatError('ML_FORMAT_MALFORMED', `${what} ${problem}; copy the file again`);
  if (file.length < FOOTER) {
    throw new FormatError(
      'ML_FORMAT_TRUNCATED',
      `${what} has ${file.length} bytes; the table needs ${FOOTER} at least`,
    );
  }
  const footer = file.subarray(file.length - FOOTER);
  const view = new DataView(footer.buffer, footer.byteOffset, FOOTER);
  if (view.getBigUint64(FOOTER - 8, true) !== MAGIC) {
    throw bad('does not end as a table of variables does: it was cut off, or it is something else');
  }
  const cursor = new Cursor(footer.subarray(0, FOOTER - 8), bad);
  // The block of meta-information: not needed.
  cursor.handle();
  const index = cursor.handle();
  let seen = 0;
  eachEntry(readBlock(file, index, bad), bad, (_, value) => {
    const block = readBlock(file, new Cursor(value, bad).handle(), bad);
    seen += block.length;
    // Blocks do not overlap, so that their sum says when a file repeats itself.
    if (seen > MAX_BLOCK) throw bad(`has more than ${MAX_BLOCK} bytes of entries`);
    eachEntry(block, bad, visit);
  });
}

function readBlock(file: Uint8Array, { offset, size }: Handle, bad: (problem: string) => FormatError): Uint8Array {
  if (offset + size + TRAILER > file.length) throw bad(`has a block at ${offset} of ${size} bytes, past its end`);
  const content = file.subarray(offset, offset + size);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const stored = view.getUint32(offset + size + 1, true);
  if (masked(crc32c(file.subarray(offset, offset + size + 1))) !== stored) {
    throw bad(`has a block at ${offset} whose checksum differs`);
  }
  const compression = file[offset + size];
  if (compression === 0) return content;
  if (compression === 1) return decompressSnappy(content, MAX_BLOCK);
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `${what(compression)} is no compression of a variables index`);
}

const what = (compression: number | undefined): string => `compression ${compression}`;

/** Calls back with each entry of a block. */
function eachEntry(
  block: Uint8Array,
  bad: (problem: string) => FormatError,
  visit: (key: Uint8Array, value: Uint8Array) => void,
): void {
  if (block.length < 4) throw bad('has a block without an end');
  const restarts = new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw bad(`has a block with ${restarts} restart points in ${block.length} bytes`);
  const cursor = new Cursor(block.subarray(0, end), bad);
  let key: Uint8Array = new Uint8Array();
  while (!cursor.done) {
    const shared = cursor.varint();
    const added = cursor.varint();
    const size = cursor.varint();
    if (shared > key.length) throw bad('has a key that shares more than the key before has');
    const rest = cursor.bytes(added);
    const next = new Uint8Array(shared + added);
    next.set(key.subarray(0, shared));
    next.set(rest, shared);
    key = next;
    visit(key, cursor.bytes(size));
  }
}

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #bad: (problem: string) => FormatError;
  #at = 0;

  constructor(bytes: Uint8Array, bad: (problem: string) => FormatError) {
    this.#bytes = bytes;
    this.#bad = bad;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw this.#bad('has a block that ends within a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw this.#bad('has a number of more than 8 bytes');
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw this.#bad(`has an entry of ${length} bytes past its block's end`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  handle(): Handle {
    return { offset: this.varint(), size: this.varint() };
  }
}
