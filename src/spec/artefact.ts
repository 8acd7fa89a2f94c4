import type { ByteSource } from './byte-source.ts';

/**
 * The bytes of a model, read once. What was hashed is what is parsed: a loader works on `bytes`
 * and `read`, and never opens `path` itself.
 */
export interface Artefact {
  readonly kind: 'file' | 'directory';
  /** Base name, e.g. `fraud_detector_v1_20240101.onnx`. */
  readonly name: string;
  /** Absolute path, for messages; `undefined` for bytes from memory. */
  readonly path: string | undefined;
  /** Content of the file; empty for a directory, and where the file is read in pieces. */
  readonly bytes: Uint8Array;
  /** Bytes of the file, or of all files of a directory. */
  readonly size: number;
  /**
   * Set where a large file stays open and is read in pieces instead of whole, for loaders that can do so
   * (`detectSlices`). Whoever opened the artefact closes it, after the model's last call.
   */
  readonly slices?: SlicedFile | undefined;
  /**
   * Lower-case hex. A directory's digest covers every path and every file's digest. Empty where the file is read in
   * pieces and nothing asked for its digest.
   */
  readonly sha256: string;
  /** Whether `bytes` were encrypted: the plain content must not be written anywhere. */
  readonly encrypted?: boolean;
  /** A directory's files, relative, POSIX separators, sorted. Empty for a file. */
  readonly entries: readonly string[];
  /**
   * A file of the directory, or one beside the file (external data). The path is relative and
   * may not leave the folder; the result counts towards `maxModelBytes`.
   *
   * @throws `ML_ARTEFACT_ESCAPES`, `ML_ARTEFACT_MISSING` and the other `ML_ARTEFACT_*` errors
   */
  read(relativePath: string): Promise<Uint8Array>;
  /**
   * The signature beside it: `<path>.sig`, or `model.sig` in the same folder (for a directory: in it). Absent where the
   * artefact comes from no folder.
   *
   * @throws `ML_ARTEFACT_UNREADABLE`, `ML_ARTEFACT_ESCAPES`
   */
  signature?(): Promise<SignatureFile | undefined>;
}

/** A signature that lies apart from what it signs, and the files that it may speak of. */
export interface SignatureFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Absolute path of what is signed: a file, or a folder. */
  readonly root: string;
  readonly kind: 'file' | 'directory';
  /** Path of the artefact below the root; empty where it is the root. */
  readonly main: string;
  /** Every file below the root but the signature, hidden ones too. Links are named, not followed. */
  files(): Promise<readonly SignableFile[]>;
  /** Opens one of `files()` for hashing; the caller closes it. Links to files are followed. */
  open(path: string): Promise<SlicedFile>;
}

/** One entry below a signed folder, as it lies on disk. */
export interface SignableFile {
  /** Relative, POSIX separators; empty for a file that is the root itself. */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'other';
}

/** A file that stays open. Each read compares the file with the one that was opened. */
export interface SlicedFile extends ByteSource {
  /** The digest of the whole file by a `node:crypto` algorithm, lower-case hex, streamed once and remembered. */
  digest(algorithm: string, signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** What the content is judged by when its format is looked for. */
export interface Content {
  readonly kind: 'file' | 'directory';
  readonly name: string;
  /** The whole file; empty for a directory, and where the file is read in pieces. */
  readonly bytes: Uint8Array;
  readonly slices?: ByteSource | undefined;
  readonly entries: readonly string[];
}
