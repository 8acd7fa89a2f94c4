import { readFile } from 'node:fs/promises';
import type { RegistryOptions } from '../index.ts';
import type { CliCall, CliOption } from './cli-command.ts';

/** What loads will state for loaders, for commands that do ahead what a load does. */
export const LOADER_OPTIONS: CliOption = {
  flags: '--loader-options <file>',
  summary: 'a JSON file with loaderOptions, where the application states some',
};

/**
 * Reads the file of `--loader-options`.
 *
 * @throws `ML_OPTIONS_INVALID`
 */
export async function readLoaderOptions(
  options: CliCall['options'],
): Promise<NonNullable<RegistryOptions['loaderOptions']>> {
  const path = options['loaderOptions'];
  if (typeof path !== 'string') return {};
  try {
    return JSON.parse(await readFile(path, 'utf8')) as NonNullable<RegistryOptions['loaderOptions']>;
  } catch (cause) {
    const { ConfigurationError } = await import('../errors/configuration-error.ts');
    const text = `--loader-options: ${path} cannot be read as JSON (${(cause as Error).message})`;
    throw new ConfigurationError('ML_OPTIONS_INVALID', text, { cause });
  }
}
