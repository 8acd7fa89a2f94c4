/** Bytes that are read in pieces: a file that stays open, or memory. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`.
   *
   * @throws `ML_FORMAT_TRUNCATED` beyond the end; of a file, `ML_ARTEFACT_CHANGED` where it is no longer the one opened
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}
