const MASK = (1n << 64n) - 1n;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const low = (x: bigint): bigint => x & MASK;
const rot = (x: bigint, n: bigint): bigint => low((x >> n) | (x << (64n - n)));
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

/**
 * `Fingerprint64` of Google's FarmHash (Pike 2014), which `tf.strings.to_hash_bucket_fast` is: the
 * same on every machine.
 */
export function farmHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  if (length <= 16) return upTo16(bytes, view);
  if (length <= 32) return upTo32(view, length);
  if (length <= 64) return upTo64(view, length);
  return long(view, length);
}

function mixed(u: bigint, v: bigint, mul: bigint): bigint {
  let a = low((u ^ v) * mul);
  a ^= a >> 47n;
  let b = low((v ^ a) * mul);
  b ^= b >> 47n;
  return low(b * mul);
}

function upTo16(bytes: Uint8Array, view: DataView): bigint {
  const { length } = bytes;
  const size = BigInt(length);
  if (length >= 8) {
    const mul = low(K2 + size * 2n);
    const a = low(view.getBigUint64(0, true) + K2);
    const b = view.getBigUint64(length - 8, true);
    const c = low(rot(b, 37n) * mul + a);
    const d = low((rot(a, 25n) + b) * mul);
    return mixed(c, d, mul);
  }
  if (length >= 4) {
    const mul = low(K2 + size * 2n);
    const a = BigInt(view.getUint32(0, true));
    return mixed(low(size + (a << 3n)), BigInt(view.getUint32(length - 4, true)), mul);
  }
  if (length > 0) {
    const [a, b, c] = [bytes[0], bytes[length >> 1], bytes[length - 1]] as [number, number, number];
    const y = BigInt(a + (b << 8));
    const z = BigInt(length + (c << 2));
    return low(shiftMix(low(y * K2) ^ low(z * K0)) * K2);
  }
  return K2;
}

function upTo32(view: DataView, length: number): bigint {
  const mul = low(K2 + BigInt(length) * 2n);
  const a = low(view.getBigUint64(0, true) * K1);
  const b = view.getBigUint64(8, true);
  const c = low(view.getBigUint64(length - 8, true) * mul);
  const d = low(view.getBigUint64(length - 16, true) * K2);
  return mixed(low(rot(low(a + b), 43n) + rot(c, 30n) + d), low(a + rot(low(b + K2), 18n) + c), mul);
}

function upTo64(view: DataView, length: number): bigint {
  const at = (offset: number): bigint => view.getBigUint64(offset, true);
  const mul = low(K2 + BigInt(length) * 2n);
  const a = low(at(0) * K2);
  const b = at(8);
  const c = low(at(length - 8) * mul);
  const d = low(at(length - 16) * K2);
  const y = low(rot(low(a + b), 43n) + rot(c, 30n) + d);
  const z = mixed(y, low(a + rot(low(b + K2), 18n) + c), mul);
  const e = low(at(16) * mul);
  const f = at(24);
  const g = low((y + at(length - 32)) * mul);
  const h = low((z + at(length - 24)) * mul);
  return mixed(low(rot(low(e + f), 43n) + rot(g, 30n) + h), low(e + rot(low(f + a), 18n) + g), mul);
}

type Pair = readonly [bigint, bigint];

function weak(view: DataView, offset: number, a0: bigint, b0: bigint): Pair {
  const [w, x, y, z] = [0, 8, 16, 24].map((i) => view.getBigUint64(offset + i, true)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  let a = low(a0 + w);
  let b = rot(low(b0 + a + z), 21n);
  const c = a;
  a = low(a + x + y);
  b = low(b + rot(a, 44n));
  return [low(a + z), low(b + c)];
}

function long(view: DataView, length: number): bigint {
  const at = (offset: number): bigint => view.getBigUint64(offset, true);
  const seed = 81n;
  let x = seed;
  let y = low(seed * K1 + 113n);
  let z = low(shiftMix(low(y * K2 + 113n)) * K2);
  let v: Pair = [0n, 0n];
  let w: Pair = [0n, 0n];
  x = low(x * K2 + at(0));
  const end = Math.floor((length - 1) / 64) * 64;
  const last = end + ((length - 1) & 63) - 63;
  let s = 0;
  do {
    x = low(rot(low(x + y + v[0] + at(s + 8)), 37n) * K1);
    y = low(rot(low(y + v[1] + at(s + 48)), 42n) * K1);
    x ^= w[1];
    y = low(y + v[0] + at(s + 40));
    z = low(rot(low(z + w[0]), 33n) * K1);
    v = weak(view, s, low(v[1] * K1), low(x + w[0]));
    w = weak(view, s + 32, low(z + w[1]), low(y + at(s + 16)));
    [z, x] = [x, z];
    s += 64;
  } while (s !== end);
  const mul = low(K1 + ((z & 0xffn) << 1n));
  s = last;
  w = [low(w[0] + BigInt((length - 1) & 63)), w[1]];
  v = [low(v[0] + w[0]), v[1]];
  w = [low(w[0] + v[0]), w[1]];
  x = low(rot(low(x + y + v[0] + at(s + 8)), 37n) * mul);
  y = low(rot(low(y + v[1] + at(s + 48)), 42n) * mul);
  x ^= low(w[1] * 9n);
  y = low(y + v[0] * 9n + at(s + 40));
  z = low(rot(low(z + w[0]), 33n) * mul);
  v = weak(view, s, low(v[1] * mul), low(x + w[0]));
  w = weak(view, s + 32, low(z + w[1]), low(y + at(s + 16)));
  [z, x] = [x, z];
  return mixed(low(mixed(v[0], w[0], mul) + low(shiftMix(y) * K0) + z), low(mixed(v[1], w[1], mul) + x), mul);
}
