import type { Limits } from '../../spec/limits.ts';
import { entryName } from './entry-name.ts';
import { extraFields } from './extra-fields.ts';
import { number64, type ZipEnd } from './find-end.ts';
import { malformedZip, truncatedZip, unsafeZip, unsupportedZip, zipOverLimit } from './zip-problem.ts';

/** What the central directory says of an entry. */
export interface DirectoryRecord {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: 0 | 8;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header stands. */
  readonly headerOffset: number;
}

const SIGNATURE = 0x02014b50;
const HEADER_BYTES = 46;
const ALL_ONES = 0xffffffff;
/** Bits of the flags: encrypted (plain, strong, hidden directory), and data of a patch. */
const ENCRYPTED = 0x2041;
const PATCH = 0x20;
const UTF8 = 0x800;
/** File types in the upper half of the attributes, as Unix writes them. */
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const LINK = 0o120000;

/** How many times its compressed size an entry may have, beyond what is always allowed. */
const MAX_RATIO = 200;
const ALWAYS_ALLOWED = 64 * 1024 * 1024;

const METHODS: ReadonlyMap<number, string> = new Map([
  [1, 'shrink'],
  [6, 'implode'],
  [9, 'deflate64'],
  [12, 'bzip2'],
  [14, 'LZMA'],
  [20, 'zstd'],
  [93, 'zstd'],
  [95, 'xz'],
  [98, 'PPMd'],
  [99, 'AES encryption'],
]);

/** Every record of the directory in its order, each judged by itself; names are unique, sizes within limits. */
export function readDirectory(bytes: Uint8Array, end: ZipEnd, limits: Limits): DirectoryRecord[] {
  if (end.count > limits.maxElements) {
    throw zipOverLimit('limits.maxElements', limits.maxElements, `has ${end.count} entries`);
  }
  if (end.count * HEADER_BYTES > bytes.length) {
    throw malformedZip(`its directory of ${bytes.length} bytes cannot hold ${end.count} entries`);
  }
  const records: DirectoryRecord[] = [];
  const names = new Set<string>();
  let total = 0;
  let at = 0;
  for (let i = 0; i < end.count; i++) {
    const { record, next } = readRecord(bytes, at, end.directoryOffset + at);
    if (names.has(record.name)) {
      throw malformedZip(`two entries are named ${JSON.stringify(record.name)}`, end.directoryOffset + at);
    }
    names.add(record.name);
    total += record.size;
    if (total > limits.maxModelBytes) {
      throw zipOverLimit('limits.maxModelBytes', limits.maxModelBytes, `holds more than ${total - 1} bytes`);
    }
    records.push(record);
    at = next;
  }
  if (at !== bytes.length) throw malformedZip('bytes follow the last entry of its directory', end.directoryOffset + at);
  return records;
}

function readRecord(bytes: Uint8Array, at: number, offset: number): { record: DirectoryRecord; next: number } {
  if (at + HEADER_BYTES > bytes.length) throw truncatedZip('its directory ends within an entry', offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(at, true) !== SIGNATURE) throw malformedZip('an entry of its directory has no signature', offset);
  const flags = view.getUint16(at + 8, true);
  const nameEnd = at + HEADER_BYTES + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > bytes.length) throw truncatedZip('its directory ends within an entry', offset);
  const nameBytes = bytes.subarray(at + HEADER_BYTES, nameEnd);
  // First, because what stands in the header of an entry with two names need not be one.
  const { zip64 } = extraFields(bytes.subarray(nameEnd, extraEnd), nameBytes, offset);
  const name = entryName(nameBytes, (flags & UTF8) !== 0, offset);
  const shown = JSON.stringify(name);
  const method = view.getUint16(at + 10, true);
  if ((flags & ENCRYPTED) !== 0 || method === 99) throw unsupportedZip(`${shown} is encrypted`, offset);
  if ((flags & PATCH) !== 0) throw unsupportedZip(`${shown} is a patch`, offset);
  if (method !== 0 && method !== 8) {
    throw unsupportedZip(`${shown} is compressed with ${METHODS.get(method) ?? `method ${method}`}`, offset);
  }
  checkType(view.getUint32(at + 38, true) >>> 16, shown, offset);
  const fields = longFields(zip64, offset);
  const size = fields(view.getUint32(at + 24, true));
  const compressedSize = fields(view.getUint32(at + 20, true));
  const headerOffset = fields(view.getUint32(at + 42, true));
  const disk = view.getUint16(at + 34, true);
  if (disk !== 0 && disk !== 0xffff) throw unsupportedZip('it is one part of several', offset);
  if (method === 0 && size !== compressedSize)
    throw malformedZip(`${shown} is stored with two different sizes`, offset);
  if (name.endsWith('/') && size !== 0) throw malformedZip(`the folder ${shown} has content`, offset);
  if (size > Math.max(ALWAYS_ALLOWED, compressedSize * MAX_RATIO)) {
    throw zipOverLimit('ratio', MAX_RATIO, `expands ${shown} from ${compressedSize} to ${size} bytes`);
  }
  const crc = view.getUint32(at + 16, true);
  return { record: { name, nameBytes, flags, method, crc, compressedSize, size, headerOffset }, next };
}

/** The fields that are all ones in the header stand in the zip64 field, in this order. */
function longFields(zip64: DataView | undefined, offset: number): (value: number) => number {
  let at = 0;
  return (value) => {
    if (value !== ALL_ONES || zip64 === undefined) return value;
    if (at + 8 > zip64.byteLength) throw malformedZip('a zip64 field is too short', offset);
    const long = number64(zip64, at);
    at += 8;
    return long;
  };
}

function checkType(mode: number, shown: string, offset: number): void {
  const type = mode & TYPE_MASK;
  if (type === LINK) throw unsafeZip(`${shown} is a symbolic link`, offset);
  if (type !== 0 && type !== REGULAR && type !== DIRECTORY) throw unsafeZip(`${shown} is a special file`, offset);
}
