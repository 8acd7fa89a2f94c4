import type { Limits } from '../../spec/limits.ts';
import type { ByteReader } from './byte-range.ts';
import { checkLocal } from './check-local.ts';
import { findEnd } from './find-end.ts';
import { type DirectoryRecord, readDirectory } from './read-directory.ts';
import type { ZipEntry } from './zip-entry.ts';

/** The files of an archive by name, in the order of its directory; folders are entries that end with `/`. */
export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

/** An entry and where its data start. */
export type LocatedRecord = readonly [record: DirectoryRecord, dataOffset: number];

/** Everything about an archive but its content, checked; asks for the bytes that it needs. */
export function* locateEntries(size: number, limits: Limits): ByteReader<LocatedRecord[]> {
  const end = yield* findEnd(size);
  const directory = yield { offset: end.directoryOffset, length: end.directorySize };
  const records = readDirectory(directory, end, limits);
  const offsets = yield* checkLocal(records, end.directoryOffset);
  return records.map((record, i) => [record, offsets[i] as number]);
}
