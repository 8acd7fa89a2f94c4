// CRC-32C (Castagnoli), four bytes at a time. zlib's CRC-32 is another polynomial.

const TABLES = Array.from({ length: 4 }, () => new Uint32Array(256));
const [T0, T1, T2, T3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
for (let i = 0; i < 256; i++) {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  T0[i] = value;
}
for (let i = 0; i < 256; i++) {
  for (let k = 1; k < 4; k++) {
    const before = (TABLES[k - 1] as Uint32Array)[i] as number;
    (TABLES[k] as Uint32Array)[i] = (before >>> 8) ^ (T0[before & 0xff] as number);
  }
}

/** CRC-32C of bytes; `before` continues the checksum of what came earlier. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const whole = bytes.length - 3; at < whole; at += 4) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (T3[crc & 0xff] as number) ^
      (T2[(crc >>> 8) & 0xff] as number) ^
      (T1[(crc >>> 16) & 0xff] as number) ^
      (T0[crc >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (T0[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

/** As checksums are stored: a checksum of data that hold checksums would be weak otherwise. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
