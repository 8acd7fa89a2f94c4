import { inflateSync } from 'node:zlib';
import { fletcher32 } from './checksum.ts';
import type { Filter } from './filter-pipeline.ts';
import { malformed, shown, unsupported } from './hdf5-problem.ts';
import { decompressLzf } from './lzf.ts';

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const LZF = 32_000;
const CHECKSUM_BYTES = 4;

const READABLE: ReadonlySet<number> = new Set([DEFLATE, SHUFFLE, FLETCHER32, LZF]);
const OTHERS: ReadonlyMap<number, string> = new Map([
  [4, 'szip'],
  [5, 'nbit'],
  [6, 'scaleoffset'],
  [307, 'bzip2'],
  [32_001, 'blosc'],
  [32_004, 'lz4'],
  [32_008, 'bitshuffle'],
  [32_013, 'zfp'],
  [32_015, 'zstd'],
  [32_026, 'blosc2'],
]);

/** Throws for the first filter that is not read. */
export function checkFilters(filters: readonly Filter[]): void {
  const other = filters.find(({ id }) => !READABLE.has(id));
  if (other === undefined) return;
  const name = OTHERS.get(other.id) ?? (other.name === '' ? 'unknown' : shown(other.name));
  throw unsupported(
    `values are compressed with filter ${other.id} (${name}); deflate, shuffle, fletcher32 and lzf are read: ` +
      'write the file again without it',
  );
}

/** Undoes the filters of one chunk. What comes out has exactly `chunkBytes`. */
export function undoFilters(
  stored: Uint8Array,
  {
    filters,
    mask,
    chunkBytes,
  }: { readonly filters: readonly Filter[]; readonly mask: number; readonly chunkBytes: number },
): Uint8Array {
  // Checksums that were appended before compression come out too.
  const maxBytes = chunkBytes + CHECKSUM_BYTES * filters.length;
  let bytes = stored;
  for (let i = filters.length - 1; i >= 0; i--) {
    const filter = filters[i];
    if (filter === undefined || (mask & (1 << i)) !== 0) continue;
    bytes = undo(filter, bytes, maxBytes);
  }
  if (bytes.length !== chunkBytes) throw malformed(`a chunk of ${chunkBytes} bytes became ${bytes.length}`);
  return bytes;
}

function undo(filter: Filter, bytes: Uint8Array, maxBytes: number): Uint8Array {
  switch (filter.id) {
    case DEFLATE:
      return inflate(bytes, maxBytes);
    case SHUFFLE:
      return unshuffle(bytes, filter.parameters[0] ?? 1);
    case FLETCHER32:
      return withoutChecksum(bytes);
    case LZF:
      return decompressLzf(bytes, maxBytes);
    default:
      throw unsupported(`filter ${filter.id}`);
  }
}

function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'ERR_BUFFER_TOO_LARGE') throw malformed(`a compressed chunk has more than ${maxBytes} bytes`);
    throw malformed(`a chunk cannot be decompressed (${String(code)})`);
  }
}

/** The first bytes of all elements come first, then the second bytes, and so on. */
function unshuffle(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width);
  if (width <= 1 || count <= 1) return bytes;
  const out = new Uint8Array(bytes.length);
  for (let byte = 0; byte < width; byte++) {
    const from = byte * count;
    for (let i = 0, to = byte; i < count; i++, to += width) out[to] = bytes[from + i] ?? 0;
  }
  // What is left of an incomplete element stays where it is.
  out.set(bytes.subarray(count * width), count * width);
  return out;
}

function withoutChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length < CHECKSUM_BYTES) throw malformed('a chunk is too short for its checksum');
  const data = bytes.subarray(0, -CHECKSUM_BYTES);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + data.length, CHECKSUM_BYTES).getUint32(0, true);
  const computed = fletcher32(data);
  // Old versions of the library swapped the bytes of each half.
  const swapped = (((computed & 0x00ff00ff) << 8) | ((computed >>> 8) & 0x00ff00ff)) >>> 0;
  if (stored !== computed && stored !== swapped) throw malformed('the fletcher32 checksum of a chunk is wrong');
  return data;
}
