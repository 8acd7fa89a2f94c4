import type { OuterWallFound } from './outer-wall.ts';
import type { SandboxPolicy, SandboxReport } from './sandbox-policy.ts';

/** One task for a worker of its own. */
export interface WorkerRequest {
  /** Path of the interpreter. */
  readonly python: string;
  /** Name of the task, such as `check`. */
  readonly task: string;
  /** What the task takes besides the model; values that JSON has. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The bytes that were judged; exactly these reach the worker. */
  readonly model: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sandbox: SandboxPolicy;
  /** What the worker is started in. Default: it is started alone, and reports say nothing of an outer wall. */
  readonly outer?: OuterWallFound | undefined;
  /** Milliseconds from start to result. */
  readonly timeoutMs: number;
  /** Bytes of all that the worker may write into its pipe. */
  readonly maxOutputBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** The program to start. Default: the package's own. */
  readonly script?: string;
}

/** What a worker gave back. */
export interface WorkerResult {
  readonly result: Readonly<Record<string, unknown>>;
  readonly blobs: readonly Uint8Array[];
  readonly sandbox: SandboxReport;
  /** Version of the interpreter. */
  readonly python: string;
  /** Versions of the packages that the task uses, `null` where one is not installed. */
  readonly packages: Readonly<Record<string, string | null>>;
}
