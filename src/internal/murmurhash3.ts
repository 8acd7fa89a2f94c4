const encoder = new TextEncoder();
let bytes = new Uint8Array(1024);

/** MurmurHash3 (x86, 32 bits) of the UTF-8 bytes of a text, as a signed integer; a lone surrogate counts as U+FFFD. */
export function murmurhash3(text: string, seed: number = 0): number {
  const { length } = text;
  const blocks = length & ~3;
  let h = seed | 0;
  // What is ASCII is its own UTF-8, and need not be copied out of the string first.
  for (let i = 0; i < blocks; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) > 0x7f) return ofBytes(text, seed);
    h = scramble(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return ofBytes(text, seed);
    tail = (tail << 8) | unit;
  }
  return finish(length > blocks ? h ^ mix(tail) : h, length);
}

function ofBytes(text: string, seed: number): number {
  // A UTF-16 unit becomes at most three bytes.
  if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 3);
  const length = encoder.encodeInto(text, bytes).written;
  const blocks = length & ~3;
  let h = seed | 0;
  for (let i = 0; i < blocks; i += 4) {
    h = scramble(
      h,
      (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24),
    );
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number);
  return finish(length > blocks ? h ^ mix(tail) : h, length);
}

function scramble(hash: number, block: number): number {
  const h = hash ^ mix(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6_54_6b_64) | 0;
}

function mix(block: number): number {
  const k = Math.imul(block, 0xcc_9e_2d_51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b_87_35_93);
}

function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85_eb_ca_6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2_b2_ae_35);
  return (h ^ (h >>> 16)) | 0;
}
