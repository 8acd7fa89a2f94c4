import { FormatError } from '../../errors/format-error.ts';
import { crc32c, masked } from './crc32c.ts';

/**
 * The strings of a checkpoint's tensor: their lengths, a checksum of these, the texts.
 *
 * @param what the tensor, for messages
 * @throws `ML_FORMAT_MALFORMED`
 */
export function readStrings(
  bytes: Uint8Array,
  { count, what, checksum }: { readonly count: number; readonly what: string; readonly checksum: number },
): readonly string[] {
  const bad = (problem: string): FormatError => new FormatError('ML_FORMAT_MALFORMED', `${what} ${problem}`);
  // Each string takes one byte at least.
  if (count > bytes.length) throw bad(`has ${count} strings in ${bytes.length} bytes`);
  const lengths: number[] = [];
  const word = new Uint8Array(4);
  const view = new DataView(word.buffer);
  let at = 0;
  let crc = 0;
  for (let i = 0; i < count; i++) {
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 28) throw bad('ends within the lengths of its strings');
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    lengths.push(length);
    view.setUint32(0, length, true);
    crc = crc32c(word, crc);
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (at + 4 + total !== bytes.length) throw bad(`has ${bytes.length} bytes, its strings need ${at + 4 + total}`);
  const stored = bytes.subarray(at, at + 4);
  view.setUint32(0, masked(crc), true);
  if (!stored.every((byte, i) => byte === word[i])) throw bad('has lengths whose checksum differs');
  at += 4;
  if (masked(crc32c(bytes.subarray(at), crc32c(word, crc))) !== checksum) {
    throw bad('has another checksum than the index says');
  }
  return lengths.map((length) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8');
    at += length;
    return text;
  });
}
