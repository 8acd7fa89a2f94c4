/** What a scan says of a file. Only `safe` means that everything in it was looked at and allowed. */
export type ScanVerdict = 'safe' | 'unsafe' | 'malformed' | 'unsupported';

/** One thing found in a file. */
export interface Finding {
  /** The verdict that this finding alone would give. */
  readonly severity: Exclude<ScanVerdict, 'safe'>;
  /** An error code (`ML_...`) that loading would raise. */
  readonly code: string;
  readonly message: string;
  /** Byte offset in the file, where known. */
  readonly offset?: number;
  /** Python module and name of the class or function concerned, in pickles. */
  readonly module?: string;
  readonly name?: string;
}

/** The result of `scanFile`. */
export interface ScanReport {
  readonly path: string;
  readonly verdict: ScanVerdict;
  /** Loader name, or `undefined` where no reader knows the content. */
  readonly format: string | undefined;
  readonly bytes: number;
  /** Lower-case hex, or `undefined` where the file could not be read. */
  readonly sha256: string | undefined;
  readonly findings: readonly Finding[];
}
