import type { BackupManifest } from './backup-manifest.ts';

/** A content that a backup needs. */
export interface BlobSource {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
  /** A file with this content, links resolved. */
  readonly path: string;
}

/** How contents are copied. */
export interface CopyOptions {
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** What writing a backup took. */
export interface WrittenBackup {
  /** Contents that were not there before. */
  readonly newBlobs: number;
  readonly newBytes: number;
}

/** A content as a backup gives it back: its bytes, not yet compared with anything. */
export interface StoredBlob {
  readonly sha256: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** A backup that is read: its manifest first, then its contents in its own order, each once. */
export interface OpenBackup {
  readonly manifest: BackupManifest;
  /** @param wanted digests of contents; others are not read */
  blobs(wanted: ReadonlySet<string>): AsyncIterable<StoredBlob>;
  close(): Promise<void>;
}
