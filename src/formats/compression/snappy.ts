import { badData, cutOff, tooLarge } from './compression-problem.ts';

const FORMAT = 'Snappy';

/**
 * Snappy's raw block format (no framing), as LevelDB tables use it.
 *
 * @param maximum bytes that the content may have; checked before anything is allocated
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_LIMIT`
 */
export function decompressSnappy(bytes: Uint8Array, maximum: number): Uint8Array {
  let at = 0;
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    if (byte === undefined) throw cutOff(FORMAT);
    if (scale > 2 ** 28) throw badData(FORMAT, 'the length has more than 5 bytes');
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (length > maximum) throw tooLarge(FORMAT, maximum);
  const out = new Uint8Array(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      let size = tag >> 2;
      if (size >= 60) {
        const extra = size - 59;
        size = littleEndian(bytes, at, extra);
        at += extra;
      }
      size += 1;
      if (size > bytes.length - at) throw cutOff(FORMAT);
      if (size > length - end) throw badData(FORMAT, 'it holds more than it says');
      out.set(bytes.subarray(at, at + size), end);
      at += size;
      end += size;
      continue;
    }
    const width = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const low = littleEndian(bytes, at, width);
    const offset = kind === 1 ? ((tag >> 5) << 8) | low : low;
    at += width;
    if (offset === 0 || offset > end) throw badData(FORMAT, `it copies from ${offset} bytes back, where ${end} are`);
    if (size > length - end) throw badData(FORMAT, 'it holds more than it says');
    // Source and target may overlap: a copy repeats what it has just written.
    for (let i = 0; i < size; i++, end++) out[end] = out[end - offset] as number;
  }
  if (end !== length) throw badData(FORMAT, `it holds ${end} bytes and says ${length}`);
  return out;
}

function littleEndian(bytes: Uint8Array, at: number, width: number): number {
  if (width > bytes.length - at) throw cutOff(FORMAT);
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}
