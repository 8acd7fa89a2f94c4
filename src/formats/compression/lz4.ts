// LZ4 frames (magic 04 22 4d 18), as `joblib.dump(..., compress='lz4')` writes them.
import { badData, cutOff, unsupportedVariant } from './compression-problem.ts';
import { xxHash32 } from './checksums.ts';
import { OutputBuffer } from './output-buffer.ts';

const FORMAT = 'LZ4';
const MAGIC = 0x184d2204;

/** Decodes frames one after another; yields between blocks. */
export function* decodeLz4(input: Uint8Array, maximum: number): Generator<void, Uint8Array> {
  const out = new OutputBuffer(FORMAT, maximum, input.length * 6);
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  let at = 0;
  const u32 = (): number => {
    if (at + 4 > input.length) throw cutOff(FORMAT);
    at += 4;
    return view.getUint32(at - 4, true);
  };
  do {
    if (u32() !== MAGIC) throw badData(FORMAT, 'bytes follow the last frame');
    const header = at;
    const flags = input[at] ?? 0;
    if (flags >> 6 !== 1 || (flags & 0x02) !== 0) throw badData(FORMAT, 'the frame has an unknown version');
    if ((flags & 0x01) !== 0) throw unsupportedVariant(FORMAT, 'it needs a dictionary');
    const maxBlock = [65_536, 262_144, 1_048_576, 4_194_304][((input[at + 1] ?? 0) >> 4) - 4];
    if (maxBlock === undefined) throw badData(FORMAT, 'the frame has an unknown block size');
    at += 2;
    const hasSize = (flags & 0x08) !== 0;
    const size = hasSize ? u32() + u32() * 2 ** 32 : undefined;
    if (at >= input.length) throw cutOff(FORMAT);
    if (((xxHash32(input.subarray(header, at)) >>> 8) & 0xff) !== input[at++])
      throw badData(FORMAT, 'the header has a wrong checksum');
    const frameStart = out.length;
    const independent = (flags & 0x20) !== 0;
    for (let length = u32(); length !== 0; length = u32()) {
      const stored = length >>> 31 === 1;
      length &= 0x7fffffff;
      if (length > maxBlock) throw badData(FORMAT, 'a block is larger than declared');
      if (at + length > input.length) throw cutOff(FORMAT);
      const block = input.subarray(at, at + length);
      at += length;
      if ((flags & 0x10) !== 0 && u32() !== xxHash32(block)) throw badData(FORMAT, 'a block has a wrong checksum');
      const blockStart = out.length;
      if (stored) out.append(block);
      else decodeBlock(block, out, independent ? blockStart : frameStart);
      if (out.length - blockStart > maxBlock) throw badData(FORMAT, 'a block is larger than declared');
      yield;
    }
    if (size !== undefined && out.length - frameStart !== size)
      throw badData(FORMAT, 'the content has another size than declared');
    if ((flags & 0x04) !== 0 && u32() !== xxHash32(out.bytes.subarray(frameStart))) {
      throw badData(FORMAT, 'the content has a wrong checksum');
    }
    yield;
  } while (at < input.length);
  return out.bytes;
}

/** One compressed block: literals and copies of what was written since `windowStart`. */
function decodeBlock(block: Uint8Array, out: OutputBuffer, windowStart: number): void {
  let at = 0;
  const extend = (length: number): number => {
    let total = length;
    if (length !== 15) return total;
    for (;;) {
      const byte = block[at++];
      if (byte === undefined) throw badData(FORMAT, 'a block ends inside a length');
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = extend(token >> 4);
    if (at + literals > block.length) throw badData(FORMAT, 'a block ends inside its literals');
    out.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has literals only.
    if (at === block.length) return;
    const low = block[at++];
    const high = block[at++];
    if (low === undefined || high === undefined) throw badData(FORMAT, 'a block ends inside a copy');
    const distance = low | (high << 8);
    const length = extend(token & 15) + 4;
    if (distance === 0 || distance > Math.min(65_535, out.length - windowStart)) {
      throw badData(FORMAT, 'a copy reaches before the beginning');
    }
    out.copyBack(distance, length);
  }
}
