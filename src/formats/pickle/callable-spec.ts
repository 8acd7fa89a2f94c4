import type { PyGlobal, PyValue } from './nodes.ts';

/** What an implementation of a callable may use. */
export interface CallContext {
  /** Byte offset of the call, for messages. */
  readonly offset: number;
  /** Counts elements that a call copies or hashes against `maxOpcodes`, before it does so. */
  charge(elements: number): void;
  /** A name as if the stream had written it: the same lists apply. */
  global(module: string, name: string): PyGlobal;
}

/** Decides whether a name may be passed at one position of the arguments. */
export type NameSlot = (name: PyGlobal) => boolean;

/** How one allowed callable is evaluated to an inert value. */
export interface CallableSpec {
  /** Positions where a class or function may be passed, and which. A name anywhere else makes the call unsafe. */
  readonly names?: readonly (NameSlot | undefined)[];
  /** Checks the arguments and gives the value. Throws FormatError where they are of a wrong type. */
  readonly call: (args: readonly PyValue[], callee: PyGlobal, context: CallContext) => PyValue;
}

/** Callables by `module.name`. */
export type CallableTable = ReadonlyMap<string, CallableSpec>;
