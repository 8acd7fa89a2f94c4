import type { ByteSource } from '../../spec/byte-source.ts';
import type { Limits } from '../../spec/limits.ts';
import { locateEntries, type ZipArchive } from './zip-archive.ts';
import { zipEntry } from './zip-entry.ts';

/**
 * As `readZip`, over a source of which only headers, directory and the entries asked for are read.
 *
 * @throws as `readZip`, and what the source raises
 */
export async function openZip(source: ByteSource, limits: Limits): Promise<ZipArchive> {
  const reader = locateEntries(source.size, limits);
  let step = reader.next();
  while (step.done !== true) step = reader.next(await source.read(step.value.offset, step.value.length));
  const raw = (offset: number, length: number): Promise<Uint8Array> => source.read(offset, length);
  return {
    entries: new Map(step.value.map(([record, dataOffset]) => [record.name, zipEntry(record, dataOffset, raw)])),
  };
}
