import type { ByteReader } from './byte-range.ts';
import { extraFields } from './extra-fields.ts';
import { number64 } from './find-end.ts';
import type { DirectoryRecord } from './read-directory.ts';
import { malformedZip } from './zip-problem.ts';

const SIGNATURE = 0x04034b50;
const HEADER_BYTES = 30;
/** Room for the extra field of most files, so that one read is enough. */
const EXTRA_GUESS = 256;
const DESCRIPTOR = 8;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const MAX_DESCRIPTOR = 24;
/** The flags that must be the same in both headers: encryption, descriptor, UTF-8. */
const FLAGS = 0x0849;
const ALL_ONES = 0xffffffff;

/**
 * Goes through the local headers in the order of the file, compares each with the directory and finds its data.
 * Every byte before the directory must belong to exactly one entry: no data before the first, no gaps, no overlaps.
 *
 * @returns where each entry's data starts, in the order of `records`
 */
export function* checkLocal(records: readonly DirectoryRecord[], directoryOffset: number): ByteReader<number[]> {
  const order = records.map((_, i) => i).sort((a, b) => headerOf(records, a) - headerOf(records, b));
  const offsets = records.map(() => 0);
  const first = order[0];
  if ((first === undefined ? directoryOffset : headerOf(records, first)) !== 0) {
    throw malformedZip('data stand before its first entry', 0);
  }
  for (const [position, index] of order.entries()) {
    const record = records[index] as DirectoryRecord;
    const following = order[position + 1];
    const end = following === undefined ? directoryOffset : headerOf(records, following);
    const dataOffset = yield* checkHeader(record, end);
    yield* checkEnd(record, dataOffset + record.compressedSize, end);
    offsets[index] = dataOffset;
  }
  return offsets;
}

function headerOf(records: readonly DirectoryRecord[], index: number): number {
  return (records[index] as DirectoryRecord).headerOffset;
}

/** @returns where the data start */
function* checkHeader(record: DirectoryRecord, end: number): ByteReader<number> {
  const { headerOffset: offset, nameBytes } = record;
  const shown = JSON.stringify(record.name);
  const fixed = HEADER_BYTES + nameBytes.length;
  if (offset + fixed + record.compressedSize > end) {
    throw malformedZip(`${shown} reaches into the next entry or the directory`, offset);
  }
  let bytes = yield { offset, length: Math.min(fixed + EXTRA_GUESS, end - offset) };
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== SIGNATURE) throw malformedZip(`${shown} has no local header`, offset);
  const nameLength = view.getUint16(26, true);
  const extraLength = view.getUint16(28, true);
  if (nameLength !== nameBytes.length || Buffer.compare(bytes.subarray(HEADER_BYTES, fixed), nameBytes) !== 0) {
    throw malformedZip(`${shown} has another name in its local header`, offset);
  }
  const dataOffset = offset + fixed + extraLength;
  if (dataOffset + record.compressedSize > end) {
    throw malformedZip(`${shown} reaches into the next entry or the directory`, offset);
  }
  if (fixed + extraLength > bytes.length) {
    bytes = yield { offset, length: fixed + extraLength };
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  if (((view.getUint16(6, true) ^ record.flags) & FLAGS) !== 0 || view.getUint16(8, true) !== record.method) {
    throw malformedZip(`${shown} has other flags or another method in its local header`, offset);
  }
  const { zip64 } = extraFields(bytes.subarray(fixed, fixed + extraLength), nameBytes, offset);
  checkSizes(record, { view, zip64, shown });
  return dataOffset;
}

function checkSizes(
  record: DirectoryRecord,
  { view, zip64, shown }: { readonly view: DataView; readonly zip64: DataView | undefined; readonly shown: string },
): void {
  const long = zip64 !== undefined && zip64.byteLength >= 16 ? zip64 : undefined;
  const shortCompressed = view.getUint32(18, true);
  const shortSize = view.getUint32(22, true);
  const size = long !== undefined && shortSize === ALL_ONES ? number64(long, 0) : shortSize;
  const compressed = long !== undefined && shortCompressed === ALL_ONES ? number64(long, 8) : shortCompressed;
  const crc = view.getUint32(14, true);
  // With a descriptor the values follow the data; here they are zero, or already right.
  const open = (record.flags & DESCRIPTOR) !== 0;
  const agrees = (value: number, known: number): boolean => value === known || (open && value === 0);
  if (agrees(crc, record.crc) && agrees(size, record.size) && agrees(compressed, record.compressedSize)) return;
  throw malformedZip(
    `${shown} has ${size} bytes (${compressed} compressed) in its local header, ${record.size} (${record.compressedSize}) in the directory, or another checksum`,
    record.headerOffset,
  );
}

/** Between the data and the next header stands nothing but the descriptor, in one of its four forms. */
function* checkEnd(record: DirectoryRecord, dataEnd: number, end: number): ByteReader<void> {
  const length = end - dataEnd;
  const shown = JSON.stringify(record.name);
  if ((record.flags & DESCRIPTOR) === 0) {
    if (length !== 0) throw malformedZip(`${length} bytes behind ${shown} belong to no entry`, dataEnd);
    return;
  }
  const isWide = length >= 20;
  const fields = isWide ? 20 : 12;
  if (length !== fields && length !== fields + 4) {
    throw malformedZip(
      `the descriptor of ${shown} has ${length} bytes, at most ${MAX_DESCRIPTOR} are possible`,
      dataEnd,
    );
  }
  const bytes = yield { offset: dataEnd, length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = length - fields;
  const sizes = isWide
    ? [number64(view, at + 4), number64(view, at + 12)]
    : [view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
  const agrees =
    (at === 0 || view.getUint32(0, true) === DESCRIPTOR_SIGNATURE) &&
    view.getUint32(at, true) === record.crc &&
    sizes[0] === record.compressedSize &&
    sizes[1] === record.size;
  if (!agrees) throw malformedZip(`the descriptor of ${shown} says something else than the directory`, dataEnd);
}
