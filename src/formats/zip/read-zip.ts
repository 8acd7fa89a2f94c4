import type { Limits } from '../../spec/limits.ts';
import { drain } from './drain.ts';
import { locateEntries, type ZipArchive } from './zip-archive.ts';
import { zipEntry } from './zip-entry.ts';

export type { ZipArchive } from './zip-archive.ts';
export type { ZipEntry } from './zip-entry.ts';

/**
 * A zip archive in memory. Reads the directory, compares it with every local header and judges every name; there is
 * no second way for an archive that this one refuses.
 *
 * @throws FormatError `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSAFE`, `ML_FORMAT_UNSUPPORTED`
 * (encryption, other compressions, archives in parts), `ML_FORMAT_LIMIT`
 */
export function readZip(bytes: Uint8Array, limits: Limits): ZipArchive {
  const located = drain(locateEntries(bytes.length, limits), bytes);
  const view = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  return {
    entries: new Map(located.map(([record, dataOffset]) => [record.name, zipEntry(record, dataOffset, view)])),
  };
}
