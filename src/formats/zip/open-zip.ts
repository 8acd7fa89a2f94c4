import type { ByteSource } from '../../spec/byte-source.ts';
import type { Limits } from '../../spec/limits.ts';
import { drainSource } from './drain.ts';
import { locateEntries, type ZipArchive } from './zip-archive.ts';
import { zipEntry } from './zip-entry.ts';

/**
 * As `readZip`, over a source of which only headers, directory and the entries asked for are read.
 *
 * @throws as `readZip`, and what the source raises
 */
export async function openZip(source: ByteSource, limits: Limits): Promise<ZipArchive> {
  const located = await drainSource(locateEntries(source.size, limits), source);
  const raw = (offset: number, length: number): Promise<Uint8Array> => source.read(offset, length);
  return {
    entries: new Map(located.map(([record, dataOffset]) => [record.name, zipEntry(record, dataOffset, raw)])),
  };
}
