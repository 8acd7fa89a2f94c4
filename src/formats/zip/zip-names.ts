import { FormatError } from '../../errors/format-error.ts';
import type { ByteSource } from '../../spec/byte-source.ts';
import type { ByteReader } from './byte-range.ts';
import { drain, drainSource } from './drain.ts';
import { findEnd } from './find-end.ts';

const SIGNATURE = 0x02014b50;
const HEADER_BYTES = 46;

/**
 * The names in an archive's directory, only to tell what kind of archive it is: none of them is judged. Empty where
 * the archive is damaged. Reading an archive is `readZip`'s.
 */
export function zipNames(bytes: Uint8Array): readonly string[] {
  try {
    return drain(names(bytes.length), bytes);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

/** As `zipNames`, of a source of which only the directory is read. */
export async function zipNamesOf(source: ByteSource): Promise<readonly string[]> {
  try {
    return await drainSource(names(source.size), source);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

function* names(size: number): ByteReader<string[]> {
  const { directoryOffset, directorySize } = yield* findEnd(size);
  const bytes = yield { offset: directoryOffset, length: directorySize };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: string[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length && view.getUint32(at, true) === SIGNATURE; ) {
    const nameEnd = at + HEADER_BYTES + view.getUint16(at + 28, true);
    found.push(Buffer.from(bytes.subarray(at + HEADER_BYTES, nameEnd)).toString('utf8'));
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}
