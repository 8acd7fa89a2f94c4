const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const K3 = 0xc949d7c7509e6557n;
const K_MUL = 0x9ddfea08eb382d69n;
const MASK = 0xffff_ffff_ffff_ffffn;

type Pair = readonly [bigint, bigint];

/**
 * CityHash64 of version 1.0, which later versions of CityHash do not agree with; an unsigned 64-bit number.
 *
 * Source: CityHash 1.0, as in CatBoost's util/digest/city.cpp.
 */
export function cityHash64(bytes: Uint8Array): bigint {
  const { length } = bytes;
  const words = new Words(bytes);
  if (length <= 16) return shortHash(bytes, words);
  if (length <= 32) return hashOf17To32(words, length);
  return length <= 64 ? hashOf33To64(words, length) : longHash(words, length);
}

class Words {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  u32(at: number): bigint {
    return BigInt(this.#view.getUint32(at, true));
  }
}

function shortHash(bytes: Uint8Array, words: Words): bigint {
  const { length } = bytes;
  const size = BigInt(length);
  if (length > 8) {
    const b = words.u64(length - 8);
    return hashPair(words.u64(0), rotate((b + size) & MASK, length)) ^ b;
  }
  if (length >= 4) return hashPair(size + (words.u32(0) << 3n), words.u32(length - 4));
  if (length === 0) return K2;
  const y = BigInt((bytes[0] as number) + ((bytes[length >> 1] as number) << 8));
  const z = BigInt(length + ((bytes[length - 1] as number) << 2));
  return (shiftMix(((y * K2) ^ (z * K3)) & MASK) * K2) & MASK;
}

function hashOf17To32(words: Words, length: number): bigint {
  const size = BigInt(length);
  const a = (words.u64(0) * K1) & MASK;
  const b = words.u64(8);
  const c = (words.u64(length - 8) * K2) & MASK;
  const d = words.u64(length - 16) * K0;
  return hashPair((rotate((a - b) & MASK, 43) + rotate(c, 30) + d) & MASK, (a + rotate(b ^ K3, 20) - c + size) & MASK);
}

function hashOf33To64(words: Words, length: number): bigint {
  const first = halfOf33To64(words, {
    a: words.u64(0) + (BigInt(length) + words.u64(length - 16)) * K0,
    z: words.u64(24),
    at: 8,
  });
  const second = halfOf33To64(words, {
    a: words.u64(16) + words.u64(length - 32),
    z: words.u64(length - 8),
    at: length - 24,
  });
  const r = shiftMix(((first[0] + second[1]) * K2 + (second[0] + first[1]) * K0) & MASK);
  return (shiftMix((r * K0 + first[1]) & MASK) * K2) & MASK;
}

function halfOf33To64(
  words: Words,
  { a: start, z, at }: { readonly a: bigint; readonly z: bigint; readonly at: number },
): Pair {
  let a = start & MASK;
  const b = rotate((a + z) & MASK, 52);
  let c = rotate(a, 37);
  a = (a + words.u64(at)) & MASK;
  c += rotate(a, 7);
  a = (a + words.u64(at + 8)) & MASK;
  return [(a + z) & MASK, (b + rotate(a, 31) + c) & MASK];
}

function longHash(words: Words, length: number): bigint {
  let x = words.u64(0);
  let y = words.u64(length - 16) ^ K1;
  let z = words.u64(length - 56) ^ K0;
  let v = weakHash(words, length - 64, [BigInt(length), y]);
  let w = weakHash(words, length - 32, [(BigInt(length) * K1) & MASK, K0]);
  z = (z + shiftMix(v[1]) * K1) & MASK;
  x = (rotate((z + x) & MASK, 39) * K1) & MASK;
  y = (rotate(y, 33) * K1) & MASK;
  // What is left over after whole blocks was hashed above.
  const end = (length - 1) & ~63;
  for (let at = 0; at < end; at += 64) {
    x = (rotate((x + y + v[0] + words.u64(at + 16)) & MASK, 37) * K1) & MASK;
    y = (rotate((y + v[1] + words.u64(at + 48)) & MASK, 42) * K1) & MASK;
    x ^= w[1];
    y ^= v[0];
    z = rotate(z ^ w[0], 33);
    v = weakHash(words, at, [(v[1] * K1) & MASK, (x + w[0]) & MASK]);
    w = weakHash(words, at + 32, [(z + w[1]) & MASK, y]);
    [z, x] = [x, z];
  }
  return hashPair((hashPair(v[0], w[0]) + shiftMix(y) * K1 + z) & MASK, (hashPair(v[1], w[1]) + x) & MASK);
}

/** 32 bytes and two seeds. */
function weakHash(words: Words, at: number, [seedA, seedB]: Pair): Pair {
  const last = words.u64(at + 24);
  let a = (seedA + words.u64(at)) & MASK;
  let b = rotate((seedB + a + last) & MASK, 21);
  const c = a;
  a = (a + words.u64(at + 8) + words.u64(at + 16)) & MASK;
  b += rotate(a, 44);
  return [(a + last) & MASK, (b + c) & MASK];
}

function hashPair(low: bigint, high: bigint): bigint {
  let a = ((low ^ high) * K_MUL) & MASK;
  a ^= a >> 47n;
  let b = ((high ^ a) * K_MUL) & MASK;
  b ^= b >> 47n;
  return (b * K_MUL) & MASK;
}

function rotate(value: bigint, by: number): bigint {
  return ((value >> BigInt(by)) | (value << BigInt(64 - by))) & MASK;
}

function shiftMix(value: bigint): bigint {
  return value ^ (value >> 47n);
}
