import type { Cursor } from './cursor.ts';

/** Reads a fill value message, version 1 to 3: the bytes of one element, `undefined` for zeros. */
export function readFillValue(cursor: Cursor): Uint8Array | undefined {
  const version = cursor.version([1, 2, 3]);
  if (version === 3) {
    const flags = cursor.u8();
    return (flags & 0x20) === 0 ? undefined : sizedBytes(cursor);
  }
  cursor.skip(2);
  const isDefined = cursor.u8() !== 0;
  return version === 1 || isDefined ? sizedBytes(cursor) : undefined;
}

/** Reads a fill value message of the oldest kind. */
export function readOldFillValue(cursor: Cursor): Uint8Array | undefined {
  return sizedBytes(cursor);
}

function sizedBytes(cursor: Cursor): Uint8Array | undefined {
  const size = cursor.u32();
  // Minus one means that the value is not defined.
  return size === 0 || size === 0xffffffff ? undefined : cursor.take(size);
}
