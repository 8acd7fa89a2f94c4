import { openArtefact } from '../repository/artefact-reader.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ConversionNeed } from '../spec/converter.ts';
import type { RegistryConfig } from './registry-config.ts';

/** A file that was read, and what its conversion takes; `need` is absent where nothing converts it. */
export interface NeededConversion {
  readonly artefact: Artefact;
  readonly need: ConversionNeed | undefined;
}

/**
 * Reads and judges a file for a conversion, without building it.
 *
 * @throws `ML_ARTEFACT_*`, `ML_FORMAT_*`: what is unsafe is never converted
 */
export async function neededConversion(
  path: string,
  { loaders, limits, loaderOptions }: Pick<RegistryConfig, 'loaders' | 'limits' | 'loaderOptions'>,
  signal: AbortSignal,
): Promise<NeededConversion> {
  const artefact = await openArtefact(undefined, path, { maxBytes: limits.maxModelBytes, signal });
  const { loader } = await loaders.find(artefact);
  const options = loaderOptions[loader.name] ?? {};
  return { artefact, need: await loader.conversion?.({ artefact, limits, signal, options, metadata: undefined }) };
}
