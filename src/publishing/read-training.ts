import { basename, resolve } from 'node:path';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { isPlainRelative } from '../repository/contained-path.ts';
import { readHashed, resolveLinks } from '../repository/read-file.ts';
import { isTemporary } from '../repository/scan-tree.ts';

/** Scripts are text; a data set given by mistake is not copied into every version. */
const MAX_SCRIPT_BYTES = 16 * 2 ** 20;

/** A training script, read once. */
export interface TrainingScript {
  /** Base name. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** @throws `ML_ARTEFACT_*`; `ML_OPTIONS_INVALID` for a name that backups would leave out */
export async function readTraining(path: string, signal: AbortSignal): Promise<TrainingScript> {
  const name = basename(path);
  if (!isPlainRelative(name) || isTemporary(name))
    throw new ConfigurationError('ML_OPTIONS_INVALID', `the training script ${path} has the name of a temporary file`);
  const options = { maxBytes: MAX_SCRIPT_BYTES, signal };
  return { name, ...(await readHashed(await resolveLinks(resolve(path)), options)) };
}
