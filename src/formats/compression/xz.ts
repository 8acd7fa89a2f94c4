// `.xz` files: LZMA2 in blocks with checksums and an index. Every size and checksum is verified.
import { createHash } from 'node:crypto';
import { badData, cutOff, unsupportedVariant } from './compression-problem.ts';
import { Crc64, crc32 } from './checksums.ts';
import { LzmaDecoder, type LzmaProperties, lzmaProperties } from './lzma-decoder.ts';
import { OutputBuffer } from './output-buffer.ts';

const FORMAT = 'xz';
const MAGIC = Buffer.from('fd377a585a00', 'hex');
const FILTER_LZMA2 = 0x21;
const STRETCH = 16 * 1024;
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** One block as the index must list it. */
interface BlockRecord {
  readonly unpadded: number;
  readonly size: number;
}

/** Reads the small numbers of the container. */
class XzReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw cutOff(FORMAT);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8(): number {
    return this.take(1)[0] as number;
  }

  u32(): number {
    this.take(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  /** A number of 7 bits per byte, up to 2^53. */
  number(): number {
    let value = 0;
    for (let i = 0, scale = 1; i < 8; i++, scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && i > 0) break;
        return value;
      }
    }
    throw badData(FORMAT, 'a number is not written as it must be');
  }

  /** The CRC-32 that follows what was read since `start`. */
  checkCrc(start: number, what: string): void {
    const expected = crc32(this.bytes.subarray(start, this.at));
    if (this.u32() !== expected) throw badData(FORMAT, `${what} has a wrong checksum`);
  }
}

/** Decodes all streams of an `.xz` file; yields every few kilobytes. */
export function* decodeXz(input: Uint8Array, maximum: number): Generator<void, Uint8Array> {
  const reader = new XzReader(input);
  const out = new OutputBuffer(FORMAT, maximum, input.length * 6);
  do {
    if (!MAGIC.equals(reader.take(6))) throw badData(FORMAT, 'bytes follow the last stream');
    const flagsAt = reader.at;
    const flags = reader.take(2);
    const check = flags[1] as number;
    if (flags[0] !== 0 || check > 15) throw badData(FORMAT, 'the stream has unknown flags');
    reader.checkCrc(flagsAt, 'the header');
    const records: BlockRecord[] = [];
    const indexStart = yield* decodeBlocks(reader, out, { check, records });
    readIndex(reader, indexStart, records);
    const expectedIndexSize = (reader.at - indexStart) / 4;
    const footerCrc = reader.u32();
    const footerAt = reader.at;
    const indexSize = reader.u32() + 1;
    const footerFlags = reader.take(2);
    if (footerCrc !== crc32(input.subarray(footerAt, reader.at)) || indexSize !== expectedIndexSize) {
      throw badData(FORMAT, 'the footer is wrong');
    }
    if (footerFlags[0] !== 0 || footerFlags[1] !== check || reader.u8() !== 0x59 || reader.u8() !== 0x5a) {
      throw badData(FORMAT, 'the footer is wrong');
    }
    // Streams may be padded with zeros, four at a time.
    while (reader.at + 4 <= input.length && input[reader.at] === 0)
      if (reader.u32() !== 0) throw badData(FORMAT, 'the padding is not zero');
  } while (reader.at < input.length);
  return out.bytes;
}

function* decodeBlocks(
  reader: XzReader,
  out: OutputBuffer,
  stream: { readonly check: number; readonly records: BlockRecord[] },
): Generator<void, number> {
  const checkSize = CHECK_SIZES[stream.check] as number;
  for (;;) {
    const start = reader.at;
    const sizeByte = reader.u8();
    if (sizeByte === 0) return start;
    const header = readBlockHeader(reader, start, sizeByte);
    const dataStart = reader.at;
    const outStart = out.length;
    yield* decodeLzma2(reader, out, header.dictionarySize);
    const compressed = reader.at - dataStart;
    const size = out.length - outStart;
    if ((header.compressed ?? compressed) !== compressed || (header.size ?? size) !== size) {
      throw badData(FORMAT, 'a block has another size than declared');
    }
    stream.records.push({ unpadded: reader.at - start + checkSize, size });
    while ((reader.at - start) % 4 !== 0) if (reader.u8() !== 0) throw badData(FORMAT, 'the padding is not zero');
    yield* verify(out, outStart, { type: stream.check, expected: reader.take(checkSize) });
  }
}

