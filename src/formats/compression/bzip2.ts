// bzip2 (`BZh1` to `BZh9`), streams one after another, as Python's `bz2` reads them.
import { badData, cutOff, unsupportedVariant } from './compression-problem.ts';
import { OutputBuffer } from './output-buffer.ts';

const FORMAT = 'bzip2';
const MAX_CODE_LENGTH = 20;
const GROUP_SIZE = 50;

const CRC = new Int32Array(256);
for (let i = 0; i < 256; i++) {
  let value = i << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  CRC[i] = value;
}

/** Bits from the most significant down. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Up to 24 bits. */
  read(count: number): number {
    while (this.#count < count) {
      if (this.#at >= this.#bytes.length) throw cutOff(FORMAT);
      this.#bits = ((this.#bits << 8) | (this.#bytes[this.#at++] as number)) & 0xffffffff;
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  read32(): number {
    return ((this.read(16) << 16) | this.read(16)) >>> 0;
  }

  /** Drops the rest of the byte; whether there is more. */
  nextByte(): boolean {
    this.#count -= this.#count % 8;
    return this.#count > 0 || this.#at < this.#bytes.length;
  }
}

/** One Huffman code in the form that decoding needs: per length the first code beyond it and where its symbols begin. */
interface Code {
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
  readonly shortest: number;
}

function makeCode(lengths: Uint8Array): Code {
  const counts = new Int32Array(MAX_CODE_LENGTH + 2);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  const limits = new Int32Array(MAX_CODE_LENGTH + 2).fill(-1);
  const bases = new Int32Array(MAX_CODE_LENGTH + 2);
  const symbols = new Uint16Array(lengths.length);
  let code = 0;
  let index = 0;
  let shortest = MAX_CODE_LENGTH + 1;
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    bases[length] = index - code;
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) symbols[index++] = symbol;
    const count = counts[length] as number;
    code += count;
    if (count > 0) {
      limits[length] = code - 1;
      shortest = Math.min(shortest, length);
    }
    if (code > 1 << length) throw badData(FORMAT, 'a code has too many symbols');
    code <<= 1;
  }
  return { limits, bases, symbols, shortest };
}

/** Decodes all streams; yields every few thousand symbols. */
export function* decodeBzip2(input: Uint8Array, maximum: number): Generator<void, Uint8Array> {
  const bits = new BitReader(input);
  const out = new OutputBuffer(FORMAT, maximum, input.length * 6);
  do {
    if (bits.read(24) !== 0x425a68) throw badData(FORMAT, 'bytes follow the last stream');
    const level = bits.read(8) - 0x30;
    if (!(level >= 1 && level <= 9)) throw badData(FORMAT, 'the block size is unknown');
    let combined = 0;
    for (;;) {
      const high = bits.read(24);
      const low = bits.read(24);
      if (high === 0x177245 && low === 0x385090) break;
      if (high !== 0x314159 || low !== 0x265359) throw badData(FORMAT, 'a block does not begin where it should');
      const expected = bits.read32();
      const crc = yield* decodeBlock(bits, level * 100_000, out);
      if (crc !== expected) throw badData(FORMAT, 'a block has a wrong checksum');
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
    }
    if (bits.read32() !== combined) throw badData(FORMAT, 'the stream has a wrong checksum');
  } while (bits.nextByte());
  return out.bytes;
}

/** The symbols in use and the codes of one block. */
function readTables(bits: BitReader): {
  readonly alphabet: Uint8Array;
  readonly selectors: Uint8Array;
  readonly codes: readonly Code[];
} {
  const ranges = bits.read(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >> range)) === 0) continue;
    const members = bits.read(16);
    for (let i = 0; i < 16; i++) if ((members & (0x8000 >> i)) !== 0) used.push(range * 16 + i);
  }
  const groups = bits.read(3);
  const count = bits.read(15);
  if (used.length === 0 || groups < 2 || groups > 6 || count === 0) throw badData(FORMAT, 'a block has no codes');
  const order = Array.from({ length: groups }, (_, i) => i);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let position = 0;
    while (bits.read(1) === 1) if (++position >= groups) throw badData(FORMAT, 'a block selects an unknown code');
    const [selected = 0] = order.splice(position, 1);
    order.unshift(selected);
    selectors[i] = selected;
  }
  const codes: Code[] = [];
  for (let group = 0; group < groups; group++) {
    const lengths = new Uint8Array(used.length + 2);
    let length = bits.read(5);
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      while (bits.read(1) === 1) length += bits.read(1) === 0 ? 1 : -1;
      if (length < 1 || length > MAX_CODE_LENGTH) throw badData(FORMAT, 'a code is too long');
      lengths[symbol] = length;
    }
    codes.push(makeCode(lengths));
  }
  return { alphabet: Uint8Array.from(used), selectors, codes };
}

