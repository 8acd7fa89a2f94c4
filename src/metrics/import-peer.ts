import { ConfigurationError } from '../errors/configuration-error.ts';

/**
 * Imports an optional peer.
 *
 * @throws `ML_OPTIONS_DEPENDENCY_MISSING` with the command that installs it
 */
export async function importPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    const module = await load();
    // The exports of a CommonJS package may stand under `default` alone.
    const { default: whole } = module as { readonly default?: T };
    return whole ?? module;
  } catch (error) {
    const [text] = String(error instanceof Error ? error.message : error).split('\n', 1);
    throw new ConfigurationError(
      'ML_OPTIONS_DEPENDENCY_MISSING',
      `${name} cannot be imported (${text}); run \`npm install ${name}\``,
      { cause: error, details: { package: name } },
    );
  }
}
