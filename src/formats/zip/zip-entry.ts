import { crc32 } from '../compression/checksums.ts';
import { runSliced } from '../compression/time-slices.ts';
import { inflateRaw } from './inflate-raw.ts';
import type { DirectoryRecord } from './read-directory.ts';
import { malformedZip } from './zip-problem.ts';

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of the content. */
  readonly size: number;
  readonly compressedSize: number;
  readonly method: 'stored' | 'deflate';
  /** Where the entry's data start in the archive. */
  readonly dataOffset: number;
  /**
   * The content: a view of the archive where it is stored and in memory. The checksum is compared on every call.
   *
   * @throws `ML_FORMAT_MALFORMED` where content or size are not what the archive declares
   */
  read(): Promise<Uint8Array>;
}

/** Bytes between two turns of the event loop while a checksum is computed. */
const CRC_STEP = 4 * 1024 * 1024;

/** An entry whose data `raw` gives. */
export function zipEntry(
  record: DirectoryRecord,
  dataOffset: number,
  raw: (offset: number, length: number) => Uint8Array | Promise<Uint8Array>,
): ZipEntry {
  const { name, size, compressedSize, method, crc } = record;
  return {
    name,
    size,
    compressedSize,
    method: method === 0 ? 'stored' : 'deflate',
    dataOffset,
    async read() {
      const data = await raw(dataOffset, compressedSize);
      const content = method === 0 ? data : await inflateRaw(data, size, name);
      if ((await crcOf(content)) !== crc) {
        throw malformedZip(`the content of ${JSON.stringify(name)} is not what its checksum says`, dataOffset);
      }
      return content;
    },
  };
}

async function crcOf(bytes: Uint8Array): Promise<number> {
  if (bytes.length <= CRC_STEP) return crc32(bytes);
  let crc = 0;
  let at = 0;
  await runSliced(() => {
    crc = crc32(bytes.subarray(at, at + CRC_STEP), crc);
    at += CRC_STEP;
    return at >= bytes.length;
  });
  return crc;
}
