import type { Artefact } from './artefact.ts';
import type { SlicedContent } from './model-loader.ts';
import type { ModelMetadata } from './metadata.ts';

/** Which folder of the models directory an artefact belongs to. */
export type ModelArea = 'trained' | 'preprocessing' | 'checkpoints';

/** One artefact that a repository knows, before anything of it is read. */
export interface ModelRecord {
  /**
   * Unique and stable within the repository: the path relative to its root, POSIX separators. Where a path was set for
   * the model (`setBy`), that path, absolute, or the address of a model on a server.
   */
  readonly id: string;
  readonly area: ModelArea;
  /** Model name, e.g. `fraud_detector`. */
  readonly name: string;
  /** Label as written (`v1`, `v1.2.0`, `1.2.3-rc.1`); `undefined` for a file without one. */
  readonly label: string | undefined;
  /** The full version: the metadata's, else the label's; normalised semver, or `undefined`. */
  readonly version: string | undefined;
  /** `YYYYMMDD`, or `undefined`. */
  readonly date: string | undefined;
  /** Without the dot, lower case; empty for a directory without one. */
  readonly extension: string;
  readonly kind: 'file' | 'directory';
  /** Bytes of the file; for a directory of its files. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly metadata: ModelMetadata | undefined;
  /** Whether the metadata names exactly this file as its `file_path` (or it lies beside it by name). */
  readonly declared: boolean;
  /** Why it must not be loaded, e.g. because its metadata is broken; `open` refuses it. */
  readonly problem?: RepositoryProblem | undefined;
  /**
   * SHA-256 of the metadata files that speak of it, as they were read, by path below the root. Absent where the
   * repository has no such files, or was not asked.
   */
  readonly metadataFiles?: Readonly<Record<string, string>> | undefined;
  /**
   * Set for a model that the repository does not have: what names its path, e.g. `options.models.fraud.path` or
   * `ML_MODEL_FRAUD_PATH`.
   */
  readonly setBy?: string | undefined;
}

/** Something in the repository that cannot be used, and why. */
export interface RepositoryProblem {
  /** Relative path of the file concerned. */
  readonly id: string;
  /** An `ML_...` code. */
  readonly code: string;
  readonly message: string;
}

/** A snapshot of a repository. */
export interface RepositoryIndex {
  readonly records: readonly ModelRecord[];
  readonly problems: readonly RepositoryProblem[];
  /** Alias tables by model name: `{ fraud_detector: { champion: "1.0.0" } }`. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A file that was opened, or a folder that it was reached through. */
export interface OpenedPath {
  /** Absolute, free of links. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** As of the operating system: of a file from its open descriptor. */
  readonly mode: number;
  readonly gid: number;
  /** Whether it is of a models directory, where a new file would be found. */
  readonly searched: boolean;
}

/** How an artefact is opened. */
export interface OpenOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /**
   * Asked for a file of more than `SLICED_ABOVE_BYTES`: whether it may stay open and be read in pieces. A repository
   * that cannot keep files open need not ask, and reads every file whole.
   */
  readonly mayStayOpen?: (content: SlicedContent) => Promise<boolean>;
  /** Told of every file before it is read, and of the folders around it; refuses by throwing. */
  readonly onOpened?: (opened: OpenedPath) => void;
  /** Called now and then while bytes arrive. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
}

/** Where models come from: a directory, memory, a user's own store. */
export interface ModelRepository {
  /** For messages, e.g. the directory's absolute path. */
  readonly location: string;
  /** What is there now; cheap when nothing changed since the last call. */
  index(): Promise<RepositoryIndex>;
  /** Reads an artefact, hashing it on the way. */
  open(record: ModelRecord, options: OpenOptions): Promise<Artefact>;
  /** Forgets what is known, so that the next `index()` looks again. */
  refresh(): void;
  /** Calls back after artefacts came, went or changed, when `index()` gives the new state; gives a function that stops it. */
  watch?(onChange: () => void): Promise<() => Promise<void>>;
}
