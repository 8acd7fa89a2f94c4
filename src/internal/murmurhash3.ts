const encoder = new TextEncoder();
let bytes = new Uint8Array(1024);

/** MurmurHash3 (x86, 32 bits) of the UTF-8 bytes of a text, as a signed integer; a lone surrogate counts as U+FFFD. */
export function murmurhash3(text: string, seed: number = 0): number {
  // A UTF-16 unit becomes at most three bytes.
  if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 3);
  const length = encoder.encodeInto(text, bytes).written;
  const blocks = length & ~3;
  let h = seed | 0;
  for (let i = 0; i < blocks; i += 4) {
    h ^= mix(
      (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24),
    );
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6_54_6b_64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number);
  if (length > blocks) h ^= mix(tail);
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85_eb_ca_6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2_b2_ae_35);
  return (h ^ (h >>> 16)) | 0;
}

function mix(block: number): number {
  const k = Math.imul(block, 0xcc_9e_2d_51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b_87_35_93);
}