/** One block: Huffman and move-to-front, then the sorted block undone, then runs. Returns the CRC of its content. */
function* decodeBlock(bits: BitReader, capacity: number, out: OutputBuffer): Generator<void, number> {
  if (bits.read(1) === 1) throw unsupportedVariant(FORMAT, 'it is randomised, which bzip2 has not written since 1998');
  const origin = bits.read(24);
  const { alphabet, selectors, codes } = readTables(bits);
  const endOfBlock = alphabet.length + 1;
  const front = Uint8Array.from(alphabet);
  const block = new Uint32Array(capacity);
  const counts = new Int32Array(256);
  let length = 0;
  let run = 0;
  let runUnit = 1;
  const flushRun = (): void => {
    if (run === 0) return;
    const byte = front[0] as number;
    if (length + run > capacity) throw badData(FORMAT, 'a block is longer than declared');
    block.fill(byte, length, length + run);
    counts[byte] = (counts[byte] as number) + run;
    length += run;
    run = 0;
    runUnit = 1;
  };
  let done = false;
  for (let group = 0; !done; group++) {
    const code = codes[selectors[group] ?? -1];
    if (code === undefined) throw badData(FORMAT, 'a block has no end');
    for (let i = 0; i < GROUP_SIZE && !done; i++) {
      const symbol = readSymbol(bits, code);
      if (symbol <= 1) {
        run += runUnit << symbol;
        runUnit <<= 1;
        if (run > capacity) throw badData(FORMAT, 'a block is longer than declared');
        continue;
      }
      flushRun();
      if (symbol === endOfBlock) {
        done = true;
        continue;
      }
      if (length >= capacity) throw badData(FORMAT, 'a block is longer than declared');
      const position = symbol - 1;
      const byte = front[position] as number;
      front.copyWithin(1, 0, position);
      front[0] = byte;
      block[length++] = byte;
      counts[byte] = (counts[byte] as number) + 1;
    }
    if (group % 400 === 399) yield;
  }
  if (origin >= length) throw badData(FORMAT, 'a block begins outside itself');
  yield* unsort(block, length, counts);
  return yield* writeRuns(block, length, origin, out);
}

function readSymbol(bits: BitReader, code: Code): number {
  let length = code.shortest;
  let value = bits.read(length);
  while (value > (code.limits[length] as number)) {
    if (++length > MAX_CODE_LENGTH) throw badData(FORMAT, 'a symbol is unknown');
    value = (value << 1) | bits.read(1);
  }
  const symbol = code.symbols[value + (code.bases[length] as number)];
  if (symbol === undefined) throw badData(FORMAT, 'a symbol is unknown');
  return symbol;
}

/** Puts into the upper 24 bits of each entry where the next byte of the content is. */
function* unsort(block: Uint32Array, length: number, counts: Int32Array): Generator<void, void> {
  const starts = new Int32Array(256);
  for (let byte = 1; byte < 256; byte++) starts[byte] = (starts[byte - 1] as number) + (counts[byte - 1] as number);
  for (let i = 0; i < length; i++) {
    const byte = (block[i] as number) & 0xff;
    const target = starts[byte] as number;
    starts[byte] = target + 1;
    block[target] = (block[target] as number) | (i << 8);
    if ((i & 0x1ffff) === 0x1ffff) yield;
  }
}

/** Follows the chain and expands runs: four equal bytes are followed by how many more there are. */
function* writeRuns(block: Uint32Array, length: number, origin: number, out: OutputBuffer): Generator<void, number> {
  let crc = -1;
  let entry = block[origin] as number;
  let previous = -1;
  let repeats = 0;
  let target = out.reserve(0);
  let at = out.length;
  for (let i = 0; i < length; i++) {
    entry = block[entry >>> 8] as number;
    const byte = entry & 0xff;
    if ((i & 0xffff) === 0) {
      out.advance(at - out.length);
      // Room for this stretch; each byte that is a count adds at most 255.
      target = out.reserve(Math.min(0x10000, length - i));
      if (i > 0) yield;
    }
    if (repeats === 4) {
      out.advance(at - out.length);
      target = out.reserve(byte + Math.min(0x10000, length - i));
      for (let k = 0; k < byte; k++) {
        target[at++] = previous;
        crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ previous] as number);
      }
      repeats = 0;
      previous = -1;
      continue;
    }
    repeats = byte === previous ? repeats + 1 : 1;
    previous = byte;
    target[at++] = byte;
    crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ byte] as number);
  }
  out.advance(at - out.length);
  return ~crc >>> 0;
}
