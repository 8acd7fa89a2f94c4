// `.lzma` files (LZMA alone: magic 5d 00 00), which have no checksum.
import { badData, cutOff } from './compression-problem.ts';
import { LzmaDecoder, lzmaProperties } from './lzma-decoder.ts';
import { OutputBuffer } from './output-buffer.ts';

const FORMAT = 'LZMA';
const HEADER_BYTES = 13;
/** Bytes decoded between two yields. */
const STRETCH = 16 * 1024;

/** Decodes a `.lzma` file; yields every few kilobytes. */
export function* decodeLzmaAlone(input: Uint8Array, maximum: number): Generator<void, Uint8Array> {
  if (input.length < HEADER_BYTES) throw cutOff(FORMAT);
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const properties = lzmaProperties(input[0] as number);
  if (properties === undefined) throw badData(FORMAT, 'the properties are unknown');
  const low = view.getUint32(5, true);
  const high = view.getUint32(9, true);
  // All ones: the size is not known, an end marker follows.
  const size = low === 0xffffffff && high === 0xffffffff ? undefined : low + high * 2 ** 32;
  const out = new OutputBuffer(FORMAT, maximum, size ?? input.length * 6);
  if (size !== undefined && size > maximum) out.reserve(size);
  const decoder = new LzmaDecoder(out, properties, Math.max(view.getUint32(1, true), 4096));
  decoder.begin(input, HEADER_BYTES, input.length);
  const limit = size ?? Number.POSITIVE_INFINITY;
  let ended = false;
  while (!ended && out.length < limit) {
    ended = decoder.decode(Math.min(out.length + STRETCH, limit), limit);
    yield;
  }
  if (ended && size !== undefined && out.length < size) throw badData(FORMAT, 'the content is shorter than declared');
  if (!ended && !decoder.finish() && !decoder.readEndMarker())
    throw badData(FORMAT, 'the content does not end where declared');
  if (ended) decoder.finish();
  if (decoder.position !== input.length) throw badData(FORMAT, 'bytes follow the content');
  return out.bytes;
}
