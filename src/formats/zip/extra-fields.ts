import { malformedZip, unsupportedZip } from './zip-problem.ts';

const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;

/** The blocks of an extra field, by their id. */
export interface ExtraFields {
  readonly zip64: DataView | undefined;
}

/**
 * The blocks that matter: sizes of zip64. A block that gives the entry a second name is only allowed where it is the
 * same name. Other blocks (times, alignment) are skipped by their length.
 */
export function extraFields(bytes: Uint8Array, name: Uint8Array, offset: number): ExtraFields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let zip64: DataView | undefined;
  let at = 0;
  while (at + 4 <= bytes.length) {
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    const start = at + 4;
    // Alignment tools pad with fewer than four zeros, which end the loop; a block that is cut off is a lie.
    if (start + length > bytes.length) throw malformedZip('an extra field is longer than declared', offset);
    if (id === ZIP64) {
      if (zip64 !== undefined) throw malformedZip('an entry has two zip64 fields', offset);
      zip64 = new DataView(bytes.buffer, bytes.byteOffset + start, length);
    }
    if (id === UNICODE_PATH && Buffer.compare(bytes.subarray(start + 5, start + length), name) !== 0) {
      throw unsupportedZip('an entry has two different names (Unicode path field)', offset);
    }
    at = start + length;
  }
  return { zip64 };
}