function readBlockHeader(
  reader: XzReader,
  start: number,
  sizeByte: number,
): { compressed?: number; size?: number; dictionarySize: number } {
  const end = start + (sizeByte + 1) * 4 - 4;
  const flags = reader.u8();
  if ((flags & 0x3c) !== 0) throw badData(FORMAT, 'a block has unknown flags');
  const sizes = {
    ...((flags & 0x40) === 0 ? {} : { compressed: reader.number() }),
    ...((flags & 0x80) === 0 ? {} : { size: reader.number() }),
  };
  const filter = reader.number();
  if ((flags & 3) !== 0 || filter !== FILTER_LZMA2)
    throw unsupportedVariant(FORMAT, `it uses filters other than LZMA2 (0x${filter.toString(16)})`);
  if (reader.number() !== 1) throw badData(FORMAT, 'a filter has wrong properties');
  const bits = reader.u8();
  if (bits > 40) throw badData(FORMAT, 'the dictionary size is unknown');
  const dictionarySize = bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** (Math.floor(bits / 2) + 11);
  if (reader.at > end) throw badData(FORMAT, 'a block header is too long');
  while (reader.at < end) if (reader.u8() !== 0) throw badData(FORMAT, 'the padding is not zero');
  reader.checkCrc(start, 'a block header');
  return { ...sizes, dictionarySize };
}

/** The chunks of one block: stored, or LZMA with or without a fresh state. */
function* decodeLzma2(reader: XzReader, out: OutputBuffer, dictionarySize: number): Generator<void, void> {
  let decoder: LzmaDecoder | undefined;
  let properties: LzmaProperties | undefined;
  for (let control = reader.u8(), first = true; control !== 0; control = reader.u8(), first = false) {
    if (first && control !== 1 && control < 0xe0)
      throw badData(FORMAT, 'the first chunk does not reset the dictionary');
    if (control < 0x80) {
      if (control > 2) throw badData(FORMAT, 'a chunk is of an unknown kind');
      if (decoder === undefined || control === 1)
        decoder = new LzmaDecoder(out, { lc: 0, lp: 0, pb: 0 }, dictionarySize);
      if (control === 1) properties = undefined;
      const [high = 0, low = 0] = reader.take(2);
      out.append(reader.take(((high << 8) | low) + 1));
      yield;
      continue;
    }
    const sizes = reader.take(4);
    const size = (((control & 0x1f) << 16) | ((sizes[0] as number) << 8) | (sizes[1] as number)) + 1;
    const compressed = (((sizes[2] as number) << 8) | (sizes[3] as number)) + 1;
    const reset = (control >> 5) & 3;
    if (reset >= 2) properties = lzmaProperties(reader.u8());
    if (properties === undefined || properties.lc + properties.lp > 4)
      throw badData(FORMAT, 'a chunk has no valid properties');
    if (reset === 3 || decoder === undefined) decoder = new LzmaDecoder(out, properties, dictionarySize);
    else if (reset > 0) decoder.resetState(properties);
    const end = out.length + size;
    const at = reader.at;
    reader.take(compressed);
    decoder.begin(reader.bytes, at, at + compressed);
    while (out.length < end) {
      if (decoder.decode(Math.min(out.length + STRETCH, end), end)) throw badData(FORMAT, 'a chunk has an end marker');
      yield;
    }
    if (!decoder.finish() || decoder.position !== at + compressed)
      throw badData(FORMAT, 'a chunk has another size than declared');
  }
}

function* verify(
  out: OutputBuffer,
  start: number,
  check: { readonly type: number; readonly expected: Uint8Array },
): Generator<void, void> {
  const PIECE = 512 * 1024;
  const content = out.bytes.subarray(start);
  let actual: Uint8Array;
  if (check.type === 1) {
    let crc = 0;
    for (let at = 0; at < content.length; at += PIECE) {
      crc = crc32(content.subarray(at, at + PIECE), crc);
      yield;
    }
    actual = new Uint8Array(4);
    new DataView(actual.buffer).setUint32(0, crc, true);
  } else if (check.type === 4) {
    const crc = new Crc64();
    for (let at = 0; at < content.length; at += PIECE) {
      crc.update(content.subarray(at, at + PIECE));
      yield;
    }
    actual = crc.digest();
  } else if (check.type === 10) {
    const hash = createHash('sha256');
    for (let at = 0; at < content.length; at += PIECE) {
      hash.update(content.subarray(at, at + PIECE));
      yield;
    }
    actual = hash.digest();
  } else {
    if (check.type === 0) return;
    throw unsupportedVariant(FORMAT, `its checksums are of an unknown kind (${check.type})`);
  }
  if (Buffer.compare(actual, check.expected) !== 0) throw badData(FORMAT, 'a block has a wrong checksum');
}

function readIndex(reader: XzReader, start: number, records: readonly BlockRecord[]): void {
  if (reader.number() !== records.length) throw badData(FORMAT, 'the index lists other blocks');
  for (const { unpadded, size } of records) {
    if (reader.number() !== unpadded || reader.number() !== size) throw badData(FORMAT, 'the index lists other blocks');
  }
  while ((reader.at - start) % 4 !== 0) if (reader.u8() !== 0) throw badData(FORMAT, 'the padding is not zero');
  reader.checkCrc(start, 'the index');
}
