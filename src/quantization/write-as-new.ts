import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { errnoOf, moveToNew, syncFolder, writeNew } from '../internal/durable.ts';

/** Writes a file that is complete when it appears, and takes no other's place. */
export async function writeAsNew(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNew(temporary, (file) => file.writeFile(bytes));
    await moveToNew(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new ConfigurationError('ML_OPTIONS_INVALID', `${path} came into being meanwhile; name a new file`);
  }
}
