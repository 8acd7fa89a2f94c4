import type { Artefact } from '../spec/artefact.ts';

/** The digest of an artefact, also of one that is read in pieces. */
export async function digestOf({ slices, sha256 }: Artefact, signal: AbortSignal): Promise<string> {
  return slices === undefined ? sha256 : slices.digest('sha256', signal);
}

/** A file in one piece, also one that is read in pieces. */
export async function wholeFile({ slices, bytes }: Artefact): Promise<Uint8Array> {
  return slices === undefined ? bytes : slices.read(0, slices.size);
}
