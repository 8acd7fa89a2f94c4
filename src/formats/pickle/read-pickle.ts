import { findUnknown, type UnknownGlobal } from './find-unknown.ts';
import type { PyValue } from './nodes.ts';
import { PickleMachine } from './pickle-machine.ts';
import type { GlobalUse, PickleOptions } from './pickle-options.ts';
import { runSliced, type SliceOptions } from '../compression/time-slices.ts';

/** A pickle as inert values. */
export interface PickleFile {
  readonly root: PyValue;
  /** 0 to 5. */
  readonly protocol: number;
  /** Every name that the stream uses. */
  readonly globals: readonly GlobalUse[];
  /** The names that are not known, with their place in the object. They were left unread. */
  readonly unknown: readonly UnknownGlobal[];
  /** What the outermost scikit-learn object says of itself. */
  readonly sklearnVersion: string | undefined;
  /** One past the last byte of the stream. */
  readonly end: number;
}

/**
 * Reads a pickle at once. Nothing in it is executed.
 *
 * @throws FormatError `ML_FORMAT_UNSAFE`, `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_LIMIT`, `ML_FORMAT_UNSUPPORTED`.
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions = {}): PickleFile {
  const machine = new PickleMachine(bytes, options);
  machine.run();
  return describe(machine);
}

/** As `readPickle`, but gives the event loop its turn every few milliseconds. */
export async function readPickleSliced(
  bytes: Uint8Array,
  options: PickleOptions & SliceOptions = {},
): Promise<PickleFile> {
  const machine = new PickleMachine(bytes, options);
  // Some opcodes cost much more than others, so the clock is asked often.
  await runSliced(() => machine.run(2_000), options);
  return describe(machine);
}

function describe(machine: PickleMachine): PickleFile {
  const { value: root, protocol, globals, sklearnVersion, end } = machine;
  const unknown = globals.some((use) => use.status === 'unknown') ? findUnknown(root) : [];
  return { root, protocol, globals, unknown, sklearnVersion, end };
}
