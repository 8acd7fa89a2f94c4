import type { Slice } from './bundle-index.ts';

/**
 * The key under which a part of a tensor is stored, as latin1: TensorFlow's ordered code of 0, the
 * name, the rank, and start and length of each dimension (`tensorflow/core/lib/strings/ordered_code.cc`,
 * `EncodeTensorNameSlice`).
 */
export function sliceKey(name: string, slice: Slice): string {
  const bytes: number[] = [...unsigned(0)];
  for (const byte of Buffer.from(name, 'utf8')) {
    bytes.push(byte);
    if (byte === 0) bytes.push(0xff);
    else if (byte === 0xff) bytes.push(0);
  }
  bytes.push(0, 1, ...unsigned(slice.length));
  for (const { start, length } of slice) bytes.push(...signed(start), ...signed(length));
  return Buffer.from(bytes).toString('latin1');
}

/** The number of bytes, then the bytes, most significant first. */
function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [bytes.length, ...bytes];
}

/** The first bits say sign and length, so that encoded numbers sort as the numbers do. */
function signed(value: number): readonly number[] {
  const magnitude = value < 0 ? -value - 1 : value;
  if (magnitude < 64) return [(value & 0xff) ^ 0x80];
  let length = 2;
  // n bytes hold 7n - 1 bits.
  while (magnitude >= 2 ** (7 * length - 1)) length++;
  const big = BigInt.asUintN(64, BigInt(value));
  const sign = value < 0 ? 0xff : 0;
  const all = [sign, sign];
  for (let shift = 56n; shift >= 0n; shift -= 8n) all.push(Number((big >> shift) & 0xffn));
  const bytes = all.slice(all.length - length);
  const header = length <= 8 ? (0xff00 >> length) & 0xff : 0xff;
  bytes[0] = (bytes[0] as number) ^ header;
  if (length > 8) bytes[1] = (bytes[1] as number) ^ ((0xff00 >> (length - 8)) & 0xff);
  return bytes;
}
