/** Bytes that a reader asks for: `length` of them from `offset`. The asker has checked that they exist. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A reader that asks for bytes, so that memory can serve it at once and a file later. */
export type ByteReader<T> = Generator<ByteRange, T, Uint8Array>;
