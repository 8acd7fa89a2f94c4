import type { Cursor } from './cursor.ts';
import type { PickleLimits } from './limits.ts';
import type { GlobalStatus, PyObject, PyValue } from './nodes.ts';
import type { FormatError } from '../../errors/format-error.ts';

/** One name that a stream refers to. */
export interface GlobalUse {
  readonly module: string;
  readonly name: string;
  readonly status: GlobalStatus;
  /** How many times the stream names it; references through the memo do not count. */
  readonly count: number;
  /** Where it is first named, in bytes from the start of the decompressed stream. */
  readonly offset: number;
}

/** Data that follows an object outside the pickle's own opcodes. */
export type Continuation =
  /** The value that takes the place of the object; the cursor stands behind its data. */
  | { readonly value: PyValue }
  /** A pickle of its own follows at the cursor; its value, passed through `accept`, takes the place of the object. */
  | { readonly nested: true; readonly accept: (value: PyValue) => PyValue };

/** How a pickle is read. */
export interface PickleOptions {
  readonly limits?: Partial<PickleLimits> | undefined;
  /** Where in the bytes the stream starts. Default 0. */
  readonly start?: number;
  /** What may follow STOP. Default `refuse`. */
  readonly trailing?: 'refuse' | 'allow';
  /** Further classes (`module.name`) to be read as plain records, from a user's registration. */
  readonly classes?: { has(path: string): boolean } | undefined;
  /** Gives the value of a persistent id. Without it, persistent ids are unsupported. */
  readonly persistentLoad?: (id: PyValue, offset: number) => PyValue;
  /** Called after an object was given its state: joblib continues with raw data there. */
  readonly afterBuild?: (object: PyObject, cursor: Cursor) => Continuation | undefined;
  /** Takes what is unsafe, so that a scan can list all of it. Without it, the first one is thrown. */
  readonly onUnsafe?: (error: FormatError) => void;
}
