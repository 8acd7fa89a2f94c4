import { createHash } from 'node:crypto';
import type { Artefact } from '../spec/artefact.ts';
import type { ConversionRequest } from '../spec/converter.ts';

/** The digest of an artefact, also of one that is read in pieces. */
export async function digestOf({ slices, sha256 }: Artefact, signal: AbortSignal): Promise<string> {
  return slices === undefined ? sha256 : slices.digest('sha256', signal);
}

/** What a worker is given, and its digest: what the need says, else the file. */
export async function handedOver({
  artefact,
  need,
  signal,
}: ConversionRequest): Promise<{ readonly model: Uint8Array; readonly sha256: string }> {
  if (need.content === undefined) {
    return { model: await wholeFile(artefact), sha256: await digestOf(artefact, signal) };
  }
  const model = await need.content();
  return { model, sha256: createHash('sha256').update(model).digest('hex') };
}

/** A file in one piece, also one that is read in pieces. */
async function wholeFile({ slices, bytes }: Artefact): Promise<Uint8Array> {
  return slices === undefined ? bytes : slices.read(0, slices.size);
}
