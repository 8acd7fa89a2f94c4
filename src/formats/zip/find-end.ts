import type { ByteReader } from './byte-range.ts';
import { malformedZip, truncatedZip, unsupportedZip } from './zip-problem.ts';

/** Where the central directory lies and how many entries it has. */
export interface ZipEnd {
  readonly directoryOffset: number;
  readonly directorySize: number;
  readonly count: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const MAX_COMMENT = 0xffff;

/**
 * The end record. Readers differ in where they look for it, so there must be nothing to differ about: the last
 * place with its signature must be followed by exactly the comment that it declares, and the directory, the records
 * of zip64 and the end must follow each other without a gap.
 */
export function* findEnd(size: number): ByteReader<ZipEnd> {
  if (size < END_BYTES) throw truncatedZip(`it has ${size} bytes`);
  const tailStart = Math.max(0, size - END_BYTES - MAX_COMMENT - LOCATOR_BYTES);
  const tail = yield { offset: tailStart, length: size - tailStart };
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = tail.length - 4;
  while (at >= 0 && view.getUint32(at, true) !== END_SIGNATURE) at--;
  if (at < 0) throw truncatedZip('it has no end record');
  const endOffset = tailStart + at;
  if (at + END_BYTES > tail.length) throw truncatedZip('its end record is not whole', endOffset);
  const comment = view.getUint16(at + 20, true);
  if (endOffset + END_BYTES + comment !== size) {
    throw malformedZip(`${size - endOffset - END_BYTES} bytes follow its end, ${comment} are declared`, endOffset);
  }
  const disks = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  const counts = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const directorySize = view.getUint32(at + 12, true);
  const directoryOffset = view.getUint32(at + 16, true);
  const locator = at - LOCATOR_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_SIGNATURE) {
    const long = yield* readEnd64(view, locator, endOffset - LOCATOR_BYTES);
    // A field of the short record is either all ones or says the same.
    const agrees =
      [counts[0], counts[1]].every((count) => count === 0xffff || count === long.count) &&
      (directorySize === 0xffffffff || directorySize === long.directorySize) &&
      (directoryOffset === 0xffffffff || directoryOffset === long.directoryOffset);
    if (!agrees) throw malformedZip('its two end records contradict each other', endOffset);
    return long;
  }
  if (disks.some((disk) => disk !== 0)) throw unsupportedZip('it is one part of several', endOffset);
  if (counts[0] !== counts[1]) throw malformedZip('its end record counts its entries twice, differently', endOffset);
  if (directoryOffset + directorySize !== endOffset) {
    throw malformedZip(
      `its directory is declared from byte ${directoryOffset} to ${directoryOffset + directorySize}, its end record stands at ${endOffset}`,
      endOffset,
    );
  }
  return { directoryOffset, directorySize, count: counts[0] as number };
}

function* readEnd64(tail: DataView, locator: number, locatorOffset: number): ByteReader<ZipEnd> {
  const offset = number64(tail, locator + 8);
  if (tail.getUint32(locator + 4, true) !== 0 || tail.getUint32(locator + 16, true) > 1) {
    throw unsupportedZip('it is one part of several', locatorOffset);
  }
  if (offset > locatorOffset - END64_BYTES)
    throw malformedZip('its zip64 record lies behind its locator', locatorOffset);
  const bytes = yield { offset, length: END64_BYTES };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== END64_SIGNATURE)
    throw malformedZip('its zip64 record is not where it should be', offset);
  if (offset + 12 + number64(view, 4) !== locatorOffset) {
    throw malformedZip('its zip64 record has another length than declared', offset);
  }
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) {
    throw unsupportedZip('it is one part of several', offset);
  }
  const count = number64(view, 24);
  if (count !== number64(view, 32))
    throw malformedZip('its zip64 record counts its entries twice, differently', offset);
  const directorySize = number64(view, 40);
  const directoryOffset = number64(view, 48);
  if (directoryOffset + directorySize !== offset) {
    throw malformedZip('bytes stand between its directory and its zip64 record', offset);
  }
  return { directoryOffset, directorySize, count };
}

/** 64 bits; beyond 2^53 they are no size of any file, and inexact but still too large. */
export function number64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
