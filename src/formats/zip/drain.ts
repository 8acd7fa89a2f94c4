import type { ByteSource } from '../../spec/byte-source.ts';
import type { ByteReader } from './byte-range.ts';

/** Runs a reader over bytes in memory. */
export function drain<T>(reader: ByteReader<T>, bytes: Uint8Array): T {
  let step = reader.next();
  while (step.done !== true) {
    const { offset, length } = step.value;
    step = reader.next(bytes.subarray(offset, offset + length));
  }
  return step.value;
}

/** Runs a reader over a source. */
export async function drainSource<T>(reader: ByteReader<T>, source: ByteSource): Promise<T> {
  let step = reader.next();
  while (step.done !== true) step = reader.next(await source.read(step.value.offset, step.value.length));
  return step.value;
}
